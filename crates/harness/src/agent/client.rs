//! The harness's side of the conversation with one agent.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::process::ChildStdout;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use sockrates_core::{Deadline, Error, Op, Result};

use super::AgentCommand;
use super::lines::{self, LINE_MAX, Line};
use super::process::{Process, lock, named};
use super::reply::{self, What};
use crate::thread_state::{self, StandIn};

/// How long an agent may take to start, and to answer, or to say that an operation has started.
const START: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(5);

/// How long it may take to end when its input does.
const GRACE: Duration = Duration::from_secs(1);

/// How long an operation may run before it is taken for blocked where the agent tells no more.
const UNTOLD: Duration = Duration::from_millis(30);

/// The fields of an answer.
pub(super) type Answer = Map<String, Value>;

/// One agent. Several threads may order at a time: answers find their order by its number.
#[derive(Debug)]
pub(super) struct Client {
    talk: Arc<Talk>,
    orders: AtomicU64,
    handles: AtomicU64,
}

#[derive(Debug)]
struct Talk {
    process: Process,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: BTreeMap<u64, Open>,
    /// Why there are no more answers.
    broken: Option<String>,
    /// Whether its output has ended.
    silent: bool,
}

/// An order that has not been answered, or whose answer has not been taken.
#[derive(Debug, Default)]
struct Open {
    started: Option<Started>,
    answer: Option<(What, String)>,
}

#[derive(Clone, Copy, Debug)]
struct Started {
    at: Instant,
    thread: Option<u64>,
    waiting: bool,
}

impl Client {
    /// Starts an agent and hears who it is.
    ///
    /// # Errors
    /// What went wrong, with its last complaints.
    pub(super) fn start(command: &AgentCommand) -> Result<(Self, Answer), String> {
        let (process, output) = Process::start(command)
            .map_err(|error| format!("`{command}` cannot be started: {error}"))?;
        let talk = Arc::new(Talk { process, state: Mutex::default(), changed: Condvar::new() });
        let hearing = Arc::clone(&talk);
        named("agent-answers", move || hear(output, &hearing))
            .map_err(|error| format!("no thread for an agent: {error}"))?;
        let client = Self { talk, orders: AtomicU64::new(0), handles: AtomicU64::new(0) };
        let hello = client.order(json!({"cmd": "hello", "proto": 1}), START, None);
        match hello {
            Ok(What::Done(answer)) => Ok((client, answer)),
            Ok(What::Failed(failure)) => Err(format!("hello failed: {failure:?}")),
            Ok(_) => Err("hello was not answered with `ok`".to_owned()),
            Err(()) => Err(format!("it {}", client.broken().unwrap_or_default())),
        }
    }

    /// Gives an order whose answer is looked at as it came; returns its number and its text.
    pub(super) fn begin(&self, command: Value) -> (u64, String) {
        let id = self.number();
        (id, self.give(id, command))
    }

    /// Whether an order says within `limit` that it has started.
    pub(super) fn starts(&self, id: u64, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        self.talk.await_that(until, |state| {
            state.open.get(&id).is_none_or(|open| open.started.is_some())
        })
    }

    /// What is answered within `limit`, and the line that says so; `None` where nothing is.
    pub(super) fn answered(&self, id: u64, limit: Duration) -> Option<(What, String)> {
        self.talk.await_answer(id, Instant::now() + limit, false).ok()
    }

    /// Whether it still answers.
    pub(super) fn lives(&self) -> bool {
        self.talk.is_heard()
    }

    /// Ends its input; returns whether it ends by itself within `limit`.
    pub(super) fn ends(&self, limit: Duration) -> bool {
        self.talk.process.end_input();
        self.talk.await_that(Instant::now() + limit, |state| state.silent)
    }

    /// A name for a new socket, used once.
    pub(super) fn handle(&self) -> String {
        format!("h{}", self.handles.fetch_add(1, Ordering::Relaxed))
    }

    /// Orders what is done at once.
    pub(super) fn ask(&self, op: Op, command: Value) -> Result<Answer> {
        self.answer(op, self.order(command, ANSWER, None))
    }

    /// Orders what may have to wait. The deadline goes with it as `limit_ms`; the agent has to keep
    /// it, and is not believed to be alive for long after.
    pub(super) fn ask_until(
        &self,
        op: Op,
        mut command: Value,
        deadline: Deadline,
    ) -> Result<Answer> {
        let what = self.order_until(&mut command, deadline);
        self.answer(op, what)
    }

    /// Orders a receive; `keep` is given what it took before it failed, if it did.
    pub(super) fn receive(
        &self,
        mut command: Value,
        deadline: Deadline,
        keep: impl FnOnce(&[u8]),
    ) -> Result<Answer> {
        let what = self.order_until(&mut command, deadline);
        if let Ok(What::Failed(failure)) = &what {
            keep(failure.taken());
        }
        self.answer(Op::Recv, what)
    }

    fn order_until(&self, command: &mut Value, deadline: Deadline) -> Result<What, ()> {
        let left = deadline.remaining();
        if let Some(left) = left {
            command["limit_ms"] = json!(left.as_secs_f64() * 1000.0);
        }
        self.order(command.take(), ANSWER, Some(left))
    }

    /// Why nothing more is to be had from this agent, if so, with its last complaints.
    pub(super) fn broken(&self) -> Option<String> {
        let (mut broken, silent) = {
            let state = lock(&self.talk.state);
            (state.broken.clone()?, state.silent)
        };
        let limit = if silent { GRACE } else { Duration::ZERO };
        if let Some(status) = self.talk.process.ending(limit) {
            broken.push_str(&format!(" ({status})"));
        }
        let complaints = self.talk.process.complaints(limit);
        if complaints.is_empty() {
            return Some(broken);
        }
        Some(format!("{broken}; its last words on stderr:\n{}", complaints.join("\n")))
    }

    /// Marks it as broken for what an answer said.
    pub(super) fn nonsense(&self, op: Op, answer: &Answer, missing: &str) -> Error {
        let text = lines::beginning(&Value::Object(answer.clone()).to_string());
        self.talk.breaks(format!("answered {op} with `{text}`, which {missing}"));
        self.error()
    }

    fn error(&self) -> Error {
        let text = lock(&self.talk.state).broken.clone().unwrap_or_default();
        Error::invalid("agent:", text, "see docs/agent-protocol.md")
    }

    fn answer(&self, op: Op, what: Result<What, ()>) -> Result<Answer> {
        match what {
            Ok(What::Done(answer)) => Ok(answer),
            Ok(What::Failed(failure)) => Err(failure.error(op)),
            Ok(What::Unsupported | What::Started { .. }) => Err(Error::Unsupported { op }),
            Err(()) => Err(self.error()),
        }
    }

    /// Gives an order and waits for its answer: for `limit`; where it may wait itself, for `limit`
    /// past what it may wait, or for ever once it has started.
    fn order(
        &self,
        command: Value,
        limit: Duration,
        may_wait: Option<Option<Duration>>,
    ) -> Result<What, ()> {
        let id = self.number();
        let remote = Arc::new(Remote { talk: Arc::clone(&self.talk), id });
        let _stand_in = thread_state::stand_in(remote);
        let text = self.give(id, command);
        let until = Instant::now() + limit + may_wait.flatten().unwrap_or_default();
        let unbounded = may_wait == Some(None);
        match self.talk.await_answer(id, until, unbounded) {
            Ok((what, _)) => Ok(what),
            Err(has_started) => {
                self.talk.breaks(match unbounded && !has_started {
                    true => format!("neither answered `{text}` nor said that it has `started`"),
                    false => format!("did not answer `{text}` in time"),
                });
                Err(())
            }
        }
    }

    fn number(&self) -> u64 {
        self.orders.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn give(&self, id: u64, mut command: Value) -> String {
        command["id"] = json!(id);
        lock(&self.talk.state).open.insert(id, Open::default());
        let text = command.to_string();
        self.talk.process.give(format!("{text}\n").into_bytes());
        lines::beginning(&text)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.ends(GRACE);
        // How it ended no longer matters to anybody.
        let _ = self.talk.process.end();
    }
}

impl Talk {
    /// The answer to `id`, or whether it has at least started, where none comes.
    fn await_answer(
        &self,
        id: u64,
        until: Instant,
        unbounded: bool,
    ) -> Result<(What, String), bool> {
        let mut state = lock(&self.state);
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
            state = if unbounded && has_started {
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else {
                let waited = self.changed.wait_timeout(state, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }

    /// Whether something comes to hold before `until`.
    fn await_that(&self, until: Instant, holds: impl Fn(&State) -> bool) -> bool {
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

    /// Nothing more is believed; the first reason stays.
    fn breaks(&self, why: String) {
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

    fn started(&self, id: u64) -> Option<Started> {
        lock(&self.state).open.get(&id).filter(|open| open.answer.is_none())?.started
    }

    /// Whether all that the agent said before now has been heard: what it writes comes in order.
    fn is_heard(&self) -> bool {
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
struct Remote {
    talk: Arc<Talk>,
    id: u64,
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
fn hear(mut output: BufReader<ChildStdout>, talk: &Talk) {
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
