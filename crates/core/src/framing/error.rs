//! Why a frame was refused, and whether the stream goes on behind it.

use thiserror::Error;

/// Why a frame could not be decoded or encoded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct FrameError {
    /// What was wrong.
    pub kind: FrameErrorKind,
    /// Whether decoding can go on, and where.
    pub resync: Resync,
}

/// Where decoding can go on after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resync {
    /// Drop that many bytes of the window, 0 or more; what follows is decoded as usual.
    After(usize),
    /// Nowhere: where the next frame starts is not known. Every later call fails the same way.
    Never,
}

/// What was wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameErrorKind {
    /// The peer announced, or sent, a body over the maximum.
    #[error(
        "frame too long: the peer sent or announced {len} bytes, the maximum is {max}; \
         raise it or drop the peer"
    )]
    TooLong {
        /// The length announced, or seen so far where none is.
        len: u64,
        /// The maximum, in bytes.
        max: usize,
    },
    /// The bytes are none of this framing's.
    #[error("malformed frame: {what} at byte {at}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Where in the window, counted from the frame's first byte.
        at: usize,
    },
    /// The body is not text, where text was asked for.
    #[error("frame is not UTF-8 from offset {at} of its body on")]
    NotUtf8 {
        /// How much of the body is UTF-8, in bytes.
        at: usize,
    },
    /// The body to send is over the maximum.
    #[error("body of {len} bytes: the maximum is {max}; split it or raise the maximum")]
    BodyTooLong {
        /// The body's length, in bytes.
        len: usize,
        /// The maximum, in bytes.
        max: usize,
    },
    /// The body to send is one that this framing cannot carry.
    #[error("body refused: {what} at byte {at}")]
    BodyRefused {
        /// What is wrong.
        what: &'static str,
        /// Where in the body.
        at: usize,
    },
    /// A framing cannot be made with this setting.
    #[error("{what} {value}: {rule}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// Its value.
        value: u64,
        /// What is wrong with it, and what to use instead.
        rule: &'static str,
    },
}

impl FrameError {
    /// The peer announced or sent `len` bytes where `max` is the most.
    #[must_use]
    pub const fn too_long(len: u64, max: usize, resync: Resync) -> Self {
        Self { kind: FrameErrorKind::TooLong { len, max }, resync }
    }

    /// The window's byte `at` cannot be there.
    #[must_use]
    pub const fn malformed(what: &'static str, at: usize, resync: Resync) -> Self {
        Self { kind: FrameErrorKind::Malformed { what, at }, resync }
    }

    /// The body's byte `at` is not UTF-8. The stream goes on behind the frame.
    #[must_use]
    pub const fn not_utf8(at: usize) -> Self {
        Self { kind: FrameErrorKind::NotUtf8 { at }, resync: Resync::After(0) }
    }

    /// A body of `len` bytes is more than `max`. Nothing was sent: the stream goes on.
    #[must_use]
    pub const fn body_too_long(len: usize, max: usize) -> Self {
        Self { kind: FrameErrorKind::BodyTooLong { len, max }, resync: Resync::After(0) }
    }

    /// A body that the framing cannot carry. Nothing was sent: the stream goes on.
    #[must_use]
    pub const fn body_refused(what: &'static str, at: usize) -> Self {
        Self { kind: FrameErrorKind::BodyRefused { what, at }, resync: Resync::After(0) }
    }

    /// A framing cannot be made so.
    #[must_use]
    pub const fn setting(what: &'static str, value: u64, rule: &'static str) -> Self {
        Self { kind: FrameErrorKind::Setting { what, value, rule }, resync: Resync::Never }
    }

    /// Whether decoding can go on.
    #[must_use]
    pub const fn is_recoverable(&self) -> bool {
        matches!(self.resync, Resync::After(_))
    }

    /// Whether the caller is at fault, not the peer.
    #[must_use]
    pub const fn is_callers(&self) -> bool {
        use FrameErrorKind::{Malformed, NotUtf8, TooLong};
        !matches!(self.kind, TooLong { .. } | Malformed { .. } | NotUtf8 { .. })
    }
}
