//! Whether another thread of this process is blocked in the kernel.

use std::time::{Duration, Instant};

/// What the system calls a thread, where it tells.
pub(crate) type ThreadId = Option<String>;

/// How long a thread may run before it is taken for blocked where the system does not tell.
const UNTOLD: Duration = Duration::from_millis(30);

/// How many times in a row a thread must be seen asleep, so that a lock held for a moment does not
/// count.
const SIGHTINGS: u32 = 3;

/// The id of the calling thread.
pub(crate) fn current() -> ThreadId {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    Some(link.file_name()?.to_str()?.to_owned())
}

/// How much of the processor the calling thread has used, where the system tells.
pub(crate) fn processor_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = told.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// Returns once the thread `id` sleeps in the kernel, or `ended` says it has ended.
pub(crate) fn await_blocked(id: ThreadId, ended: impl Fn() -> bool) {
    let start = Instant::now();
    let mut sightings = 0;
    while !ended() && sightings < SIGHTINGS {
        match id.as_deref().and_then(is_asleep) {
            Some(true) => sightings += 1,
            Some(false) => sightings = 0,
            None if start.elapsed() > UNTOLD => return,
            None => {}
        }
        std::thread::yield_now();
    }
}

/// The state letter follows the name, which is in parentheses and may itself contain any character.
fn is_asleep(id: &str) -> Option<bool> {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{id}/stat")).ok()?;
    let state = stat.rsplit_once(')')?.1.trim_start().chars().next()?;
    Some(state == 'S')
}
