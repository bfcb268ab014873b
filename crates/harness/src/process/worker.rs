//! A worker, seen from its parent.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use super::message::{Answer, OrderLine};
use super::unix::{self, End, Interrupt};
use super::wire::{Event, Wire};
use crate::interop;
use crate::runner::{Watch, edition};
use crate::{Raw, Record};

/// How long a worker may take to start, and to begin a case.
const START: Duration = Duration::from_secs(30);

/// How long a worker that was asked to end may take before it is forced to.
const GRACE: Duration = Duration::from_millis(200);

/// How long to wait for what the system does by itself.
const SYSTEM: Duration = Duration::from_secs(5);

/// A process that runs cases, in a process group of its own.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    orders: Option<ChildStdin>,
    wire: Wire,
    /// How it ended, once it was reaped. From then on its number is no longer ours.
    ended: Option<String>,
}

/// What came of handing a case to a worker.
#[derive(Debug)]
pub(crate) enum Finish {
    /// It ended, and the worker waits for the next.
    Ended {
        /// What happened.
        raw: Raw,
        /// How long it took.
        took: Duration,
        /// What it did.
        record: Record,
    },
    /// The worker is gone, and this was the case's doing.
    Broken {
        /// What happened.
        raw: Raw,
        /// What it did until then.
        record: Record,
    },
    /// The worker was gone before it began the case.
    Unbegun {
        /// How it ended.
        how: String,
    },
    /// Somebody wants the program to end.
    Interrupted,
}

impl Worker {
    /// Starts this program again as a worker.
    ///
    /// # Errors
    /// The system's where it cannot be started; otherwise what it said instead of being ready.
    pub(crate) fn start(interrupt: &Interrupt) -> io::Result<Self> {
        let mut command = Command::new(unix::this_program()?);
        // Looking up the names for a backtrace takes longer than many a case may.
        command.arg("worker").process_group(0).env("RUST_BACKTRACE", "0");
        if let Some(name) = std::env::args_os().next() {
            command.arg0(name);
        }
        if let Some(home) = interop::bound() {
            command.env(interop::VARIABLE, home.to_string());
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (exit, tell) = io::pipe()?;
        let pid = child.id();
        std::thread::Builder::new().name("exit".to_owned()).spawn(move || {
            unix::await_exit(pid);
            drop(tell);
        })?;
        let mut worker = Self {
            orders: child.stdin.take(),
            wire: Wire::new(child.stdout.take(), child.stderr.take(), exit),
            child,
            ended: None,
        };
        match worker.wire.next(Instant::now() + START, interrupt)? {
            Event::Answer(Answer::Ready(known)) if known == edition() => Ok(worker),
            event => Err(worker.not_ready(event)),
        }
    }

    /// Runs one case to its end, or to the end of `limit`.
    pub(crate) fn run(
        &mut self,
        order: &OrderLine,
        limit: Duration,
        interrupt: &Interrupt,
    ) -> io::Result<Finish> {
        self.wire.tail.clear();
        // A worker that is gone is noticed below, with how it ended.
        let _ = self.give(order);
        let mut watch = Watch::default();
        let mut begun = false;
        let mut until = Instant::now() + START;
        loop {
            let raw = match self.wire.next(until, interrupt)? {
                Event::Answer(Answer::Begin(case)) if case == order.case && !begun => {
                    begun = true;
                    until = Instant::now() + limit;
                    continue;
                }
                Event::Answer(Answer::Step(step)) if begun => {
                    watch.hear(step);
                    if Instant::now() < until {
                        continue;
                    }
                    watch.hung(limit)
                }
                Event::Answer(Answer::End { case, raw, micros }) if case == order.case && begun => {
                    self.wire.drain()?;
                    let took = Duration::from_micros(micros);
                    let raw = watch.placed(raw);
                    return Ok(Finish::Ended { raw, took, record: watch.record() });
                }
                Event::Answer(answer) => nonsense(&format!("{answer:?}")),
                Event::Nonsense(text) => nonsense(&text),
                Event::Exited if begun => watch.crashed(self.reap()?),
                Event::Exited => return Ok(Finish::Unbegun { how: self.reap()? }),
                Event::Late => watch.hung(limit),
                Event::Interrupted => {
                    self.end()?;
                    return Ok(Finish::Interrupted);
                }
            };
            self.end()?;
            return Ok(Finish::Broken { raw, record: watch.record() });
        }
    }

    /// Lets it end by itself. Returns how it ended where that is not as it should.
    pub(crate) fn finish(mut self) -> io::Result<Option<String>> {
        self.orders = None;
        self.wire.drain_until_exit(Instant::now() + SYSTEM)?;
        let how = self.end()?;
        Ok((how != "exited with 0").then_some(how))
    }

    /// The last lines that it complained with.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        self.wire.tail.lines()
    }

    fn give(&mut self, order: &OrderLine) -> io::Result<()> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.orders.as_mut().map_or(Ok(()), |orders| orders.write_all(&line))
    }

    /// Ends it and everything in its group: by asking, then by force. Returns how it ended.
    fn end(&mut self) -> io::Result<String> {
        if let Some(how) = &self.ended {
            return Ok(how.clone());
        }
        if !self.wire.has_exited()? {
            unix::end_group(self.child.id(), End::Ask);
            self.wire.drain_until_exit(Instant::now() + GRACE)?;
        }
        self.reap()
    }

    /// Ends what is left of the group by force, and takes the status. The zombie keeps the group's
    /// number from being used again until then.
    fn reap(&mut self) -> io::Result<String> {
        unix::end_group(self.child.id(), End::Force);
        let how = if self.wire.drain_until_exit(Instant::now() + SYSTEM)? {
            self.wire.drain()?;
            unix::ending(self.child.wait()?)
        } else {
            "did not end even when killed".to_owned()
        };
        self.ended = Some(how.clone());
        Ok(how)
    }

    fn not_ready(mut self, event: Event) -> io::Error {
        let how = match event {
            Event::Answer(Answer::Ready(_)) => "it knows another catalogue".to_owned(),
            Event::Answer(answer) => format!("it said {answer:?}"),
            Event::Nonsense(text) => format!("it said {text:?}"),
            Event::Exited => "it ended".to_owned(),
            Event::Late => "it did not say that it is ready".to_owned(),
            Event::Interrupted => "interrupted".to_owned(),
        };
        let end = self.end().unwrap_or_else(|error| error.to_string());
        let complaints = self.complaints().join("\n");
        io::Error::other(format!("a worker did not start: {how} ({end})\n{complaints}"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whoever cares how it ended has called `finish`.
        let _ = self.end();
    }
}

fn nonsense(text: &str) -> Raw {
    Raw::HarnessError { why: format!("a worker said something that makes no sense: {text}") }
}
