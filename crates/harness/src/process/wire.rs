//! The pipes from a worker: what it answers, what it complains with, and that it has ended.

use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::process::{ChildStderr, ChildStdout};
use std::time::Instant;

use super::line::{Lines, Tail};
use super::message::Answer;
use super::unix::{self, Interrupt};

/// How many reads of a pipe's worth of complaints are made where nobody waits for more.
const DRAIN_READS_MAX: usize = 64;

/// The pipes from a worker.
#[derive(Debug)]
pub(super) struct Wire {
    answers: Option<ChildStdout>,
    complaints: Option<ChildStderr>,
    /// Ends when the process does.
    exit: PipeReader,
    lines: Lines,
    /// The last that it complained with.
    pub(super) tail: Tail,
}

/// What comes over the pipes next.
pub(super) enum Event {
    /// A line that makes sense.
    Answer(Answer),
    /// One that does not.
    Nonsense(String),
    /// The process has ended.
    Exited,
    /// Nothing came in time.
    Late,
    /// Somebody wants the program to end.
    Interrupted,
}

impl Wire {
    /// The pipes of a worker that was just started.
    pub(super) fn new(
        answers: Option<ChildStdout>,
        complaints: Option<ChildStderr>,
        exit: PipeReader,
    ) -> Self {
        Self { answers, complaints, exit, lines: Lines::default(), tail: Tail::default() }
    }

    /// Waits for what comes next, until `until`.
    pub(super) fn next(&mut self, until: Instant, interrupt: &Interrupt) -> io::Result<Event> {
        loop {
            if let Some(line) = self.lines.pop() {
                let text = String::from_utf8_lossy(&line);
                return Ok(serde_json::from_str(&text)
                    .map_or_else(|_| Event::Nonsense(text.into_owned()), Event::Answer));
            }
            if self.lines.overflows() {
                return Ok(Event::Nonsense("a line without an end".to_owned()));
            }
            let (answer, exit, wake) = self.read(until, Some(interrupt))?;
            if wake {
                return Ok(Event::Interrupted);
            }
            if answer {
                continue;
            }
            if exit {
                return Ok(Event::Exited);
            }
            if Instant::now() >= until {
                return Ok(Event::Late);
            }
        }
    }

    /// Reads on until the process has ended, at most until `until`. Says whether it has.
    pub(super) fn drain_until_exit(&mut self, until: Instant) -> io::Result<bool> {
        loop {
            let (_, exit, _) = self.read(until, None)?;
            if exit || Instant::now() >= until {
                return Ok(exit);
            }
        }
    }

    /// Reads what it has complained with so far.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        // Bounded: what it left running may go on complaining.
        for _ in 0..DRAIN_READS_MAX {
            let Some(complaints) = &self.complaints else { break };
            let [more] = unix::readable([Some(complaints.as_fd())], Instant::now())?;
            if !more {
                break;
            }
            self.read_complaints()?;
        }
        Ok(())
    }

    /// Whether the process has ended.
    pub(super) fn has_exited(&self) -> io::Result<bool> {
        let [exited] = unix::readable([Some(self.exit.as_fd())], Instant::now())?;
        Ok(exited)
    }

    /// Waits for any of the pipes and reads it. Says whether there was an answer, whether the
    /// process has ended, and whether somebody wants the program to end.
    fn read(
        &mut self,
        until: Instant,
        interrupt: Option<&Interrupt>,
    ) -> io::Result<(bool, bool, bool)> {
        let [answer, complaint, exit, wake] = unix::readable(
            [
                self.answers.as_ref().map(AsFd::as_fd),
                self.complaints.as_ref().map(AsFd::as_fd),
                Some(self.exit.as_fd()),
                interrupt.map(Interrupt::wake),
            ],
            until,
        )?;
        if answer {
            self.read_answers()?;
        }
        if complaint {
            self.read_complaints()?;
        }
        Ok((answer, exit, wake))
    }

    fn read_answers(&mut self) -> io::Result<()> {
        let mut bytes = [0; 16 << 10];
        let Some(answers) = &mut self.answers else { return Ok(()) };
        match answers.read(&mut bytes)? {
            0 => self.answers = None,
            n => self.lines.push(&bytes[..n]),
        }
        Ok(())
    }

    fn read_complaints(&mut self) -> io::Result<()> {
        let mut bytes = [0; 16 << 10];
        let Some(complaints) = &mut self.complaints else { return Ok(()) };
        match complaints.read(&mut bytes)? {
            0 => self.complaints = None,
            n => self.tail.push(&bytes[..n]),
        }
        Ok(())
    }
}
