//! Where lines go: standard output, one at a time.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::outcome::{self, Outcome};

/// Standard output, as lines of JSON.
#[derive(Debug)]
pub(super) struct Post(());

impl Post {
    pub(super) fn new() -> Self {
        Self(())
    }

    /// Says that the command `id` is under way, on `thread` where it has a number.
    pub(super) fn started(&self, id: u64, thread: Option<u64>) {
        self.say(&match thread {
            None => json!({"id": id, "started": true}),
            Some(thread) => json!({"id": id, "started": true, "thread": thread}),
        });
    }

    /// Says what came of the command `id`.
    pub(super) fn answer(&self, id: u64, outcome: Outcome) {
        self.say(&outcome::line(id, outcome));
    }

    /// Where nobody listens any more, there is nothing left to do.
    fn say(&self, line: &Value) {
        let mut out = io::stdout().lock();
        if out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).is_err() {
            std::process::exit(0);
        }
    }
}
