//! What the parent and a worker say to each other: one JSON object a line.

use serde::{Deserialize, Serialize};

use crate::agent::Recipe;
use crate::interop::Seats;
use crate::{Axis, Raw};

/// Which list a subject stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Roster {
    /// What is judged.
    Subjects,
    /// What proves the checks.
    Mutants,
    /// Clients with servers.
    Cells,
}

/// A case, for a worker to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OrderLine {
    /// Its number, which the answers repeat.
    pub(crate) case: usize,
    /// The list in which the subject stands.
    pub(crate) roster: Roster,
    /// The subject's name.
    pub(crate) subject: String,
    /// The clause's id.
    pub(crate) clause: String,
    /// The axis, where there is one.
    pub(crate) axis: Option<Axis>,
    /// Where the case's data comes from.
    pub(crate) seed: u64,
    /// How the subject is made, where it is an agent's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recipe: Option<Recipe>,
    /// Who the two are, where they are a client and a server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seats: Option<Seats>,
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// It has started and knows this catalogue.
    Ready(String),
    /// It begins this case.
    Begin(usize),
    /// An operation that is about to start or has ended, or a remark.
    Step(crate::Event),
    /// The case has ended.
    End {
        /// Its number.
        case: usize,
        /// What happened.
        raw: Raw,
        /// How long it took, in microseconds.
        micros: u64,
    },
}
