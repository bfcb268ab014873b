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
mod messages;
mod peeking;
mod pretending;
mod receiving;
mod refusing;
mod sending;
mod sharing;
mod subject;
mod waiting;

use crate::Mutant;

/// Every mutant.
#[must_use]
pub fn all() -> Vec<Mutant> {
    [
        receiving::all(),
        corrupting::all(),
        sending::all(),
        waiting::all(),
        ending::all(),
        sharing::all(),
        connecting::all(),
        accepting::all(),
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
