//! The listeners that checks hold: any subject's, traced.

use std::fmt;
use std::sync::Arc;

use sockrates_core::{Addr, Deadline, Endpoint, Listener, Result, SendFlags};

use crate::conn::Extra;
use crate::erased::{ErasedListener, PlainListener, WholeListener};
use crate::{Conn, Trace};

/// A listener, whatever the subject. Every operation is noted in the case's trace.
#[derive(Clone)]
pub struct Acceptor {
    inner: Arc<dyn ErasedListener>,
    name: String,
    trace: Option<Trace>,
}

impl Acceptor {
    /// A listener whose connections implement the whole vocabulary.
    pub fn new<L>(listener: L) -> Self
    where
        L: Listener + Send + Sync + 'static,
        L::Conn: Endpoint + Send + Sync + 'static,
    {
        Self { inner: Arc::new(WholeListener(listener)), name: "?".to_owned(), trace: None }
    }

    /// A listener whose connections are transports and no more.
    pub fn plain<L>(listener: L) -> Self
    where
        L: Listener + Send + Sync + 'static,
        L::Conn: Send + Sync + 'static,
    {
        Self { inner: Arc::new(PlainListener(listener)), name: "?".to_owned(), trace: None }
    }

    pub(crate) fn traced(self, name: impl Into<String>, trace: Option<&Trace>) -> Self {
        Self { name: name.into(), trace: trace.cloned(), ..self }
    }

    /// Accepts one connection; the end is called `name` in the trace.
    pub fn accept(&self, name: &str, deadline: Deadline) -> Result<(Conn, Addr)> {
        let work = || {
            let (inner, addr) = self.inner.accept(deadline)?;
            Ok((Conn::erased(inner.into()).traced(name, self.trace.as_ref()), addr))
        };
        match &self.trace {
            Some(trace) => {
                let what = Extra(&SendFlags::NONE, deadline);
                trace.op(format_args!("{}.accept({what})", self.name), work)
            }
            None => work(),
        }
    }

    /// The address that clients connect to.
    pub fn local_addr(&self) -> Result<Addr> {
        self.inner.local_addr()
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
