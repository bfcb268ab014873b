//! What an axis does to one case.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sockrates_core::{Kind, SocketOption};

use super::adverse::{Morsels, Slivers};
use super::storm::{Exposed, Storm};
use super::{Axis, Late};
use crate::erased::Erased;
use crate::{Caps, Rng};

/// The size of a small buffer, in bytes; the system may have a larger minimum.
const SMALL: i32 = 2048;

/// How many ends of a case may be late: it must end.
const LATE_ENDS: usize = 16;

/// The adversity of one case.
pub(crate) struct Adversity {
    axis: Axis,
    /// What the subject can do.
    caps: Caps,
    rng: Mutex<Rng>,
    /// How many ends there are.
    ends: AtomicUsize,
    storm: Option<Storm>,
}

impl Adversity {
    /// What `axis` does to a case of a subject that can do `caps`.
    pub(crate) fn new(axis: Axis, caps: Caps, seed: u64) -> Self {
        let storm = (axis == Axis::Interrupts).then(Storm::begin);
        // The case's own data must be no other than without adversity.
        let rng = Mutex::new(Rng::new(!seed));
        Self { axis, caps, rng, ends: AtomicUsize::new(0), storm }
    }

    /// `inner` as a check shall hold it.
    pub(crate) fn around(&self, inner: Box<dyn Erased>) -> Box<dyn Erased> {
        match self.axis {
            Axis::OneByteReads => Box::new(Morsels::new(inner, self.caps, self.fork())),
            Axis::ShortWrites => Box::new(Slivers::new(inner, self.fork())),
            Axis::SmallBuffers if self.caps.contains(Caps::BUFFERS) => {
                // That buffers can be set is a clause of its own.
                let _ = inner.endpoint().set_option(SocketOption::SendBuffer, SMALL);
                if !self.is_tcp(inner.kind()) {
                    let _ = inner.endpoint().set_option(SocketOption::RecvBuffer, SMALL);
                }
                inner
            }
            Axis::SmallBuffers | Axis::Interrupts | Axis::LatePeer => inner,
        }
    }

    /// How late a new end comes to what it does; those of a crowd are prompt.
    pub(crate) fn late(&self) -> Option<Arc<Late>> {
        let before = self.ends.fetch_add(1, Ordering::SeqCst);
        (self.axis == Axis::LatePeer && before < LATE_ENDS).then(Arc::default)
    }

    /// Exposes the calling thread, until the value is dropped.
    pub(crate) fn expose(&self) -> Option<Exposed<'_>> {
        self.storm.as_ref().map(Storm::expose)
    }

    /// With a receive buffer of 2 KiB, TCP carries 25 KB a second: its timers wait for a window
    /// worth sending into. That judges no socket layer.
    fn is_tcp(&self, kind: Kind) -> bool {
        kind == Kind::Stream && self.caps.contains(Caps::INET)
    }

    fn fork(&self) -> Rng {
        Rng::new(self.rng.lock().unwrap_or_else(PoisonError::into_inner).next_u64())
    }
}
