//! The mutants: deliberately broken transports, to prove that the checks notice.
//!
//! Each is a reference transport with one operation overridden ([`fault::Fault`]), and says in the
//! same place what is wrong with it and which clauses must fail.

mod accepting;
mod addressing;
mod call;
mod connecting;
mod corrupting;
mod datagram_ending;
mod datagram_waiting;
mod ending;
mod fault;
mod faulty;
mod listening;
mod messages;
mod peeking;
mod pretending;
mod receiving;
mod refusing;
mod sending;
mod sharing;
mod slicing;
mod subject;
mod telling_end;
mod timeouts;
mod waiting;

use crate::Mutant;

/// Every mutant.
#[must_use]
pub fn all() -> Vec<Mutant> {
    [
        receiving::all(),
        telling_end::all(),
        corrupting::all(),
        slicing::all(),
        sending::all(),
        waiting::all(),
        timeouts::all(),
        ending::all(),
        sharing::all(),
        connecting::all(),
        accepting::all(),
        listening::all(),
        pretending::all(),
        messages::all(),
        peeking::all(),
        datagram_waiting::all(),
        datagram_ending::all(),
        addressing::all(),
        refusing::all(),
    ]
    .concat()
}
