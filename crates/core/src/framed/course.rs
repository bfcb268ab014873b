//! How far the receiving side has come.

use std::ops::Range;

use crate::{Error, FrameError, Framing, Kind, Peer, Result, Resync};

/// Where a stream, or the datagram at hand, stands. The bytes are in the inbox.
#[derive(Debug)]
pub(super) struct Course<P> {
    pub(super) kind: Kind,
    /// Whether nothing follows the window: in a datagram always, in a stream after its end.
    pub(super) last: bool,
    /// The error after which a stream cannot be decoded.
    pub(super) failed: Option<FrameError>,
    /// How far the datagram at hand is decoded.
    pub(super) stage: Stage,
    /// Who sent what was received last.
    pub(super) peer: Option<P>,
    /// How many bytes are missing of the frame at hand, at least; 0 where nobody has asked since
    /// the last receive.
    pub(super) need: usize,
}

/// How far the datagram at hand is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// There is none.
    Done,
    /// No frame of it has been found yet.
    Fresh,
    /// A frame of it has been returned.
    Open,
    /// An error of it has been returned.
    Refused,
}

impl<P: Peer> Course<P> {
    pub(super) fn new(kind: Kind) -> Self {
        let last = kind == Kind::Datagram;
        Self { kind, last, failed: None, stage: Stage::Done, peer: None, need: 0 }
    }

    /// Whether a datagram is at hand, an empty one perhaps, that no frame has been taken of.
    pub(super) fn is_fresh(&self) -> bool {
        self.stage == Stage::Fresh
    }

    /// The first frame of a window of `len` bytes is in `error`: what is told of it, and how many
    /// bytes are to be dropped.
    pub(super) fn refuse(
        &mut self,
        framing: &mut impl Framing,
        mut error: FrameError,
        len: usize,
    ) -> (Error, usize) {
        let drop = match (error.resync, self.kind) {
            (Resync::After(n), _) if n <= len => {
                self.stage = Stage::Refused;
                n
            }
            (_, Kind::Datagram) => {
                framing.reset();
                self.stage = Stage::Done;
                error.resync = Resync::After(len);
                len
            }
            (_, Kind::Stream) => {
                error.resync = Resync::Never;
                self.failed = Some(error.clone());
                0
            }
        };
        (self.blame(error), drop)
    }

    /// Closes the datagram at hand, of which `left` bytes are not decoded: there may be none,
    /// unless an error of it was returned.
    pub(super) fn end_datagram(&mut self, framing: &mut impl Framing, left: usize) -> Result<()> {
        let whole = match self.stage {
            Stage::Done | Stage::Refused => true,
            Stage::Fresh => false,
            Stage::Open => left == 0 && framing.may_end(),
        };
        framing.reset();
        self.stage = Stage::Done;
        if whole {
            return Ok(());
        }
        let what = match left {
            0 => "a datagram without a whole frame or message",
            _ => "the datagram ends inside a frame",
        };
        Err(self.blame(FrameError::malformed(what, left, Resync::After(left))))
    }

    pub(super) fn blame(&self, error: FrameError) -> Error {
        Error::Frame { error, peer: self.peer.as_ref().and_then(Peer::to_addr) }
    }
}

/// Whether a frame with this `body` lies in the first `consume` of `len` bytes.
#[inline]
pub(super) fn is_lawful(body: &Range<usize>, consume: usize, len: usize) -> bool {
    body.start <= body.end && body.end <= consume && consume <= len
}

/// A framing that breaks its laws must not make a receiver spin or grow for ever.
#[cold]
pub(super) fn lawless() -> FrameError {
    let what = "an answer of the framing that breaks its laws (more than its window_max, no \
                progress, or a body outside its frame)";
    FrameError::malformed(what, 0, Resync::Never)
}
