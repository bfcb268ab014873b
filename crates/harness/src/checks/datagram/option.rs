//! The checks of the clauses datagram.option.*

mod group;
mod told;

use sockrates_core::SocketOption;

use crate::checks::checks;
use crate::checks::option::{self, number, of_type, switch};
use crate::expect::{equal, fails_with, holds, saw};
use crate::{Case, Observation};

use group::{bystander, join, join_twice, leave, no_group, stranger};
use told::{told_class, told_destination, told_hops, told_time, untold};

checks!("datagram.option" {
    kind, unknown, buffers, broadcast, hops, shared_address, join, leave, stranger, bystander,
    join_twice, no_group, group_hops, group_loop, told_hops, told_class, told_destination,
    told_time, untold,
});

fn kind(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    // Messages over a connection have a type of their own, which is 5.
    of_type(&a, &[2, 5])?;
    holds()
}

fn unknown(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    option::unknown(&a)
}

fn buffers(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    option::buffers(&a, &b)?;
    holds()
}

fn broadcast(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    switch((&a, &b), SocketOption::Broadcast, false)?;
    holds()
}

fn shared_address(case: &Case<'_>) -> Observation {
    let agreeing = || {
        let socket = case.socket()?;
        socket.set_option(SocketOption::ReuseAddress, 1)?;
        Ok::<_, crate::Stop>(socket)
    };
    let in_use = [sockrates_core::Errno::EADDRINUSE];
    let taken = |what, bound| fails_with(what, bound, &in_use).map(drop);
    let (_alone, held) = case.bound()?;
    taken("binding beside one that does not share", agreeing()?.bind(&held))?;
    let first = agreeing()?;
    first.bind(&case.transport()?.any_addr()?)?;
    let addr = first.local_addr()?;
    taken("binding beside one that shares, without sharing", case.socket()?.bind(&addr))?;
    let second = agreeing()?;
    match second.bind(&addr) {
        Ok(()) => equal("the shared address", &addr, &second.local_addr()?)?,
        bound => return taken("binding beside one that shares", bound).and(saw("refused")),
    }
    saw("shared")
}

fn hops(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    option::hops(&a)?;
    holds()
}

fn group_hops(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let hops = SocketOption::MulticastTtl;
    equal("unless set", &1, &a.option(hops)?)?;
    let unicast = a.option(SocketOption::Ttl)?;
    number(&a, hops, &[0, 255, 7])?;
    let set = a.set_option(hops, 256);
    fails_with("a number out of range", set, &[sockrates_core::Errno::EINVAL]).map(drop)?;
    equal("afterwards", &7, &a.option(hops)?)?;
    equal("those of packets to one host", &unicast, &a.option(SocketOption::Ttl)?)?;
    holds()
}

fn group_loop(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    switch((&a, &b), SocketOption::MulticastLoop, true)?;
    holds()
}
