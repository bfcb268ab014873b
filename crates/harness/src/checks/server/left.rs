//! What a server that has stopped leaves behind in its process.

use std::time::Instant;

use crate::expect::fail;
use crate::{Case, Stop};

/// What of this process is counted: what it is called, and how.
const COUNTED: [(&str, Count); 3] =
    [("descriptor", descriptors), ("thread", threads), ("child process", children)];

/// Counts one of them, where the system tells.
type Count = fn() -> Option<usize>;

/// How many there are of each.
pub(super) struct Counts([usize; 3]);

impl Counts {
    /// As it is now.
    pub(super) fn now() -> Result<Self, Stop> {
        let counts = COUNTED.map(|(_, count)| count());
        match counts {
            [Some(a), Some(b), Some(c)] => Ok(Self([a, b, c])),
            _ => Err(Stop::Lacks("procfs")),
        }
    }

    /// There soon are no more than there were.
    pub(super) fn again(&self, case: &Case<'_>) -> Result<(), Stop> {
        let patience = Instant::now() + case.transport()?.patience();
        for ((what, _), at) in COUNTED.iter().zip(0..) {
            while Self::now()?.0[at] > self.0[at] {
                if Instant::now() > patience {
                    return fail("nothing is left", format!("a {what} is left"));
                }
                std::thread::yield_now();
            }
        }
        Ok(())
    }
}

fn descriptors() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}

fn threads() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

/// Where the system does not list them, there are none to be seen.
fn children() -> Option<usize> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?.flatten();
    let listed =
        tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    Some(listed.map(|pids| pids.split_whitespace().count()).sum())
}
