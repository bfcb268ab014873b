//! Whether another thread of this process is blocked in the kernel, or waits for one that is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
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

/// The threads that dawdle: asleep, and not blocked in what they were told to do.
static DAWDLERS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn dawdlers() -> MutexGuard<'static, Vec<String>> {
    DAWDLERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets the calling thread lose so much time, in which it does not count as blocked.
pub(crate) fn dawdle(time: Duration) {
    let id = current();
    dawdlers().extend(id.clone());
    let (_nobody, never) = mpsc::channel::<()>();
    // It ends when the time is over, for nobody sends.
    let _ = never.recv_timeout(time);
    dawdlers().retain(|other| Some(other) != id.as_ref());
}

/// How much of the processor the calling thread has used, where the system tells.
pub(crate) fn processor_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = told.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// Who knows whether a thread is blocked that only waits for somebody else's work.
pub(crate) trait StandIn: Send + Sync {
    /// Whether the work is blocked now.
    fn is_blocked(&self) -> bool;
}

/// The threads that others stand in for.
static STAND_INS: Mutex<Vec<(String, Arc<dyn StandIn>)>> = Mutex::new(Vec::new());

fn stand_ins() -> MutexGuard<'static, Vec<(String, Arc<dyn StandIn>)>> {
    STAND_INS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While it lives, a thread is taken for blocked when its stand-in says so.
pub(crate) struct Standing(ThreadId);

/// Has `other` stand in for the calling thread.
#[must_use]
pub(crate) fn stand_in(other: Arc<dyn StandIn>) -> Standing {
    thread_local! {
        static OWN: ThreadId = current();
    }
    let id = OWN.with(Clone::clone);
    stand_ins().extend(id.clone().map(|id| (id, other)));
    Standing(id)
}

impl Drop for Standing {
    fn drop(&mut self) {
        if let Some(own) = &self.0 {
            stand_ins().retain(|(id, _)| id != own);
        }
    }
}

/// The process group of a thread or process of this machine, where the system tells.
pub(crate) fn group_of(thread: u64) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{thread}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.to_owned())
}

/// Whether a thread of another process sleeps, and not for a lock, where the system tells.
pub(crate) fn is_asleep_in_call(thread: u64) -> Option<bool> {
    let stat = std::fs::read_to_string(format!("/proc/{thread}/stat")).ok()?;
    if state(&stat)? != 'S' {
        return Some(false);
    }
    let place = std::fs::read_to_string(format!("/proc/{thread}/wchan")).unwrap_or_default();
    Some(!place.contains("futex"))
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

/// Whether a thread of this process, or who stands in for it, sleeps.
fn is_asleep(id: &str) -> Option<bool> {
    if dawdlers().iter().any(|other| other == id) {
        return Some(false);
    }
    let other = stand_ins().iter().find(|(own, _)| own == id).map(|(_, other)| Arc::clone(other));
    if let Some(other) = other {
        return Some(other.is_blocked());
    }
    let stat = std::fs::read_to_string(format!("/proc/self/task/{id}/stat")).ok()?;
    Some(state(&stat)? == 'S')
}

/// The state letter follows the name, which is in parentheses and may itself contain any character.
fn state(stat: &str) -> Option<char> {
    stat.rsplit_once(')')?.1.trim_start().chars().next()
}
