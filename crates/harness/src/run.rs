//! One case, run in this process.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::axis::excluded;
use crate::checks::Check;
use crate::trace::Announce;
use crate::{About, Axis, Case, Clause, Raw, Stop, Subject, Trace};

/// A case to run: the clause, the seed, and whether this process is its own.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// What is judged.
    pub subject: &'a Subject,
    /// What has to hold.
    pub clause: &'static Clause,
    /// Under which adversity; `None` is plainly.
    pub axis: Option<Axis>,
    /// Where the case's data comes from.
    pub seed: u64,
    /// Whether the case may count this process's descriptors and die of its signals.
    pub isolated: bool,
}

/// Runs a case and says what happened. A panic is caught; a hang, an abort or an exit is for
/// whoever runs the process to survive. `announce` is told each operation before it starts.
pub fn run_case(order: &Order<'_>, announce: Announce) -> Raw {
    let Order { subject, clause, axis, .. } = *order;
    if let Some(why) = axis.and_then(|axis| excluded(axis, clause, subject)) {
        return Raw::Excluded { why: why.to_owned() };
    }
    let missing = clause.needs.without(subject.caps());
    if !missing.is_empty() {
        return Raw::Skipped { needs: missing.names().map(str::to_owned).collect() };
    }
    let Some(check) = crate::checks::find(clause.id) else {
        return Raw::HarnessError { why: format!("{} has no check", clause.id) };
    };
    let case = Case::new(order, announce);
    let ends = subject.ends();
    ends.inspect(|ends| ends.begin());
    let came = guarded(check, &case);
    if let Some(how) = ends.and_then(|ends| ends.broken()) {
        return Raw::Crashed { how, at: case.trace().lines().pop().unwrap_or_default() };
    }
    match came {
        Ok(Ok(variant)) => Raw::Saw { variant: variant.into_owned() },
        Ok(Err(stop)) => stopped(stop, case.trace()),
        Err(message) => {
            Raw::Panicked { message, at: case.trace().lines().pop().unwrap_or_default() }
        }
    }
}

/// Whether `clause` is about `subject` at all.
#[must_use]
pub fn is_about(clause: &Clause, subject: &Subject) -> bool {
    use sockrates_core::Kind;
    match (clause.about, subject) {
        (About::Transport, Subject::Transport(_)) | (About::Framing, Subject::Framing(_)) => true,
        (About::Stream, Subject::Transport(subject)) => subject.kind() == Kind::Stream,
        (About::Datagram, Subject::Transport(subject)) => subject.kind() == Kind::Datagram,
        (About::Format(format), Subject::Framing(subject)) => subject.format() == format,
        (About::Readiness, Subject::Readiness(_)) => true,
        (About::Server, Subject::Server(subject)) => subject.kind() == Kind::Stream,
        (About::DatagramServer, Subject::Server(subject)) => subject.kind() == Kind::Datagram,
        _ => false,
    }
}

fn stopped(stop: Stop, trace: &Trace) -> Raw {
    match stop {
        Stop::Fail { permitted, observed } => {
            Raw::Failed { permitted, observed, trace: trace.lines() }
        }
        Stop::Unsupported(op) => Raw::Unsupported { op: op.name().to_owned() },
        Stop::Lacks(what) => Raw::Skipped { needs: vec![what.to_owned()] },
        Stop::Inconclusive(why) => Raw::Inconclusive { why },
        Stop::HarnessError(why) => Raw::HarnessError { why },
    }
}

thread_local! {
    /// The place of the last panic on this thread, for the report.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn guarded(check: Check, case: &Case<'_>) -> Result<crate::Observation, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PLACE.set(info.location().map(ToString::to_string));
            before(info);
        }));
    });
    catch_unwind(AssertUnwindSafe(|| check(case))).map_err(|panic| {
        let place = PLACE.take().map(|place| format!(", at {place}")).unwrap_or_default();
        format!("{}{place}", message(panic.as_ref()))
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}
