//! How far the run is.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::report::counted;

/// How often a line on a terminal is renewed, and how often a pipe gets a line.
const RENEWED: Duration = Duration::from_millis(80);
const TOLD: Duration = Duration::from_secs(5);

/// No wider than a small terminal: a line that wraps cannot be renewed.
const COLUMNS: usize = 78;

/// A line that is renewed on a terminal, and now and then a line in a pipe.
#[derive(Debug)]
pub(crate) struct Progress {
    all: usize,
    done: usize,
    failed: usize,
    live: bool,
    next: Instant,
    begun: Instant,
}

impl Progress {
    /// Progress through so many cases.
    pub(crate) fn new(all: usize) -> Self {
        let live = io::stdout().is_terminal();
        let begun = Instant::now();
        let next = if live { begun } else { begun + TOLD };
        Self { all, done: 0, failed: 0, live, next, begun }
    }

    /// One more case is done; `what` it was.
    pub(crate) fn step(&mut self, failed: bool, what: impl FnOnce() -> String) {
        self.done += 1;
        self.failed += usize::from(failed);
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + if self.live { RENEWED } else { TOLD };
        let mut line = format!(
            "{} of {} cases, {} failed, {} s",
            counted(self.done),
            counted(self.all),
            counted(self.failed),
            self.begun.elapsed().as_secs()
        );
        // Progress that cannot be shown is no reason to stop.
        let mut out = io::stdout().lock();
        let _ = if self.live {
            line.push_str(&format!(" · {}", what()));
            let line: String = line.chars().take(COLUMNS).collect();
            write!(out, "\r\x1b[2K  {line}")
        } else {
            writeln!(out, "  {line}")
        };
        let _ = out.flush();
    }

    /// Makes room for what comes after.
    pub(crate) fn clear(&self) {
        if self.live {
            let mut out = io::stdout().lock();
            let _ = write!(out, "\r\x1b[2K");
            let _ = out.flush();
        }
    }
}
