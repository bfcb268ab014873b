//! Servers that start wrongly.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Addr, Endpoint, Errno, Result};

use super::{server, wrong};
use crate::Mutant;
use crate::mem::{Conduct, Ending, MemServer, MemStream, Orders, Then};
use crate::mutants::call::is;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<ForgetsAddress>(),
        server::<NeverListens>(),
        server::<MovesOver>(),
        server::<StopsTheOthers>(),
    ]
}

#[derive(Default)]
struct ForgetsAddress;

wrong!(
    ForgetsAddress,
    "server-forgets-address",
    "a server that has stopped no longer knows where it listened",
    ["server.start.address"]
);

impl Conduct for ForgetsAddress {
    fn addr(&self, _: &Addr, listener: &MemStream) -> Addr {
        listener.local_addr().unwrap_or(Addr::Token(0))
    }
}

/// No clause may hold of a server that does nothing.
#[derive(Default)]
struct NeverListens;

wrong!(
    NeverListens,
    "server-never-listens",
    "a server tells its address and does not listen there",
    EVERYTHING
);

impl Conduct for NeverListens {
    fn listen(&self, _: &MemStream) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct MovesOver;

wrong!(
    MovesOver,
    "server-moves-over",
    "a server whose address is in use starts at another one",
    ["server.start.in-use"]
);

impl Conduct for MovesOver {
    fn bind(&self, listener: &MemStream, addr: &Addr) -> Result<()> {
        match listener.bind(addr) {
            Err(error) if is(&error, Errno::EADDRINUSE) => listener.bind(&Addr::Token(0)),
            other => other,
        }
    }
}

/// How many servers have been stopped in this process.
static STOPS: AtomicUsize = AtomicUsize::new(0);

struct StopsTheOthers {
    before: usize,
    own: AtomicUsize,
}

impl Default for StopsTheOthers {
    fn default() -> Self {
        Self { before: STOPS.load(SeqCst), own: AtomicUsize::new(0) }
    }
}

wrong!(
    StopsTheOthers,
    "server-stops-the-others",
    "a server that is stopped ends what other servers of the program serve",
    ["server.start.several"]
);

impl Conduct for StopsTheOthers {
    fn refuse(&self, server: &MemServer<Self>) {
        self.own.fetch_add(1, SeqCst);
        STOPS.fetch_add(1, SeqCst);
        server.refuse();
    }

    fn received(&self, _: &mut Orders<'_, Self>, _: usize) -> Then {
        let others = STOPS.load(SeqCst) - self.before > self.own.load(SeqCst);
        if others { Then::End(Ending::Done) } else { Then::GoOn }
    }
}

/// Every clause that a server in memory is judged by.
const EVERYTHING: [&str; 48] = [
    "server.start.address",
    "server.start.at-once",
    "server.start.in-use",
    "server.start.several",
    "server.serve.order",
    "server.serve.split",
    "server.serve.large",
    "server.serve.half-close",
    "server.serve.close",
    "server.serve.apart",
    "server.serve.many",
    "server.fault.error",
    "server.fault.error-others",
    "server.fault.panic",
    "server.fault.panic-others",
    "server.fault.repeated",
    "server.fault.reset",
    "server.fault.left",
    "server.fault.unread",
    "server.fault.told",
    "server.fault.told-only",
    "server.fault.exhausted",
    "server.fault.exhausted-idle",
    "server.bound.cap",
    "server.bound.cap-waits",
    "server.bound.cap-fault",
    "server.bound.cap-stop",
    "server.bound.slow",
    "server.bound.deaf",
    "server.bound.backpressure",
    "server.bound.idle",
    "server.bound.idle-active",
    "server.stop.refuses",
    "server.stop.at-once",
    "server.stop.drains",
    "server.stop.grace",
    "server.stop.forces",
    "server.stop.forces-unread",
    "server.stop.prompt",
    "server.stop.in-time",
    "server.stop.twice",
    "server.stop.concurrent",
    "server.stop.within",
    "server.stop.within-live",
    "server.stop.within-within",
    "server.stop.rebind",
    "server.stop.dropped",
    "server.stop.leaves-nothing",
];
