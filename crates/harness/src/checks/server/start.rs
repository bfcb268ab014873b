//! The checks of the clauses server.start.*

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use sockrates_core::{Addr, Errno};

use super::client::{Client, serve};
use crate::checks::checks;
use crate::expect::{ensure, fails_with, holds};
use crate::{Case, Observation, ServerConfig, Stop};

checks!("server.start" { address, at_once, in_use, several, dual_stack });

fn address(case: &Case<'_>) -> Observation {
    let (one, other) = (serve(case)?, serve(case)?);
    ensure(one.addr().port() != Some(0), "an address", "port 0")?;
    ensure(one.addr() != other.addr(), "two addresses", "the same address twice")?;
    Client::new(case, "c1", &one)?.ask("hello")?;
    one.stop()?;
    ensure(one.addr_now() == *one.addr(), "the same address to the end", "another address")?;
    holds()
}

fn at_once(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    Client::new(case, "c1", &server)?.ask("hello")?;
    holds()
}

fn in_use(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let second = case.serve_at(server.addr(), &ServerConfig::default());
    fails_with("serving where another server does", second, &[Errno::EADDRINUSE]).map(drop)?;
    Client::new(case, "c1", &server)?.ask("still there")?;
    holds()
}

fn several(case: &Case<'_>) -> Observation {
    let (one, other) = (serve(case)?, serve(case)?);
    let live = Client::new(case, "c1", &other)?;
    live.ask("one")?;
    one.stop()?;
    live.ask("two")?;
    drop(live);
    Client::new(case, "c2", &other)?.ask("three")?;
    holds()
}

fn dual_stack(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let Some(SocketAddr::V6(inet)) = server.addr().as_inet() else {
        return Err(Stop::HarnessError("no IPv6 address, though declared".to_owned()));
    };
    Client::new(case, "c1", &server)?.ask("six")?;
    let four = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), inet.port());
    Client::at(case, "c2", &Addr::from(four))?.ask("four")?;
    holds()
}
