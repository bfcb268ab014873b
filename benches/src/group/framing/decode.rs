//! The sides that take frames off a wire: each takes as many as an iteration moves, and holds all
//! of them to the length that was sent.

use std::hint::black_box;

use bytes::BytesMut;
use sockrates_core::{Framed, Framing};
use tokio_util::codec::Decoder;

use super::Frames;
use crate::by_hand::{Arrived, Decode};
use crate::contest::{Side, side};
use crate::wire::{CHUNK_BYTES, Wire};

/// One frame after the other, lent.
pub(super) fn next<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    take(frames, framing, |frame| black_box(frame).len())
}

/// As [`next`], and the caller makes text of it.
pub(super) fn next_from_utf8<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    take(frames, framing, |frame| {
        black_box(std::str::from_utf8(frame).expect("letters are UTF-8")).len()
    })
}

/// One frame after the other, lent as text.
pub(super) fn next_str<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    take_str(frames, framing, |text| black_box(text).len())
}

/// As [`next_str`], as text of the caller's own.
pub(super) fn next_string<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    take_str(frames, framing, |text| black_box(text.to_owned()).len())
}

fn take_str<F: Framing + 'static>(
    frames: &Frames,
    framing: F,
    mut use_text: impl FnMut(&str) -> usize + 'static,
) -> Side {
    let (count, all) = (frames.count, frames.count * frames.body.len());
    let mut framed = Framed::new(Wire::new(&frames.wire), framing);
    side(move || {
        let mut bytes = 0;
        for _ in 0..count {
            bytes += use_text(framed.next_str().expect("letters").expect("a wire without an end"));
        }
        assert_eq!(bytes, all);
    })
}

fn take<F: Framing + 'static>(
    frames: &Frames,
    framing: F,
    mut use_frame: impl FnMut(&[u8]) -> usize + 'static,
) -> Side {
    let (count, all) = (frames.count, frames.count * frames.body.len());
    let mut framed = Framed::new(Wire::new(&frames.wire), framing);
    side(move || {
        let mut bytes = 0;
        for _ in 0..count {
            let frame = framed.next().expect("a good frame").expect("a wire without an end");
            bytes += use_frame(frame);
        }
        assert_eq!(bytes, all);
    })
}

/// What each receive brings, then all the frames of it.
pub(super) fn batch<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    let (count, len) = (frames.count, frames.body.len());
    let mut framed = Framed::new(Wire::new(&frames.wire), framing);
    // The last batch of an iteration may be of the next one too.
    let mut ahead = 0;
    side(move || {
        let (mut bytes, mut taken) = (0, ahead);
        while taken < count {
            assert!(framed.fill().expect("a wire that gives"));
            for frame in framed.frames() {
                bytes += black_box(frame.expect("a good frame")).len();
                taken += 1;
            }
        }
        assert_eq!(bytes, (taken - ahead) * len);
        ahead = taken - count;
    })
}

/// One frame after the other, into a `Vec` that is used again.
pub(super) fn next_into<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    let (count, all) = (frames.count, frames.count * frames.body.len());
    let mut framed = Framed::new(Wire::new(&frames.wire), framing);
    let mut body = Vec::new();
    side(move || {
        let mut bytes = 0;
        for _ in 0..count {
            assert!(framed.next_into(&mut body).expect("a good frame"));
            bytes += black_box(&body).len();
        }
        assert_eq!(bytes, all);
    })
}

/// A codec of tokio-util over the buffer that its `FramedRead` would keep, without the runtime and
/// the polling around it.
pub(super) fn codec<D: Decoder + 'static>(frames: &Frames, mut codec: D) -> Side
where
    D::Item: AsRef<[u8]>,
    D::Error: std::fmt::Debug,
{
    let (count, all) = (frames.count, frames.count * frames.body.len());
    let wire = Wire::new(&frames.wire);
    let mut buffer = BytesMut::with_capacity(CHUNK_BYTES);
    side(move || {
        let (mut bytes, mut taken) = (0, 0);
        while taken < count {
            match codec.decode(&mut buffer).expect("a good frame") {
                Some(frame) => {
                    bytes += black_box(frame).as_ref().len();
                    taken += 1;
                }
                None => {
                    wire.arrived(|chunk| {
                        buffer.extend_from_slice(chunk);
                        chunk.len()
                    });
                }
            }
        }
        assert_eq!(bytes, all);
    })
}

/// As one writes it on std, into a `Vec` that is used again.
pub(super) fn by_hand(frames: &Frames, decode: Decode) -> Side {
    let (count, all) = (frames.count, frames.count * frames.body.len());
    let mut arrived = Arrived::with_capacity(CHUNK_BYTES, Wire::new(&frames.wire));
    let mut body = Vec::new();
    assert!(decode(&mut arrived, &mut body).expect("a good frame"));
    assert_eq!(body, frames.body, "what was sent");
    side(move || {
        let mut bytes = 0;
        for _ in 0..count {
            assert!(decode(&mut arrived, &mut body).expect("a good frame"));
            bytes += black_box(&body).len();
        }
        assert_eq!(bytes, all);
    })
}
