//! Clauses as tests: one named `#[test]` for each.
//!
//! Where the command line runs cases in processes of their own, tests run them here, each on a
//! thread that is watched: a hang fails the test and names the operation. A clause that needs what
//! the subject does not declare, or a process of its own, passes with a note.
//!
//! ```
//! use sockrates_harness::{Caps, Subject, mem, stream_suite};
//!
//! stream_suite!(Subject::pair("mine", Caps::HALF_CLOSE, mem::stream_pair));
//! # fn main() {}
//! ```

mod lists;
#[cfg(test)]
mod writing;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::report::{Failure, Finding, Paint, observed};
use crate::runner::{Entry, Job, Watch};
use crate::{
    Clause, Deviation, Event, Order, Raw, Record, Subject, Verdict, case_seed, catalogue, is_about,
    judge, run_case,
};

/// How long a case may take.
const LIMIT: Duration = Duration::from_secs(10);

/// The seed that all others come from, unless `SOCKRATES_SEED` is another.
const SEED: u64 = 1;

/// Clauses that measure time run alone in their process; the others beside each other.
static FLOOR: RwLock<()> = RwLock::new(());

/// Checks the clause `group.name` on `subject`, for the macros; `_` in the name is `-` in the id.
///
/// # Panics
/// Where the clause does not hold, and no recorded deviation says so; with all there is to know.
pub fn test(subject: Subject, group: &str, name: &str) {
    let id = format!("{group}.{}", name.replace('_', "-"));
    let Some(clause) = catalogue::find(&id) else {
        panic!("the suite names {id}, which is no clause");
    };
    if !is_about(clause, &subject) {
        println!("{id}: skipped, for it is not about {}", subject.name());
        return;
    }
    let seed = case_seed(root_seed(), clause.id, None, 0);
    let known =
        Known { name: subject.name().to_owned(), deviations: subject.deviations().to_vec() };
    let (raw, took) = {
        let (_beside, _alone);
        if clause.timing {
            _alone = FLOOR.write().unwrap_or_else(PoisonError::into_inner);
        } else {
            _beside = FLOOR.read().unwrap_or_else(PoisonError::into_inner);
        }
        watched(subject, clause, seed)
    };
    known.tell(clause, seed, raw, took);
}

/// Runs the case on a thread of its own. One that hangs is left behind: it ends with the process.
fn watched(subject: Subject, clause: &'static Clause, seed: u64) -> (Raw, Duration) {
    let watch = Arc::new(Mutex::new(Watch::default()));
    let heard = Arc::clone(&watch);
    let (tell, told) = mpsc::channel();
    let begun = Instant::now();
    let thread = thread::Builder::new().name(clause.id.to_owned()).spawn(move || {
        let announce = Box::new(move |event: &Event| {
            heard.lock().unwrap_or_else(PoisonError::into_inner).hear(event.clone());
        });
        let order = Order { subject: &subject, clause, axis: None, seed, isolated: false };
        let raw = run_case(&order, announce);
        // The receiver is gone once the case has hung.
        let _ = tell.send(raw);
    });
    let raw = match thread {
        Err(error) => Raw::HarnessError { why: format!("a thread was not started: {error}") },
        Ok(_) => {
            let told = told.recv_timeout(LIMIT);
            let watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
            match told {
                Ok(raw) => watch.placed(raw),
                Err(RecvTimeoutError::Timeout) => watch.hung(LIMIT),
                Err(RecvTimeoutError::Disconnected) => watch.crashed("its thread ended".to_owned()),
            }
        }
    };
    (raw, begun.elapsed())
}

struct Known {
    name: String,
    deviations: Vec<Deviation>,
}

impl Known {
    fn tell(&self, clause: &'static Clause, seed: u64, raw: Raw, took: Duration) {
        let Self { name, deviations } = self;
        let verdict = judge(clause, deviations, std::env::consts::OS, &raw);
        match verdict {
            Verdict::Ok => return,
            Verdict::Skipped | Verdict::Deviation | Verdict::NotRun => {
                println!("{}: {verdict:?}: {}", clause.id, observed(&raw));
                return;
            }
            Verdict::Regression | Verdict::Stale => {}
        }
        let job = Job { case: 0, judged: 0, clause, axis: None, round: 0, seed };
        let record = Record::default();
        let entry = Entry { job, raw, record, verdict, took, complaints: Vec::new() };
        let finding = Finding::new(name, deviations, entry);
        let failure = Failure {
            finding: &finding,
            rounds: None,
            again: format!("SOCKRATES_SEED={:#x} cargo test {}", root_seed(), module(clause)),
        };
        panic!("\n{}", failure.text(Paint::default()));
    }
}

/// The name of the test of `clause`, as the macros make it.
fn module(clause: &Clause) -> String {
    let word = &clause.id[clause.group().len() + 1..];
    format!("{}::{}", clause.group().replace(['.', '-'], "_"), word.replace('-', "_"))
}

fn root_seed() -> u64 {
    let Ok(text) = std::env::var("SOCKRATES_SEED") else { return SEED };
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.unwrap_or_else(|error| panic!("SOCKRATES_SEED is {text:?}: {error}"))
}

/// The subject of a suite, and its tests.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_tests {
    ($subject:expr; $($groups:tt)*) => {
        /// What the suite judges.
        fn subject_of_the_suite() -> $crate::Subject {
            $subject
        }
        $crate::suite_modules! { $($groups)* }
    };
}

/// For each group a module, for each clause a test.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_modules {
    ($($group:literal $module:ident { $($name:ident)* })*) => {
        $(mod $module {$(
            #[test]
            fn $name() {
                let subject = super::subject_of_the_suite();
                $crate::suite::test(subject, $group, ::std::stringify!($name));
            }
        )*})*
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Caps, mem};

    #[test]
    #[should_panic(expected = "stream.eof.no-such, which is no clause")]
    fn a_name_without_a_clause_is_refused() {
        test(Subject::pair("mine", Caps::NONE, mem::stream_pair), "stream.eof", "no_such");
    }

    #[test]
    #[should_panic(expected = "panicked: mine")]
    fn a_panic_of_the_subject_fails_the_test() {
        let make =
            || -> sockrates_core::Result<(mem::MemStream, mem::MemStream)> { panic!("mine") };
        test(Subject::pair("mine", Caps::HALF_CLOSE, make), "stream.eof", "sticky");
    }

    #[test]
    fn what_a_subject_cannot_do_passes() {
        test(Subject::pair("mine", Caps::NONE, mem::stream_pair), "stream.eof", "sticky");
    }
}
