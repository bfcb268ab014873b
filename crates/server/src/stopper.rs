//! Stops a server.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use sockrates_poll::Waker;

/// Stops its server, from any thread, a handler's included.
///
/// A clone stops the same server. A stop is for good, and is never lost: a server that is served
/// only afterwards ends at once.
///
/// Source: Python `socketserver.BaseServer.shutdown`, which must not be called from the serving
/// thread, nor before it serves.
#[derive(Clone)]
pub struct Stopper(Arc<Signal>);

struct Signal {
    stage: AtomicU8,
    /// Wakes the serving thread; none where that is in another process.
    waker: Option<Waker>,
}

impl Stopper {
    pub(crate) fn new(waker: Option<Waker>) -> Self {
        Self(Arc::new(Signal { stage: AtomicU8::new(SERVING), waker }))
    }

    /// Tells the server to stop, and returns at once. Again, or once it has stopped, it does
    /// nothing.
    ///
    /// The server refuses new connections from now on, lets live ones go on for the
    /// [grace](crate::Options::grace), then cuts them.
    #[doc(alias = "shutdown")]
    pub fn stop(&self) {
        self.advance(STOPPING);
    }

    /// Whether the server stops or has stopped.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.stage.load(Ordering::SeqCst) >= STOPPING
    }

    /// The grace is over: connections are cut.
    pub(crate) fn cut(&self) {
        self.advance(CUT);
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.0.stage.load(Ordering::SeqCst) >= CUT
    }

    fn advance(&self, stage: u8) {
        if self.0.stage.fetch_max(stage, Ordering::SeqCst) < stage {
            if let Some(waker) = &self.0.waker {
                waker.wake();
            }
        }
    }
}

impl fmt::Debug for Stopper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopper").field("is_stopping", &self.is_stopping()).finish()
    }
}

const SERVING: u8 = 0;
const STOPPING: u8 = 1;
const CUT: u8 = 2;
