//! Subjects in other languages: processes that do as they are told in lines of JSON.
//!
//! `docs/agent-protocol.md` is the contract. An agent makes real sockets and answers for each
//! operation what came of it; here it is one more implementation of core's traits, so that every
//! check runs on it as it is.

mod address;
mod base64;
mod client;
mod command;
mod crew;
mod end;
mod lines;
mod process;
mod reply;
mod served;
mod smoke;
mod subject;
mod talk;

pub use command::AgentCommand;
pub use served::serve;

pub(crate) use crew::Crew;
pub(crate) use smoke::smoke;
pub(crate) use subject::{Agent, Recipe};
