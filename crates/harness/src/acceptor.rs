//! The listeners that checks hold: any subject's, traced.

use std::fmt;
use std::sync::Arc;

use sockrates_core::{Addr, Deadline, Endpoint, Listener, Result};

use crate::axis::{Adversity, Late};
use crate::erased::{ErasedListener, PlainListener, WholeListener};
use crate::held::Held;
use crate::trace::Step;
use crate::{Conn, Trace};

/// A listener, whatever the subject. Every operation is noted in the case's trace.
#[derive(Clone)]
pub struct Acceptor {
    inner: Arc<Held<dyn ErasedListener>>,
    name: String,
    /// What it is called in the trace, where no two handles are called the same.
    label: String,
    trace: Option<Trace>,
    late: Option<Arc<Late>>,
}

impl Acceptor {
    /// A listener whose connections implement the whole vocabulary.
    pub fn new<L>(listener: L) -> Self
    where
        L: Listener + Send + Sync + 'static,
        L::Conn: Endpoint + Send + Sync + 'static,
    {
        Self::erased(Box::new(WholeListener(listener)))
    }

    /// A listener whose connections are transports and no more.
    pub fn plain<L>(listener: L) -> Self
    where
        L: Listener + Send + Sync + 'static,
        L::Conn: Send + Sync + 'static,
    {
        Self::erased(Box::new(PlainListener(listener)))
    }

    fn erased(inner: Box<dyn ErasedListener>) -> Self {
        let (name, label) = ("?".to_owned(), "?".to_owned());
        Self { inner: Held::new(inner), name, label, trace: None, late: None }
    }

    pub(crate) fn traced(self, name: impl Into<String>, trace: Option<&Trace>) -> Self {
        let name = name.into();
        let label = trace.map_or_else(|| name.clone(), |trace| trace.label(&name));
        if let Some(trace) = trace {
            self.inner.tell(&label, trace);
        }
        let late = trace.and_then(Trace::adversity).and_then(Adversity::late);
        Self { inner: self.inner, name, label, trace: trace.cloned(), late }
    }

    /// What it is called in the trace.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Accepts one connection; the end is called `name` in the trace.
    pub fn accept(&self, name: &str, deadline: Deadline) -> Result<(Conn, Addr)> {
        let work = || {
            self.late.as_deref().inspect(|late| late.wait());
            let (inner, addr) = self.inner.end().accept(deadline)?;
            Ok((Conn::erased(inner).traced(name, self.trace.as_ref()), addr))
        };
        let Some(trace) = &self.trace else { return work() };
        trace.step(Step::new(&self.label, "accept").until(deadline), work, |step, (conn, addr)| {
            step.made = vec![conn.label().to_owned()];
            step.from = Some(addr.to_string());
        })
    }

    /// The address that clients connect to.
    pub fn local_addr(&self) -> Result<Addr> {
        let work = || self.inner.end().local_addr();
        let Some(trace) = &self.trace else { return work() };
        let step = Step::new(&self.label, "getsockname");
        trace.step(step, work, |step, addr| step.value = addr.to_string())
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
