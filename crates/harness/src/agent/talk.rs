//! What is said to and by one agent: the orders that are open, and what came of them.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::process::ChildStdout;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use super::lines::{self, LINE_MAX, Line};
use super::process::{Process, lock};
use super::reply::{self, What};
use crate::thread_state::{self, StandIn};

/// How long an agent may take to answer, or to say that an operation has started.
pub(super) const ANSWER: Duration = Duration::from_secs(5);

/// How often to look whether the agent has ended though its output has not.
const LOOK: Duration = Duration::from_millis(250);
const ORPHANED: &str = "ended, and left its output open in a program that it had started";

/// How long an operation may run before it is taken for blocked where the agent tells no more.
const UNTOLD: Duration = Duration::from_millis(30);

#[derive(Debug)]
pub(super) struct Talk {
    pub(super) process: Process,
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) open: BTreeMap<u64, Open>,
    /// Why there are no more answers.
    pub(super) broken: Option<String>,
    /// Whether its output has ended.
    pub(super) silent: bool,
}

/// An order that has not been answered, or whose answer has not been taken.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) started: Option<Started>,
    pub(super) answer: Option<(What, String)>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Started {
    at: Instant,
    thread: Option<u64>,
    waiting: bool,
}

impl Talk {
    /// The answer to `id`, or whether it has at least started, where none comes.
    pub(super) fn await_answer(
        &self,
        id: u64,
        until: Instant,
        unbounded: bool,
    ) -> Result<(What, String), bool> {
        let mut state = lock(&self.state);
        let mut orphaned = false;
        loop {
            let has_started = state.open.get(&id).is_some_and(|open| open.started.is_some());
            if let Some(answer) = state.open.get_mut(&id).and_then(|open| open.answer.take()) {
                state.open.remove(&id);
                return Ok(answer);
            }
            let left = until.saturating_duration_since(Instant::now());
            let late = left.is_zero() && !(unbounded && has_started);
            if late || state.broken.is_some() {
                state.open.remove(&id);
                return Err(has_started);
            }
            let look = if unbounded && has_started { LOOK } else { left.min(LOOK) };
            let waited = self.changed.wait_timeout(state, look);
            let (kept, waited) = waited.unwrap_or_else(PoisonError::into_inner);
            state = kept;
            if waited.timed_out() && self.process.has_ended() {
                // What it wrote at last has been read by the second look, if anybody lives to say.
                if orphaned {
                    state.broken.get_or_insert_with(|| ORPHANED.to_owned());
                }
                orphaned = true;
            }
        }
    }

    /// Whether something comes to hold before `until`.
    pub(super) fn await_that(&self, until: Instant, holds: impl Fn(&State) -> bool) -> bool {
        let mut state = lock(&self.state);
        while !holds(&state) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Whether it ended, and wrote nothing that was wrong before.
    pub(super) fn has_ended_mute(&self) -> bool {
        let state = lock(&self.state);
        state.silent || state.broken.as_deref() == Some(ORPHANED)
    }

    /// Nothing more is believed; the first reason stays.
    pub(super) fn breaks(&self, why: String) {
        lock(&self.state).broken.get_or_insert(why);
        self.changed.notify_all();
    }

    /// Takes a line. Whoever waits for it is woken; that an operation has started wakes nobody
    /// who counts time, but one that then has none to count.
    fn take(&self, line: &str) -> Result<(), String> {
        let said = reply::read(line)?;
        let mut state = lock(&self.state);
        let unknown = || {
            format!(
                "is about id {}, which is no command that waits for an answer (answer each once, \
                 with the id it came with)",
                said.id
            )
        };
        // What is answered waits no more, though nobody may have looked at the answer yet.
        let waits = |open: &&mut Open| open.answer.is_none();
        let open = state.open.get_mut(&said.id).filter(waits).ok_or_else(unknown)?;
        match said.what {
            What::Started { .. } if open.started.is_some() => {
                return Err(format!("starts id {} once more", said.id));
            }
            What::Started { thread, waiting } => {
                open.started = Some(Started { at: Instant::now(), thread, waiting });
            }
            what => open.answer = Some((what, lines::beginning(line))),
        }
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    pub(super) fn started(&self, id: u64) -> Option<Started> {
        lock(&self.state).open.get(&id).filter(|open| open.answer.is_none())?.started
    }

    /// Whether all that the agent said before now has been heard: what it writes comes in order.
    pub(super) fn is_heard(&self) -> bool {
        let id = PINGS.fetch_sub(1, Ordering::Relaxed);
        lock(&self.state).open.insert(id, Open::default());
        self.process.give(format!("{}\n", json!({"id": id, "cmd": "ping"})).into_bytes());
        self.await_answer(id, Instant::now() + ANSWER, false).is_ok()
    }
}

/// The numbers of pings count down from the largest that JavaScript knows, so that they meet no
/// other's.
static PINGS: AtomicU64 = AtomicU64::new((1 << 53) - 1);

/// Stands for a thread of ours that waits for an answer: it is blocked once the operation is.
pub(super) struct Remote {
    pub(super) talk: Arc<Talk>,
    pub(super) id: u64,
}

impl StandIn for Remote {
    fn is_blocked(&self) -> bool {
        let Some(started) = self.talk.started(self.id) else { return false };
        let of_system = started.thread.and_then(|thread| self.is_asleep(thread));
        let blocked = match of_system {
            Some(asleep) => asleep,
            None => started.waiting || started.at.elapsed() > UNTOLD,
        };
        // An answer may be under way: then what was seen asleep was the thread after its work.
        blocked && self.talk.is_heard() && self.talk.started(self.id).is_some()
    }
}

impl Remote {
    /// Whether the agent's thread sleeps in a system call for this operation; `None` where it is
    /// not one of this machine's, or the system does not tell.
    fn is_asleep(&self, thread: u64) -> Option<bool> {
        let ours = thread_state::group_of(u64::from(self.talk.process.number()))?;
        let theirs = thread_state::group_of(thread)?;
        if ours != theirs {
            return None;
        }
        thread_state::is_asleep_in_call(thread)
    }
}

/// Takes what the agent says until it says nothing more.
pub(super) fn hear(mut output: BufReader<ChildStdout>, talk: &Talk) {
    let why = loop {
        match lines::next(&mut output, LINE_MAX) {
            Ok(Line::Whole(line)) => {
                if let Err(fault) = talk.take(&line) {
                    break format!("wrote `{}`, which {fault}", lines::beginning(&line));
                }
            }
            Ok(Line::Odd(line)) => {
                break format!("wrote `{line}`, which is no UTF-8 or over {LINE_MAX} bytes long");
            }
            Ok(Line::End) => {
                let mut state = lock(&talk.state);
                state.silent = true;
                drop(state);
                talk.process.end_input();
                break "ended".to_owned();
            }
            Err(error) => break format!("cannot be read from: {error}"),
        }
    };
    talk.breaks(why);
}
