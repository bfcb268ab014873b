//! What is compared with what: written once, run by criterion and by the interleaved runner.

use std::fmt;
use std::time::{Duration, Instant};

/// Two ways to do the same, side by side.
pub struct Contest {
    /// The group that it belongs to, one of [`crate::group::NAMES`].
    pub group: &'static str,
    /// What both do, with every setting that matters: "decode length-u32, 64 B".
    pub case: String,
    /// What of ours does it: "Framed::next".
    pub ours: &'static str,
    /// Who else does it, and by what: "tokio-util LengthDelimitedCodec".
    pub peer: &'static str,
    /// What is to be reached, if anything is.
    pub goal: Option<Goal>,
    /// What one iteration moves.
    pub work: Work,
    /// What the sides measure.
    pub cost: Cost,
    /// Sets both sides up, only when it is their turn.
    pub start: Start,
}

/// Sets both sides of a contest up.
pub type Start = Box<dyn Fn() -> Result<Pair, Absent>>;

/// Runs so many iterations and returns what they cost. What it needs beside it, such as a thread
/// or a process, ends with it.
pub type Side = Box<dyn FnMut(u64) -> Duration>;

/// Both sides, ready to run.
pub struct Pair {
    /// Ours.
    pub ours: Side,
    /// The other.
    pub peer: Side,
}

/// Why a contest cannot run here: "python3 is missing". It is a visible skip, not a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent(pub String);

/// What the medians are held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// The peer's cost divided by ours, which is our speed in units of the peer's.
    AtLeast(f64),
    /// Our cost divided by the peer's.
    AtMost(f64),
}

/// What one iteration moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// So many bytes.
    Bytes(u64),
    /// So many messages, calls, requests or connections.
    Elements(u64),
}

/// What a side measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// The time on the wall.
    Time,
    /// The processor time of the serving side, user and system.
    Cpu,
    /// The memory of the serving side: see [`bytes()`].
    Memory,
}

/// A cost that is memory: a nanosecond stands for a byte, so that it is compared as times are.
#[must_use]
pub fn bytes(bytes: u64) -> Duration {
    Duration::from_nanos(bytes)
}

/// A side that does `once` in each iteration and takes the time of all of them.
#[must_use]
pub fn side(mut once: impl FnMut() + 'static) -> Side {
    Box::new(move |iterations| {
        let start = Instant::now();
        for _ in 0..iterations {
            once();
        }
        start.elapsed()
    })
}

impl fmt::Debug for Contest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contest")
            .field("group", &self.group)
            .field("case", &self.case)
            .field("ours", &self.ours)
            .field("peer", &self.peer)
            .field("goal", &self.goal)
            .field("work", &self.work)
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair").finish_non_exhaustive()
    }
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
