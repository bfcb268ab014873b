//! One thing to count, and the laps around it.

use std::hint::black_box;

/// A call, and how often it is made.
#[derive(Debug)]
pub struct Probe {
    /// What is called.
    pub name: &'static str,
    /// Few times and many.
    pub times: [usize; 2],
    /// Ours.
    pub ours: Make,
    /// libc's for the same, where it has the same.
    pub libc: Option<Make>,
}

/// Sets the calls up.
pub type Make = fn() -> Box<dyn Calls>;

/// Calls that can be made, with what has to be done around them.
pub trait Calls {
    /// What they need, before the first lap.
    fn prepare(&mut self, times: usize);

    /// Makes the calls.
    fn call(&mut self, times: usize);

    /// What they leave, after the second.
    fn clear(&mut self, times: usize);
}

/// Runs all of them, ours and libc's in turn, with laps around the calls.
pub(super) fn run_all(probes: &[Probe]) {
    for probe in probes {
        for make in [Some(probe.ours), probe.libc].into_iter().flatten() {
            let mut calls = make();
            // The first time binds symbols and grows buffers.
            calls.prepare(probe.times[1]);
            calls.call(probe.times[1]);
            calls.clear(probe.times[1]);
            for times in probe.times {
                calls.prepare(times);
                sockrates_bench_lap();
                calls.call(times);
                sockrates_bench_lap();
                calls.clear(times);
            }
        }
    }
}

/// Part of the name of the function that callgrind writes its counts before.
pub(super) const LAP: &str = "sockrates_bench_lap";

#[inline(never)]
fn sockrates_bench_lap() {
    black_box(());
}
