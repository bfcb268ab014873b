//! A contest in a process of its own: one that breaks, hangs or leaks costs no other.

use std::any::Any;
use std::ffi::OsString;
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::options::WORKER;
use super::rounds::{self, Outcome};
use crate::contest::Contest;

/// Runs the contest of this number in a new process of this program, for about `time`.
pub(super) fn ask(index: usize, time: Duration) -> Outcome {
    let seconds = time.as_secs_f64().max(TIME_MIN).to_string();
    let args = [OsString::from(WORKER), index.to_string().into(), seconds.into()];
    answer(&args, time * 4 + PATIENCE).unwrap_or_else(Outcome::Failed)
}

/// Setting thousands of connections up takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);
const TIME_MIN: f64 = 0.01;

/// Does what the process was asked for, and prints the outcome as its last line.
pub(super) fn work(contest: &Contest, time: Duration) {
    let outcome = outcome(contest, time);
    println!("\n{}", serde_json::to_string(&outcome).expect("an outcome is JSON"));
}

fn outcome(contest: &Contest, time: Duration) -> Outcome {
    let ran = panic::catch_unwind(AssertUnwindSafe(|| rounds::run(contest, time)));
    ran.unwrap_or_else(|payload| Outcome::Failed(message(&*payload)))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.map_or_else(|| "it panicked".to_owned(), |text| format!("it panicked: {text}"))
}

fn answer(args: &[OsString], limit: Duration) -> Result<Outcome, String> {
    let own = std::env::current_exe().map_err(|error| format!("no path of its own: {error}"))?;
    let mut command = Command::new(own);
    let started = command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| format!("no process for it: {error}"))?;
    let printed = printed_within(&mut child, limit);
    if printed.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| format!("its process is lost: {error}"))?;
    let printed = printed?;
    match printed.lines().last().and_then(|line| serde_json::from_str(line).ok()) {
        Some(outcome) if status.success() => Ok(outcome),
        _ => Err(format!("its process ended before it did ({status})")),
    }
}

fn printed_within(child: &mut Child, limit: Duration) -> Result<String, String> {
    let mut stdout = child.stdout.take().ok_or("its process has no output")?;
    let (done, printed) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read: io::Result<_> = stdout.read_to_string(&mut text);
        // Nobody listens any more after the limit.
        let _ = done.send(read.map(|_| text));
    });
    match printed.recv_timeout(limit) {
        Ok(read) => read.map_err(|error| format!("its output cannot be read: {error}")),
        Err(_) => Err(format!("it did not end within {} s", limit.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::{Cost, Work};

    #[test]
    fn a_contest_that_panics_has_failed_and_says_how() {
        let contest = Contest {
            group: "call",
            case: "broken".to_owned(),
            ours: "ours",
            peer: "peer",
            goal: None,
            work: Work::Elements(1),
            cost: Cost::Time,
            start: Box::new(|| panic!("send: {}", "EPIPE")),
        };
        let failed = Outcome::Failed("it panicked: send: EPIPE".to_owned());
        assert_eq!(outcome(&contest, Duration::from_millis(10)), failed);
    }
}
