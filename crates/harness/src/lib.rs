//! The judge of socket layers: a catalogue of clauses, a check for each, and what runs them.
//!
//! A subject is plugged in with a few lines ([`TransportSubject`], [`FramingSubject`],
//! [`ReadinessSubject`], [`ServerSubject`], or a closure: [`Subject::pair`]); every clause that is
//! about it is then checked.
//!
//! - [`main!`] or [`Program`] makes a command line of subjects. Each case runs in a process of its
//!   own, so that hangs, aborts and exits are told like any failure, and the run always ends.
//! - [`stream_suite!`], [`datagram_suite!`], [`framing_suite!`], [`readiness_suite!`],
//!   [`server_suite!`] and [`datagram_server_suite!`] make a `#[test]` of each clause: see
//!   [`suite`](mod@suite).
//! - A [`Mutant`] proves that the checks notice a fault, and only those that should.

mod acceptor;
mod agent;
mod axis;
mod caps;
mod case;
pub mod catalogue;
mod checks;
mod clause;
mod command;
mod conn;
mod erased;
pub mod expect;
pub mod framings;
mod held;
mod interop;
pub mod mem;
pub mod model;
mod mutant;
pub mod mutants;
mod outcome;
mod process;
mod readiness;
mod report;
mod rng;
mod run;
mod runner;
mod server;
mod subject;
pub mod suite;
mod thread_state;
mod trace;

pub use acceptor::Acceptor;
pub use agent::{AgentCommand, serve as serve_agent};
pub use axis::Axis;
pub use caps::Caps;
pub use case::Case;
pub use clause::{About, Cite, Clause, Level, cite};
pub use command::Program;
pub use conn::{Conn, Got};
pub use interop::home;
pub use mutant::Mutant;
pub use outcome::{Deviation, Observation, Raw, Stop, Verdict, judge};
pub use readiness::{Poller, Readiness, ReadinessSubject, Trigger};
pub use rng::{Rng, case_seed};
pub use run::{Order, is_about, run_case};
pub use server::{Action, ORDER_MAX, Server, ServerConfig, ServerSubject, Serving, obey};
pub use subject::{FramingSubject, Subject, TransportSubject};
pub use trace::{Announce, Data, Event, Record, Step, Trace};
