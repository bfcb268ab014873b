//! What came of a case, in three layers that never collapse: what happened, what was expected, the
//! verdict.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sockrates_core::{Error, Op};

use crate::Clause;

/// What a check found: the name of the behaviour it saw, or why it stopped. Whether the behaviour
/// is permitted is the clause's to say.
pub type Observation = Result<Cow<'static, str>, Stop>;

/// Why a check stopped before it could name a behaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The subject did something that no clause permits.
    Fail {
        /// What would have been right.
        permitted: String,
        /// What happened.
        observed: String,
    },
    /// The subject cannot do it, though it declared that it can.
    Unsupported(Op),
    /// The run does not give what the check needs, such as a process of its own ("isolation").
    Lacks(&'static str),
    /// The machine did not let the check come to a conclusion.
    Inconclusive(String),
    /// The check itself is at fault.
    HarnessError(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Unsupported { op } => Self::Unsupported(op),
            other => Self::Fail { permitted: "success".to_owned(), observed: other.to_string() },
        }
    }
}

/// What happened, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "raw", rename_all = "kebab-case")]
pub enum Raw {
    /// The check ended and names what it saw.
    Saw {
        /// The behaviour's name.
        variant: String,
    },
    /// Something that no clause permits.
    Failed {
        /// What would have been right.
        permitted: String,
        /// What happened.
        observed: String,
        /// The last operations before.
        trace: Vec<String>,
    },
    /// Not run: the subject does not declare what the clause needs, or the run does not give it.
    Skipped {
        /// What is missing.
        needs: Vec<String>,
    },
    /// Not run: under this axis the clause has no meaning for the subject.
    Excluded {
        /// Why.
        why: String,
    },
    /// The subject answered "unsupported" to what it declares.
    Unsupported {
        /// The operation.
        op: String,
    },
    /// The machine did not let the check come to a conclusion.
    Inconclusive {
        /// Why.
        why: String,
    },
    /// It did not end within the limit and was killed.
    Hung {
        /// The operation it was blocked in.
        at: String,
        /// The last operations before.
        trace: Vec<String>,
    },
    /// The subject or the check panicked.
    Panicked {
        /// Its message and place.
        message: String,
        /// The last operation before.
        at: String,
    },
    /// The process that ran it ended.
    Crashed {
        /// The signal or exit code.
        how: String,
        /// The last operation before.
        at: String,
    },
    /// The check itself is at fault.
    HarnessError {
        /// Why.
        why: String,
    },
    /// It was never started.
    NotRun {
        /// Why.
        why: String,
    },
}

/// A known departure from a clause: accepted where exactly this is seen, and stale once it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The clause.
    pub clause: &'static str,
    /// The operating system it is known on (`std::env::consts::OS`), or "" for any.
    pub os: &'static str,
    /// Exactly what is seen instead: a behaviour's name, or the text of what was observed.
    pub sees: &'static str,
    /// Why it is so.
    pub reason: &'static str,
}

/// What a case means for the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A permitted behaviour.
    Ok,
    /// A behaviour that is neither permitted nor a recorded deviation.
    Regression,
    /// A recorded deviation that is no longer seen.
    Stale,
    /// A recorded deviation, as recorded.
    Deviation,
    /// Not judged: the subject does not declare what the clause needs.
    Skipped,
    /// Not run.
    NotRun,
}

/// Judges what was seen against the clause and the deviations recorded for the subject. A pure
/// function: a stored report can be judged again.
#[must_use]
pub fn judge(clause: &Clause, deviations: &[Deviation], os: &str, raw: &Raw) -> Verdict {
    let recorded = deviations
        .iter()
        .find(|known| known.clause == clause.id && (known.os.is_empty() || known.os == os));
    judge_recorded(clause, recorded.map(|known| known.sees), raw)
}

/// The same, where what is seen of the recorded deviation is all that is known of it.
pub(crate) fn judge_recorded(clause: &Clause, recorded: Option<&str>, raw: &Raw) -> Verdict {
    let as_recorded = |seen: &str| recorded == Some(seen);
    match raw {
        Raw::Skipped { .. } | Raw::Excluded { .. } => Verdict::Skipped,
        Raw::NotRun { .. } => Verdict::NotRun,
        Raw::Saw { variant } if as_recorded(variant) => Verdict::Deviation,
        Raw::Saw { variant } if clause.permits.contains(&variant.as_str()) => {
            if recorded.is_some() { Verdict::Stale } else { Verdict::Ok }
        }
        Raw::Failed { observed, .. } if as_recorded(observed) => Verdict::Deviation,
        _ => Verdict::Regression,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{About, Clause};

    const CLAUSE: Clause =
        Clause::must(About::Stream, "stream.x.y", "says").permits(&["one", "two"]);
    const KNOWN: Deviation =
        Deviation { clause: "stream.x.y", os: "linux", sees: "three", reason: "because" };

    fn saw(variant: &str) -> Raw {
        Raw::Saw { variant: variant.to_owned() }
    }

    #[test]
    fn only_the_exact_deviation_is_accepted() {
        assert_eq!(judge(&CLAUSE, &[KNOWN], "linux", &saw("three")), Verdict::Deviation);
        assert_eq!(judge(&CLAUSE, &[KNOWN], "linux", &saw("four")), Verdict::Regression);
        assert_eq!(judge(&CLAUSE, &[KNOWN], "macos", &saw("three")), Verdict::Regression);
        assert_eq!(judge(&CLAUSE, &[], "linux", &saw("three")), Verdict::Regression);
    }

    #[test]
    fn a_deviation_that_is_gone_is_stale() {
        assert_eq!(judge(&CLAUSE, &[KNOWN], "linux", &saw("two")), Verdict::Stale);
        assert_eq!(judge(&CLAUSE, &[KNOWN], "macos", &saw("two")), Verdict::Ok);
    }
}
