//! Framings that are shown their wire byte by byte.

use sockrates_core::{Announced, Decoded, Encoded, FrameError, Framing, Resync};

use crate::{Deviation, FramingSubject};

/// A framing subject whose framings are shown every window byte by byte, however a check cuts it.
pub(crate) struct Crumbled<'a>(pub(crate) &'a dyn FramingSubject);

impl FramingSubject for Crumbled<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn says(&self) -> &str {
        self.0.says()
    }

    fn format(&self) -> &str {
        self.0.format()
    }

    fn variant(&self) -> &str {
        self.0.variant()
    }

    fn framing(&self, max: usize) -> Box<dyn Framing + Send> {
        Box::new(Crumbs { inner: self.0.framing(max), shown: 0, failed: false })
    }

    fn body(&self, len: usize, bytes: &[u8]) -> Vec<u8> {
        self.0.body(len, bytes)
    }

    fn delimits(&self) -> bool {
        self.0.delimits()
    }

    fn deviations(&self) -> &[Deviation] {
        self.0.deviations()
    }
}

struct Crumbs {
    inner: Box<dyn Framing + Send>,
    /// How many bytes of the window were shown, and were not enough.
    shown: usize,
    /// Whether an error was told that nothing follows: from then on there is no window to go on.
    failed: bool,
}

impl Crumbs {
    /// The answer, after `shown` bytes of the window.
    fn noted(
        &mut self,
        answer: Result<Decoded, FrameError>,
        shown: usize,
    ) -> Result<Decoded, FrameError> {
        self.shown = if matches!(answer, Ok(Decoded::Need(_))) { shown } else { 0 };
        self.failed = answer.as_ref().is_err_and(|error| error.resync == Resync::Never);
        answer
    }
}

impl Framing for Crumbs {
    fn decode(&mut self, window: &mut [u8], last: bool) -> Result<Decoded, FrameError> {
        let whole = window.len();
        if self.failed {
            return self.inner.decode(window, last);
        }
        for shown in self.shown + 1..whole {
            match self.inner.decode(&mut window[..shown], false) {
                Ok(Decoded::Need(_)) => self.shown = shown,
                answer => return self.noted(answer, 0),
            }
        }
        let answer = self.inner.decode(window, last);
        self.noted(answer, whole)
    }

    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        self.inner.encode(body)
    }

    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.inner.encode_into(body, out)
    }

    fn max(&self) -> usize {
        self.inner.max()
    }

    fn window_max(&self) -> usize {
        self.inner.window_max()
    }

    fn reset(&mut self) {
        (self.shown, self.failed) = (0, false);
        self.inner.reset();
    }

    fn announced(&self, window: &[u8]) -> Option<Announced> {
        self.inner.announced(window)
    }

    fn finish(&mut self, announced: &Announced, tail: &[u8]) -> Result<(), FrameError> {
        self.shown = 0;
        self.inner.finish(announced, tail)
    }

    fn may_end(&self) -> bool {
        self.inner.may_end()
    }
}
