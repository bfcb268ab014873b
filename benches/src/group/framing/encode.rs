//! The sides that make frames of bodies: what 64 KiB of them come to is handed over by a copy, as
//! to a kernel, and the frames go on behind it.

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
    let (count, body) = (frames.count, frames.body.clone());
    let mut buffer = Vec::with_capacity(2 * CHUNK_BYTES);
    side(move || {
        for _ in 0..count {
            framing.encode_into(black_box(&body), &mut buffer).expect("a good body");
            if buffer.len() >= CHUNK_BYTES {
                black_box(&buffer);
                buffer.clear();
            }
        }
    })
}

/// The same by a codec of tokio-util, into the buffer that its `FramedWrite` would keep.
pub(super) fn codec_alone<E>(frames: &Frames, mut codec: E) -> Side
where
    E: for<'a> Encoder<&'a [u8], Error = std::io::Error> + 'static,
{
    let (count, body) = (frames.count, frames.body.clone());
    let mut buffer = BytesMut::with_capacity(2 * CHUNK_BYTES);
    side(move || {
        for _ in 0..count {
            codec.encode(black_box(&body[..]), &mut buffer).expect("a good body");
            if buffer.len() >= CHUNK_BYTES {
                black_box(&buffer);
                buffer.clear();
            }
        }
    })
}

/// Frames that are fed, and go out together.
pub(super) fn feed<F: Framing + 'static>(frames: &Frames, framing: F) -> Side {
    let (count, body) = (frames.count, frames.body.clone());
    let mut framed = Framed::new(Wire::default(), framing);
    side(move || {
        for _ in 0..count {
            framed.feed(black_box(&body)).expect("a good body");
        }
    })
}

/// A codec of tokio-util, into the buffer that its `FramedWrite` would keep.
pub(super) fn codec<E>(frames: &Frames, mut codec: E) -> Side
where
    E: for<'a> Encoder<&'a [u8], Error = std::io::Error> + 'static,
{
    let (count, body) = (frames.count, frames.body.clone());
    let wire = Wire::default();
    let mut buffer = BytesMut::with_capacity(2 * CHUNK_BYTES);
    side(move || {
        for _ in 0..count {
            codec.encode(black_box(&body[..]), &mut buffer).expect("a good body");
            if buffer.len() >= CHUNK_BYTES {
                wire.take(&[IoSlice::new(&buffer)]);
                buffer.clear();
            }
        }
    })
}

/// As one writes it on std, onto the end of a `Vec`.
pub(super) fn by_hand(frames: &Frames, encode: Encode) -> Side {
    let (count, body) = (frames.count, frames.body.clone());
    let wire = Wire::default();
    let mut buffer = Vec::with_capacity(2 * CHUNK_BYTES);
    side(move || {
        for _ in 0..count {
            encode(black_box(&body), &mut buffer);
            if buffer.len() >= CHUNK_BYTES {
                wire.take(&[IoSlice::new(&buffer)]);
                buffer.clear();
            }
        }
    })
}
