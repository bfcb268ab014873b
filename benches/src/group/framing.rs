//! Framing in memory: frames out of bytes that have arrived, and bodies into bytes to send.
//!
//! Both sides receive the same bytes, at most 64 KiB at a time, by a copy that stands for the
//! kernel's, and go on where they were: a connection that has long been open. Both hold the same
//! maximum. What is to be sent is collected up to 64 KiB and then copied once.

use sockrates_core::Framing;
use sockrates_core::framing::{Cobs, Delimiter, LengthPrefix, Lines, Netstring, Slip, Varint};
use tokio_util::codec::{AnyDelimiterCodec, LengthDelimitedCodec, LinesCodec};

use crate::by_hand::{self, BODY_BYTES_MAX, Decode, Encode};
use crate::contest::{Contest, Cost, Goal, Pair, Start, Work};
use crate::wire;

mod decode;
mod encode;

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    let mut contests = lengths();
    contests.extend(lines());
    contests.extend(delimiter());
    let leb128 = || Varint::leb128(BODY_BYTES_MAX);
    contests.extend(hands("leb128", leb128, by_hand::decode_leb128, by_hand::encode_leb128));
    let netstring = || Netstring::new(BODY_BYTES_MAX);
    let (decode, encode) = (by_hand::decode_netstring, by_hand::encode_netstring);
    contests.extend(hands("netstring", netstring, decode, encode));
    let cobs = || Cobs::new(BODY_BYTES_MAX);
    contests.extend(hands("cobs", cobs, by_hand::decode_cobs, by_hand::encode_cobs));
    let slip = || Slip::new(BODY_BYTES_MAX);
    contests.extend(hands("slip", slip, by_hand::decode_slip, by_hand::encode_slip));
    contests
}

fn length() -> LengthPrefix {
    LengthPrefix::u32(BODY_BYTES_MAX).expect("the maximum fits")
}

/// What tokio-util has for the same format as [`length`].
fn length_codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder().max_frame_length(BODY_BYTES_MAX).new_codec()
}

/// Four bytes of length: beside tokio-util, then by hand.
fn lengths() -> Vec<Contest> {
    const TOKIO: &str = "tokio-util LengthDelimitedCodec";
    let mut contests = Vec::new();
    let goals = [(16, 12.0, 3.0), (64, 8.0, 2.8), (1024, 2.3, 1.3), (BODY_BYTES_MAX, 1.2, 1.0)];
    for (len, decoded, encoded) in goals {
        let body = wire::body(len, false);
        let frames = Frames::new("length-u32", &length(), body.clone());
        let (ours, peer) = (frames.clone(), frames.clone());
        contests.push(frames.contest("decode", "Framed::next", TOKIO, Some(decoded), move || {
            Pair { ours: decode::next(&ours, length()), peer: decode::codec(&peer, length_codec()) }
        }));
        let (ours, peer) = (frames.clone(), frames.clone());
        contests.push(frames.contest("decode", "Framed::next", STD_READER, None, move || Pair {
            ours: decode::next(&ours, length()),
            peer: decode::by_hand(&peer, by_hand::decode_length),
        }));
        let (ours, peer) = (frames.clone(), frames.clone());
        contests.push(frames.contest("encode", "Framed::feed", TOKIO, Some(encoded), move || {
            Pair { ours: encode::feed(&ours, length()), peer: encode::codec(&peer, length_codec()) }
        }));
        let (ours, peer) = (frames.clone(), frames.clone());
        contests.push(frames.contest("encode", "Framed::feed", STD_VEC, None, move || Pair {
            ours: encode::feed(&ours, length()),
            peer: encode::by_hand(&peer, by_hand::encode_length),
        }));
    }
    contests
}

/// Lines as what a program may want of them; tokio-util gives a `String` always.
fn lines() -> Vec<Contest> {
    const TOKIO: &str = "tokio-util LinesCodec";
    let codec = || LinesCodec::new_with_max_length(BODY_BYTES_MAX);
    let framing = || Lines::lf(BODY_BYTES_MAX);
    let frames = Frames::new("lines", &framing(), wire::body(64, true));
    let (bytes, text, owned) = (frames.clone(), frames.clone(), frames.clone());
    let mut contests = vec![
        frames.contest("decode to bytes", "Framed::next", TOKIO, Some(4.0), move || Pair {
            ours: decode::next(&bytes, framing()),
            peer: decode::codec(&bytes, codec()),
        }),
        frames.contest("decode to str", "Framed::next, from_utf8", TOKIO, Some(2.3), move || {
            Pair { ours: decode::next_str(&text, framing()), peer: decode::codec(&text, codec()) }
        }),
        frames.contest("decode to String", "Framed::next, to_owned", TOKIO, Some(1.4), move || {
            Pair {
                ours: decode::next_string(&owned, framing()),
                peer: decode::codec(&owned, codec()),
            }
        }),
    ];
    contests.extend(hands("lines", framing, by_hand::decode_line, by_hand::encode_line));
    contests
}

fn delimiter() -> [Contest; 1] {
    const TOKIO: &str = "tokio-util AnyDelimiterCodec";
    let framing = || Delimiter::new(b"\n", BODY_BYTES_MAX).expect("one byte is a delimiter");
    let codec = || {
        let mark = || b"\n".to_vec();
        AnyDelimiterCodec::new_with_max_length(mark(), mark(), BODY_BYTES_MAX)
    };
    let frames = Frames::new("delimiter", &framing(), wire::body(1024, true));
    let both = frames.clone();
    [frames.contest("decode", "Framed::next", TOKIO, Some(9.0), move || Pair {
        ours: decode::next(&both, framing()),
        peer: decode::codec(&both, codec()),
    })]
}

/// A format that tokio-util has nothing for, beside what one writes by hand.
fn hands<F: Framing + 'static>(
    format: &'static str,
    framing: fn() -> F,
    decode: Decode,
    encode: Encode,
) -> Vec<Contest> {
    let mut contests = Vec::new();
    for len in [64, BODY_BYTES_MAX] {
        let body = wire::body(len, format == "lines");
        let frames = Frames::new(format, &framing(), body);
        let mut by_hand = Vec::new();
        encode(&frames.body, &mut by_hand);
        assert!(frames.wire.starts_with(&by_hand), "{format}: both write the same");
        let (reads, writes) = (frames.clone(), frames.clone());
        contests.push(frames.contest("decode", "Framed::next", STD_READER, None, move || Pair {
            ours: decode::next(&reads, framing()),
            peer: decode::by_hand(&reads, decode),
        }));
        contests.push(frames.contest("encode", "Framed::feed", STD_VEC, None, move || Pair {
            ours: encode::feed(&writes, framing()),
            peer: encode::by_hand(&writes, encode),
        }));
    }
    contests
}

/// As many frames of one body as an iteration moves.
#[derive(Clone)]
struct Frames {
    format: &'static str,
    body: Vec<u8>,
    count: usize,
    wire: Vec<u8>,
}

impl Frames {
    fn new(format: &'static str, framing: &dyn Framing, body: Vec<u8>) -> Self {
        let count = VOLUME_BYTES / body.len();
        let mut wire = Vec::new();
        for _ in 0..count {
            framing.encode_into(&body, &mut wire).expect("a body that the format can carry");
        }
        Self { format, body, count, wire }
    }

    fn contest(
        &self,
        what: &str,
        ours: &'static str,
        peer: &'static str,
        goal: Option<f64>,
        pair: impl Fn() -> Pair + 'static,
    ) -> Contest {
        let start: Start = Box::new(move || Ok(pair()));
        Contest {
            group: "framing",
            case: format!("{what} {}, {}", self.format, size(self.body.len())),
            ours,
            peer,
            goal: goal.map(Goal::AtLeast),
            work: Work::Bytes((self.count * self.body.len()) as u64),
            cost: Cost::Time,
            start,
        }
    }
}

fn size(len: usize) -> String {
    if len < 1024 { format!("{len} B") } else { format!("{} KiB", len / 1024) }
}

const STD_READER: &str = "std BufReader into a Vec, by hand";
const STD_VEC: &str = "std Vec, by hand";
/// How many bytes of bodies one iteration moves.
const VOLUME_BYTES: usize = 1024 * 1024;
