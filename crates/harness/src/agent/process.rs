//! The process of an agent: its pipes, its complaints, its end.

use std::collections::VecDeque;
use std::io::{self, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::AgentCommand;
use super::lines::{self, Line};

/// How many of its last complaints are kept, and how much it may write in one.
const COMPLAINTS: usize = 30;
const COMPLAINT_MAX: usize = 4096;

/// How often to look whether it has ended.
const LOOK: Duration = Duration::from_millis(1);

/// A running agent.
#[derive(Debug)]
pub(super) struct Process {
    child: Mutex<Child>,
    orders: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    complaints: Arc<Mutex<VecDeque<String>>>,
    keeper: JoinHandle<()>,
}

impl Process {
    /// Starts it. What it says comes out of the second value.
    pub(super) fn start(command: &AgentCommand) -> io::Result<(Self, BufReader<ChildStdout>)> {
        let words = command.words();
        let program = words.first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut starting = Command::new(program);
        starting.args(&words[1..]).env("PYTHONDONTWRITEBYTECODE", "1");
        starting.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
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
        let process = Self { child: Mutex::new(child), orders, complaints, keeper };
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

    /// Ends it by force, and tells how it ended.
    pub(super) fn end(&self) -> io::Result<ExitStatus> {
        self.end_input();
        let mut child = lock(&self.child);
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        child.kill()?;
        child.wait()
    }

    /// How it ended, if it has or does within `limit`: its output ends a moment before it does.
    pub(super) fn ending(&self, limit: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + limit;
        loop {
            let ended = lock(&self.child).try_wait();
            match ended {
                Ok(None) if Instant::now() < until => thread::park_timeout(LOOK),
                ended => return ended.ok().flatten(),
            }
        }
    }

    /// Whether it has ended, though others may hold its pipes open.
    pub(super) fn has_ended(&self) -> bool {
        self.ending(Duration::ZERO).is_some()
    }

    /// Its number.
    pub(super) fn number(&self) -> u32 {
        lock(&self.child).id()
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
