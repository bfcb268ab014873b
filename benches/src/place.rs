//! Where the two threads of a contest run.

use std::sync::OnceLock;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// A processor: each of two threads has its own. Left to the system they share one in some runs and
/// not in others, and a wake-up then costs five times as much or as little.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// That of the thread that measures.
    Here,
    /// That of the other end's.
    There,
}

impl Place {
    /// Keeps this thread there from now on. Where there is one processor only it stays as it is.
    pub fn take(self) {
        // Those of the process at first: a thread inherits the place of the one that starts it.
        static ALL: OnceLock<Option<CpuSet>> = OnceLock::new();
        let Some(all) = ALL.get_or_init(|| sched_getaffinity(None).ok()) else { return };
        let mut usable = (0..CpuSet::MAX_CPU).filter(|cpu| all.is_set(*cpu));
        if let (Some(here), Some(there)) = (usable.next(), usable.next()) {
            let cpu = match self {
                Self::Here => here,
                Self::There => there,
            };
            let mut own = CpuSet::new();
            own.set(cpu);
            // One that may not be chosen is no reason not to measure.
            let _ = sched_setaffinity(None, &own);
        }
    }
}
