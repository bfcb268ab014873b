//! What a framing mutant does wrong, and the mutant as a subject.

use std::marker::PhantomData;
use std::ops::Range;

use sockrates_core::{Announced, Decoded, Encoded, FrameError, Framing, Resync};

use crate::framings::{Format, named};
use crate::{FramingSubject, Mutant, Subject};

pub(super) type Answer = Result<Decoded, FrameError>;
pub(super) type Frame<'a> = Result<Encoded<'a>, FrameError>;

/// One flaw: the method that is wrong is overridden, the others are the right framing's.
///
/// Its value is the memory of one framing's flaw.
pub(super) trait Flaw: Default + Send + 'static {
    /// The mutant's name.
    const NAME: &'static str;
    /// The flaw, in one line.
    const SAYS: &'static str;
    /// The subject of core that has it.
    const OF: &'static str;
    /// The clauses that must fail, all of them.
    const FAILS: &'static [&'static str];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        right.decode(window, last)
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        right.encode(body)
    }

    fn encode_into(
        &self,
        right: &dyn Framing,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        self.encode(right, body)?.append_to(out);
        Ok(())
    }

    /// Nothing, which is never wrong: what is announced has to agree with what `decode` says.
    fn announced(&self, right: &dyn Framing, window: &[u8]) -> Option<Announced> {
        let _ = (right, window);
        None
    }

    fn finish(
        &mut self,
        right: &mut dyn Framing,
        announced: &Announced,
        tail: &[u8],
    ) -> Result<(), FrameError> {
        right.finish(announced, tail)
    }

    fn window_max(&self, right: &dyn Framing) -> usize {
        right.window_max()
    }

    fn may_end(&self, right: &dyn Framing) -> bool {
        right.may_end()
    }

    fn reset(&mut self, right: &mut dyn Framing) {
        *self = Self::default();
        right.reset();
    }
}

/// The mutant with the flaw `F`.
pub(super) fn framing<F: Flaw>() -> Mutant {
    let make = || Subject::framing(Flawed::<F> { right: named(F::OF), flaw: PhantomData });
    Mutant { name: F::NAME, says: F::SAYS, make, fails: F::FAILS, under: &[] }
}

/// The answer where `len` bytes lie between a head and a tail of so many bytes.
pub(super) fn announced(window: &[u8], head: usize, len: usize, tail: usize) -> Decoded {
    let body = head..head.saturating_add(len);
    let consume = body.end.saturating_add(tail);
    match consume.checked_sub(window.len()) {
        Some(missing @ 1..) => Decoded::Need(missing),
        _ => Decoded::Frame { body, consume },
    }
}

/// The answer for a window whose first `by` bytes were not shown.
pub(super) fn moved(answer: Decoded, by: usize) -> Decoded {
    match answer {
        Decoded::Need(n) => Decoded::Need(n),
        Decoded::Frame { body, consume } => Decoded::Frame {
            body: Range { start: body.start + by, end: body.end + by },
            consume: consume + by,
        },
        Decoded::Skip(n) => Decoded::Skip(n + by),
    }
}

/// An error that nothing follows.
pub(super) fn malformed(at: usize) -> Answer {
    Err(FrameError::malformed("what the mutant makes of it", at, Resync::Never))
}

struct Flawed<F> {
    right: Format,
    flaw: PhantomData<fn() -> F>,
}

impl<F: Flaw> FramingSubject for Flawed<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn format(&self) -> &str {
        self.right.format()
    }

    fn variant(&self) -> &str {
        self.right.variant()
    }

    fn framing(&self, max: usize) -> Box<dyn Framing + Send> {
        Box::new(Broken { right: self.right.framing(max), flaw: F::default() })
    }

    fn body(&self, len: usize, bytes: &[u8]) -> Vec<u8> {
        self.right.body(len, bytes)
    }

    fn delimits(&self) -> bool {
        self.right.delimits()
    }
}

struct Broken<F> {
    right: Box<dyn Framing + Send>,
    flaw: F,
}

impl<F: Flaw> Framing for Broken<F> {
    fn decode(&mut self, window: &mut [u8], last: bool) -> Answer {
        self.flaw.decode(&mut self.right, window, last)
    }

    fn encode<'a>(&self, body: &'a [u8]) -> Frame<'a> {
        self.flaw.encode(&self.right, body)
    }

    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.flaw.encode_into(&self.right, body, out)
    }

    fn max(&self) -> usize {
        self.right.max()
    }

    fn window_max(&self) -> usize {
        self.flaw.window_max(&self.right)
    }

    fn reset(&mut self) {
        self.flaw.reset(&mut self.right);
    }

    fn announced(&self, window: &[u8]) -> Option<Announced> {
        self.flaw.announced(&self.right, window)
    }

    fn finish(&mut self, announced: &Announced, tail: &[u8]) -> Result<(), FrameError> {
        self.flaw.finish(&mut self.right, announced, tail)
    }

    fn may_end(&self) -> bool {
        self.flaw.may_end(&self.right)
    }
}
