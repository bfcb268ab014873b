//! The mutants: deliberately broken transports, to prove that the checks notice.

mod addressing;
mod connecting;
mod ending;
mod fault;
mod message;
mod receiving;
mod sending;
mod subject;
mod waiting;

use crate::Mutant;

/// Every mutant.
#[must_use]
pub fn all() -> Vec<Mutant> {
    [
        receiving::all(),
        sending::all(),
        waiting::all(),
        ending::all(),
        connecting::all(),
        message::all(),
        addressing::all(),
    ]
    .concat()
}
