//! The harness's side of the conversation with one agent.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use sockrates_core::{Deadline, Error, Op, Result};

use super::process::{Place, Process, lock, named};
use super::reply::What;
use super::talk::{ANSWER, Open, Remote, Talk, hear};
use super::{AgentCommand, lines};
use crate::thread_state;

/// How long an agent may take to start.
const START: Duration = Duration::from_secs(20);

/// How long it may take to end when its input does.
const GRACE: Duration = Duration::from_secs(1);

/// The fields of an answer.
pub(super) type Answer = Map<String, Value>;

/// Why an agent has not said who it is, in words.
#[derive(Debug)]
pub(super) enum Unmet {
    /// Its program cannot be started.
    NotStarted(String),
    /// It ended before it answered.
    Ended(String),
    /// It answered something else, or nothing in time.
    Unclear(String),
}

impl From<Unmet> for String {
    fn from(unmet: Unmet) -> Self {
        let (Unmet::NotStarted(why) | Unmet::Ended(why) | Unmet::Unclear(why)) = unmet;
        why
    }
}

/// One agent. Several threads may order at a time: answers find their order by its number.
#[derive(Debug)]
pub(super) struct Client {
    talk: Arc<Talk>,
    orders: AtomicU64,
    handles: AtomicU64,
}

impl Client {
    /// Starts an agent and hears who it is.
    ///
    /// # Errors
    /// What went wrong, with its last complaints.
    pub(super) fn start(command: &AgentCommand, place: Place) -> Result<(Self, Answer), Unmet> {
        let (process, output) = Process::start(command, place).map_err(|error| {
            Unmet::NotStarted(format!("`{command}` cannot be started: {error}"))
        })?;
        let talk = Arc::new(Talk { process, state: Mutex::default(), changed: Condvar::new() });
        let hearing = Arc::clone(&talk);
        named("agent-answers", move || hear(output, &hearing))
            .map_err(|error| Unmet::NotStarted(format!("no thread for an agent: {error}")))?;
        let client = Self { talk, orders: AtomicU64::new(0), handles: AtomicU64::new(0) };
        let hello = client.order(json!({"cmd": "hello", "proto": 1}), START, None);
        match hello {
            Ok(What::Done(answer)) => Ok((client, answer)),
            Ok(What::Failed(failure)) => Err(Unmet::Unclear(format!("hello failed: {failure:?}"))),
            Ok(_) => Err(Unmet::Unclear("hello was not answered with `ok`".to_owned())),
            Err(()) => {
                let why = format!("it {}", client.broken().unwrap_or_default());
                let ended = client.talk.has_ended_mute();
                Err(if ended { Unmet::Ended(why) } else { Unmet::Unclear(why) })
            }
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
        self.talk.process.ending(limit).is_some()
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
        self.talk.process.end(GRACE);
    }
}
