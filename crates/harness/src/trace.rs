//! What a case did, operation by operation, and where it stands now.

use std::collections::VecDeque;
use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex, PoisonError};

use sockrates_core::Result;

/// How many of the last operations are kept.
const KEPT: usize = 40;

/// The operations of a case, oldest first. Cloning shares it.
#[derive(Clone)]
pub struct Trace(Arc<Shared>);

struct Shared {
    log: Mutex<Log>,
    announce: Announce,
}

/// Called with each operation before it starts ("op 7: a.recv(9)"), so that it is known if it never
/// ends, and with each line of the trace ("op 7: a.recv(9) -> []").
pub type Announce = Box<dyn Fn(&str) + Send + Sync>;

#[derive(Default)]
struct Log {
    ops: usize,
    lines: VecDeque<String>,
}

impl Trace {
    /// An empty trace that tells `announce` each operation before it starts, and each line.
    pub fn new(announce: Announce) -> Self {
        Self(Arc::new(Shared { log: Mutex::default(), announce }))
    }

    /// Does `work` as the operation `what`, and notes what came of it.
    pub(crate) fn op<T: Debug>(
        &self,
        what: impl Display,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let number = {
            let mut log = self.log();
            log.ops += 1;
            log.ops
        };
        let what = what.to_string();
        (self.0.announce)(&format!("op {number}: {what}"));
        let result = work();
        let came = match &result {
            Ok(value) => format!("{value:?}"),
            Err(error) => format!("{error}"),
        };
        self.note(&format!("op {number}: {what} -> {}", shortened(&came)));
        result
    }

    /// Adds a line of the check's own.
    pub fn note(&self, line: &str) {
        (self.0.announce)(line);
        let mut log = self.log();
        if log.lines.len() == KEPT {
            log.lines.pop_front();
        }
        log.lines.push_back(line.to_owned());
    }

    /// The last operations.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.log().lines.iter().cloned().collect()
    }

    fn log(&self) -> std::sync::MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.log().lines.iter()).finish()
    }
}

/// At most 120 characters of `text`, with how much more there is.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(120) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} more bytes)", &text[..end], text.len() - end),
    }
}
