//! A handle that tells the trace when it goes away.

use std::sync::{Arc, OnceLock};

use crate::Trace;
use crate::trace::Step;

/// One handle of the subject's, in as many hands as the check wants. The last one that lets go of
/// it drops it, which is an operation like the others: a peer notices.
pub(crate) struct Held<T: ?Sized> {
    /// There until it is dropped.
    end: Option<Box<T>>,
    told: OnceLock<(String, Trace)>,
}

impl<T: ?Sized> Held<T> {
    pub(crate) fn new(end: Box<T>) -> Arc<Self> {
        Arc::new(Self { end: Some(end), told: OnceLock::new() })
    }

    /// From now on the trace is told, under this label. Only the first trace is.
    pub(crate) fn tell(&self, label: &str, trace: &Trace) {
        // One that is told already goes on telling under its first name.
        let _ = self.told.set((label.to_owned(), trace.clone()));
    }

    /// Has `around` put something around the end, which nobody else holds yet.
    pub(crate) fn wrap(this: &mut Arc<Self>, around: impl FnOnce(Box<T>) -> Box<T>) {
        if let Some(held) = Arc::get_mut(this) {
            held.end = held.end.take().map(around);
        }
    }

    pub(crate) fn end(&self) -> &T {
        match &self.end {
            Some(end) => end.as_ref(),
            None => unreachable!("the end is taken when nobody holds it any more"),
        }
    }
}

impl<T: ?Sized> Drop for Held<T> {
    fn drop(&mut self) {
        let end = self.end.take();
        let Some((label, trace)) = self.told.get() else { return };
        let gone = || {
            drop(end);
            Ok(())
        };
        // It cannot fail; what it may do is hang.
        let _ = trace.step(Step::new(label, Step::DROP), gone, |_, ()| ());
    }
}
