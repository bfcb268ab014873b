//! The process of an agent: its pipes, its complaints, its end.

use std::collections::VecDeque;
use std::io::{self, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::AgentCommand;
use super::lines::{self, Line};
use crate::process::{End, end_group, has_ended};

/// How many of its last complaints are kept, and how much it may write in one.
const COMPLAINTS: usize = 30;
const COMPLAINT_MAX: usize = 4096;

/// How long it may take to end when it is asked to, before it is forced to.
const ASKED: Duration = Duration::from_millis(200);

/// How long the system may take to end what is killed.
const KILLED: Duration = Duration::from_secs(5);

/// How often to look whether it has ended.
const LOOK: Duration = Duration::from_millis(1);

/// Where an agent's process stands among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It leads a group of its own, which ends with it: nobody else would end what it starts.
    Leads,
    /// It is in the group of this process, a worker's, which ends as a whole.
    Follows,
}

/// A running agent.
#[derive(Debug)]
pub(super) struct Process {
    running: Mutex<Running>,
    orders: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    complaints: Arc<Mutex<VecDeque<String>>>,
    keeper: JoinHandle<()>,
}

impl Process {
    /// Starts it. What it says comes out of the second value.
    pub(super) fn start(
        command: &AgentCommand,
        place: Place,
    ) -> io::Result<(Self, BufReader<ChildStdout>)> {
        let words = command.words();
        let program = words.first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut starting = Command::new(program);
        starting.args(&words[1..]).env("PYTHONDONTWRITEBYTECODE", "1");
        starting.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if place == Place::Leads {
            starting.process_group(0);
        }
        let mut child = starting.spawn()?;
        let taken = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = taken else {
            return Err(io::Error::other("an agent without pipes"));
        };
        let complaints = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&complaints);
        let keeper = named("agent-complaints", move || keep(BufReader::new(stderr), &kept))?;
        let (orders, queue) = mpsc::channel();
        // An agent that reads nothing must not block whoever orders: the pipe is full at some time.
        named("agent-orders", move || write(stdin, &queue))?;
        let orders = Mutex::new(Some(orders));
        let running = Mutex::new(Running { child, leads: place == Place::Leads });
        let process = Self { running, orders, complaints, keeper };
        Ok((process, BufReader::new(stdout)))
    }

    /// Hands it a line. Whether it reads it shows in its answer.
    pub(super) fn give(&self, line: Vec<u8>) {
        if let Some(orders) = &*lock(&self.orders) {
            // The writer goes away with the pipe, which the reader of answers tells.
            let _ = orders.send(line);
        }
    }

    /// Ends its input, on which it has to exit.
    pub(super) fn end_input(&self) {
        *lock(&self.orders) = None;
    }

    /// Ends it and its group: its input, and what has not ended within `grace` by asking, then by
    /// force; by force at once where it leads no group.
    pub(super) fn end(&self, grace: Duration) {
        self.end_input();
        if self.ending(grace).is_some() {
            return;
        }
        lock(&self.running).end(End::Ask);
        if self.ending(ASKED).is_none() {
            lock(&self.running).end(End::Force);
            // How it ended no longer matters to anybody.
            self.ending(KILLED);
        }
    }

    /// How it ended, if it has or does within `limit`: its output ends a moment before it does.
    /// What is left of its group ends then too.
    pub(super) fn ending(&self, limit: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + limit;
        loop {
            let ended = lock(&self.running).reap();
            match ended {
                Ok(None) if Instant::now() < until => thread::park_timeout(LOOK),
                ended => return ended.ok().flatten(),
            }
        }
    }

    /// Whether it has ended, though others may hold its pipes open.
    pub(super) fn has_ended(&self) -> bool {
        has_ended(self.number())
    }

    /// Its number.
    pub(super) fn number(&self) -> u32 {
        lock(&self.running).child.id()
    }

    /// The last lines that it complained with, all of them where they end within `limit`.
    pub(super) fn complaints(&self, limit: Duration) -> Vec<String> {
        let until = Instant::now() + limit;
        while !self.keeper.is_finished() && Instant::now() < until {
            thread::park_timeout(LOOK);
        }
        lock(&self.complaints).iter().cloned().collect()
    }
}

/// The process, and whether it leads a group that has not been ended. Until it is reaped the
/// group's number is nobody else's.
#[derive(Debug)]
struct Running {
    child: Child,
    leads: bool,
}

impl Running {
    /// How it ended, if it has.
    fn reap(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.leads {
            if !has_ended(self.child.id()) {
                return Ok(None);
            }
            self.end(End::Force);
            self.leads = false;
        }
        self.child.try_wait()
    }

    /// Ends it, if it has not ended, and its group with it.
    fn end(&mut self, how: End) {
        match self.leads {
            true => end_group(self.child.id(), how),
            // Where it cannot be killed it has ended.
            false => drop(self.child.kill()),
        }
    }
}

/// A thread with a name.
pub(super) fn named(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// What a lock holds. Nothing here is left half-changed by a panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(mut stdin: ChildStdin, queue: &mpsc::Receiver<Vec<u8>>) {
    while let Ok(line) = queue.recv() {
        if stdin.write_all(&line).is_err() {
            return;
        }
    }
}

fn keep(mut from: BufReader<impl io::Read>, kept: &Mutex<VecDeque<String>>) {
    while let Ok(Line::Whole(text) | Line::Odd(text)) = lines::next(&mut from, COMPLAINT_MAX) {
        let mut kept = lock(kept);
        if kept.len() == COMPLAINTS {
            kept.pop_front();
        }
        kept.push_back(lines::beginning(&text));
    }
}
