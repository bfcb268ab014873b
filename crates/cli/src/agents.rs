//! The agents that this program brings: the socket layers of other languages, judged where their
//! interpreters are there.

use sockrates_harness::{AgentCommand, Deviation};

mod cpython;
mod go;
mod node;
mod own;
mod perl;

/// Every agent.
#[must_use]
pub fn all() -> Vec<AgentCommand> {
    let others = [cpython::agent(), go::agent(), node::agent(), perl::agent()];
    own::agent().into_iter().chain(others).collect()
}

/// What a stream or a datagram socket of a language does otherwise.
type Departures = &'static [Deviation];
