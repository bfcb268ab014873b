//! Framings that break their laws, and what comes of it.

use sockrates_core::{
    Deadline, Decoded, Encoded, Error, FrameError, FrameErrorKind, Framed, Framing, Resync,
};

use crate::script::{Script, bytes};

/// Breaks the laws in the way it is told.
struct Lawless(Decoded);

impl Framing for Lawless {
    fn decode(&mut self, _: &mut [u8], _: bool) -> Result<Decoded, FrameError> {
        Ok(self.0.clone())
    }
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        Ok(Encoded::around(&[], body, &[]))
    }
    fn max(&self) -> usize {
        100
    }
    fn window_max(&self) -> usize {
        100
    }
    fn reset(&mut self) {}
}

/// A body that ends before it starts.
#[expect(clippy::reversed_empty_ranges, reason = "that is what is wrong with it")]
const BACKWARDS: Decoded = Decoded::Frame { body: 5..2, consume: 9 };

#[test]
fn a_framing_that_breaks_its_laws_is_an_error_and_nothing_worse() {
    for answer in [
        Decoded::Skip(0),
        Decoded::Skip(99),
        Decoded::Need(5),
        Decoded::Frame { body: 0..0, consume: 0 },
        Decoded::Frame { body: 0..2, consume: 1 },
        Decoded::Frame { body: 0..99, consume: 99 },
        BACKWARDS,
    ] {
        let endless = std::iter::repeat_n(bytes([0; 40]), 2000);
        let mut framed = Framed::new(Script::stream(endless), Lawless(answer.clone()));
        let Err(Error::Frame { error, .. }) = framed.next() else { panic!("{answer:?} passed") };
        assert!(matches!(error.kind, FrameErrorKind::Malformed { .. }), "{answer:?}: {error}");
        assert!(framed.next_by(Deadline::NEVER).is_err());
    }
}

#[test]
fn it_is_so_in_every_way() {
    for answer in [
        Decoded::Skip(0),
        Decoded::Need(5),
        Decoded::Frame { body: 0..2, consume: 1 },
        Decoded::Frame { body: 0..99, consume: 99 },
        BACKWARDS,
    ] {
        let endless = || Script::stream(std::iter::repeat_n(bytes([0; 40]), 2000));
        let mut into = Framed::new(endless(), Lawless(answer.clone()));
        let mut batch = Framed::new(endless(), Lawless(answer.clone()));
        let error = loop {
            if let Some(frame) = batch.frames().next() {
                break frame.unwrap_err();
            }
            if let Err(error) = batch.fill() {
                break error;
            }
        };
        for error in [into.next_into(&mut Vec::new()).unwrap_err(), error] {
            let Error::Frame { error, .. } = error else { panic!("{answer:?}: {error}") };
            assert!(matches!(error.kind, FrameErrorKind::Malformed { .. }), "{answer:?}: {error}");
        }
        assert!(into.next().is_err() && batch.fill().is_err());
        assert_eq!(batch.frames().count(), 0);
    }
}

/// Keeps to the laws for a frame of one byte, then breaks them as it is told.
struct Turning(Decoded);

impl Framing for Turning {
    fn decode(&mut self, window: &mut [u8], _: bool) -> Result<Decoded, FrameError> {
        let is_first = window.first() == Some(&b'a');
        Ok(if is_first { Decoded::Frame { body: 0..1, consume: 1 } } else { self.0.clone() })
    }
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        Ok(Encoded::around(&[], body, &[]))
    }
    fn max(&self) -> usize {
        100
    }
    fn window_max(&self) -> usize {
        100
    }
    fn reset(&mut self) {}
}

#[test]
fn it_is_so_too_where_a_frame_was_good_before() {
    for answer in [
        Decoded::Skip(0),
        Decoded::Frame { body: 0..0, consume: 0 },
        Decoded::Frame { body: 0..2, consume: 1 },
        Decoded::Frame { body: 0..99, consume: 99 },
        BACKWARDS,
    ] {
        let start = || {
            let script = Script::stream([bytes(*b"a12345678901234567890")]);
            Framed::new(script, Turning(answer.clone()))
        };
        let (mut next, mut into, mut batch) = (start(), start(), start());
        let mut body = Vec::new();
        assert_eq!(next.next(), Ok(Some(&b"a"[..])));
        assert_eq!((into.next_into(&mut body), &body[..]), (Ok(true), &b"a"[..]));
        assert_eq!(batch.fill(), Ok(true));
        let mut frames = batch.frames();
        assert_eq!(frames.next(), Some(Ok(&b"a"[..])));
        let error = frames.next().map(Result::unwrap_err);
        for error in [next.next().err(), into.next_into(&mut body).err(), error] {
            let Some(Error::Frame { error, .. }) = error else { panic!("{answer:?}: {error:?}") };
            assert!(matches!(error.kind, FrameErrorKind::Malformed { .. }), "{answer:?}: {error}");
        }
    }
}

/// Tells to drop more than there is.
struct Greedy;

impl Framing for Greedy {
    fn decode(&mut self, window: &mut [u8], _: bool) -> Result<Decoded, FrameError> {
        Err(FrameError::malformed("too little", 0, Resync::After(window.len() + 1)))
    }
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        Ok(Encoded::around(&[], body, &[]))
    }
    fn max(&self) -> usize {
        1
    }
    fn window_max(&self) -> usize {
        1
    }
    fn reset(&mut self) {}
}

#[test]
fn more_than_there_is_cannot_be_dropped() {
    let mut framed = Framed::new(Script::stream([bytes(b"abc")]), Greedy);
    assert!(!framed.next().unwrap_err().is_recoverable());
    assert_eq!(framed.buffered(), b"abc");
}

/// Says that nothing can be decoded any more, and then decodes.
struct Fickle(bool);

impl Framing for Fickle {
    fn decode(&mut self, _: &mut [u8], _: bool) -> Result<Decoded, FrameError> {
        match std::mem::replace(&mut self.0, true) {
            false => Err(FrameError::malformed("a whim", 0, Resync::Never)),
            true => Ok(Decoded::Frame { body: 0..1, consume: 1 }),
        }
    }
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        Ok(Encoded::around(&[], body, &[]))
    }
    fn max(&self) -> usize {
        1
    }
    fn window_max(&self) -> usize {
        1
    }
    fn reset(&mut self) {}
}

#[test]
fn a_stream_that_cannot_go_on_does_not_whatever_the_framing_says() {
    let mut framed = Framed::new(Script::stream([bytes(b"abc")]), Fickle(false));
    let first = framed.next().unwrap_err();
    assert_eq!(framed.next(), Err(first));
    assert_eq!(framed.buffered(), b"abc");
}
