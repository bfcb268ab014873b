//! The sides that make frames of bodies. Each iteration ends with nothing left to hand over, and
//! holds what it handed over to what its frames come to.

use std::hint::black_box;
use std::io::IoSlice;

use bytes::BytesMut;
use sockrates_core::{Framed, Framing};
use tokio_util::codec::Encoder;

use super::Frames;
use crate::by_hand::Encode;
use crate::contest::{Side, side};
use crate::wire::{CHUNK_BYTES, Wire};

/// Frames onto the end of a `Vec`, which starts again once it holds 64 KiB.
pub(super) fn encode_into<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    collect(frames, Vec::with_capacity(2 * CHUNK_BYTES), None, move |body, buffer| {
        framing.encode_into(body, buffer).expect("a good body");
    })
}

/// The same by a codec of tokio-util, into the buffer that its `FramedWrite` would keep.
pub(super) fn codec_alone<E>(frames: &Frames, mut codec: E) -> Side
where
    E: for<'a> Encoder<&'a [u8], Error = std::io::Error> + 'static,
{
    collect(frames, BytesMut::with_capacity(2 * CHUNK_BYTES), None, move |body, buffer| {
        codec.encode(body, buffer).expect("a good body");
    })
}

/// Frames that are fed, and go out together.
pub(super) fn feed<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    let (bodies, laps, all) = (frames.bodies.clone(), frames.laps(), frames.wire.len());
    let mut framed = Framed::new(Wire::default(), framing);
    side(move || {
        let before = framed.get_ref().taken();
        for _ in 0..laps {
            for body in &bodies {
                framed.feed(body).expect("a good body");
            }
        }
        framed.flush().expect("a wire that takes");
        assert_eq!(framed.get_ref().taken() - before, all);
    })
}

/// A codec of tokio-util, into the buffer that its `FramedWrite` would keep; 64 KiB are handed over
/// at once.
pub(super) fn codec<E>(frames: &Frames, mut codec: E) -> Side
where
    E: for<'a> Encoder<&'a [u8], Error = std::io::Error> + 'static,
{
    let buffer = BytesMut::with_capacity(2 * CHUNK_BYTES);
    collect(frames, buffer, Some(Wire::default()), move |body, buffer| {
        codec.encode(body, buffer).expect("a good body");
    })
}

/// As one writes it on std, onto the end of a `Vec`; 64 KiB are handed over at once.
pub(super) fn by_hand(frames: &Frames, encode: Encode) -> Side {
    collect(frames, Vec::with_capacity(2 * CHUNK_BYTES), Some(Wire::default()), encode)
}

fn collect<B: Buffer>(
    frames: &Frames,
    mut buffer: B,
    wire: Option<Wire>,
    mut encode: impl FnMut(&[u8], &mut B) + 'static,
) -> Side {
    let (bodies, laps, all) = (frames.bodies.clone(), frames.laps(), frames.wire.len());
    encode(&bodies[0], &mut buffer);
    assert!(frames.wire.starts_with(buffer.as_ref()), "both write the same");
    buffer.clear();
    side(move || {
        let mut taken = 0;
        for _ in 0..laps {
            for body in &bodies {
                encode(body, &mut buffer);
                if buffer.as_ref().len() >= CHUNK_BYTES {
                    taken += hand_over(&mut buffer, wire.as_ref());
                }
            }
        }
        taken += hand_over(&mut buffer, wire.as_ref());
        assert_eq!(taken, all);
    })
}

/// Hands over what is in `buffer`, or has somebody look at it. Returns how many bytes these were.
fn hand_over<B: Buffer>(buffer: &mut B, wire: Option<&Wire>) -> usize {
    let bytes = black_box(&*buffer).as_ref();
    let taken = wire.map_or(bytes.len(), |wire| wire.take(&[IoSlice::new(bytes)]));
    buffer.clear();
    taken
}

/// Where frames are collected.
trait Buffer: AsRef<[u8]> + 'static {
    fn clear(&mut self);
}

impl Buffer for Vec<u8> {
    fn clear(&mut self) {
        self.clear();
    }
}

impl Buffer for BytesMut {
    fn clear(&mut self) {
        self.clear();
    }
}
