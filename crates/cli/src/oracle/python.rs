//! CPython's side: one interpreter, given a program a line.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::operation::Step;
use super::outcome::Outcome;

/// The driver, which needs the standard library only.
const DRIVER: &str = include_str!("driver.py");

/// An interpreter that runs programs.
#[derive(Debug)]
pub(crate) struct Python {
    child: Child,
    programs: Option<ChildStdin>,
    answers: Receiver<io::Result<String>>,
}

impl Python {
    /// Starts an interpreter.
    ///
    /// # Errors
    /// Where there is no `python3`.
    pub(crate) fn start() -> io::Result<Self> {
        let mut child = Command::new("python3")
            .args(["-I", "-c", DRIVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let programs = child.stdin.take();
        let said = child.stdout.take();
        let (told, answers) = mpsc::channel();
        thread::Builder::new().name("python3's answers".into()).spawn(move || {
            for line in said.into_iter().flat_map(|said| BufReader::new(said).lines()) {
                if told.send(line).is_err() {
                    break;
                }
            }
        })?;
        let mut python = Self { child, programs, answers };
        // Starting takes longer than many a program: not to be held against the first.
        let ready = python.next(Instant::now() + STARTING)?;
        match ready.is_hung() {
            true => Err(io::Error::new(io::ErrorKind::TimedOut, "python3 does not start")),
            false => Ok(python),
        }
    }

    /// Has it begin with `steps`, of which each waits so long for what it brings about;
    /// [`outcomes`](Self::outcomes) tells what they come to.
    ///
    /// # Errors
    /// Where the interpreter has gone.
    pub(crate) fn begin(&mut self, steps: &[Step], patience: Duration) -> io::Result<()> {
        let mut line = serde_json::to_string(&serde_json::json!({
            "steps": steps,
            "patience": patience.as_secs_f64(),
        }))?;
        line.push('\n');
        match &mut self.programs {
            Some(programs) => programs.write_all(line.as_bytes()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// What the program of `steps` that was begun comes to, step by step, if each is there within
    /// `patience` of now.
    ///
    /// # Errors
    /// Where the interpreter has gone, or says what is no answer.
    pub(crate) fn outcomes(
        &mut self,
        steps: &[Step],
        patience: Duration,
    ) -> io::Result<Vec<Outcome>> {
        let until = Instant::now() + patience;
        let mut said = Vec::with_capacity(steps.len());
        while said.len() < steps.len() && !said.last().is_some_and(Outcome::is_last) {
            said.push(self.next(until)?);
        }
        Ok(said)
    }

    fn next(&mut self, until: Instant) -> io::Result<Outcome> {
        match self.answers.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => Ok(serde_json::from_str(&line?)?),
            Err(RecvTimeoutError::Timeout) => Ok(Outcome::hung()),
            Err(RecvTimeoutError::Disconnected) => {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, "python3 has ended"))
            }
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // At the end of its input it ends; where it hangs, it is made to.
        self.programs = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const STARTING: Duration = Duration::from_secs(30);
