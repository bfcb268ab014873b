//! Framing in memory: frames out of bytes that have arrived, and bodies into bytes to send.
//!
//! Both sides receive the same bytes, at most 64 KiB at a time, by a copy that stands for the
//! kernel's, and go on where they were: a connection that has long been open. Both hold the same
//! maximum. "Encode" makes frames in memory; "send" also hands some 64 KiB of them over at a time
//! by such a copy.

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
        let about = About { format: "length-u32", len };
        let frames = move || Frames::new(&length(), wire::body(len, false));
        let goal = Some(decoded);
        contests.push(about.contest("decode", "Framed::next", TOKIO, goal, move || Pair {
            ours: decode::next(&frames(), length()),
            peer: decode::codec(&frames(), length_codec()),
        }));
        contests.push(about.contest("decode", "fill, frames", TOKIO, None, move || Pair {
            ours: decode::batch(&frames(), length()),
            peer: decode::codec(&frames(), length_codec()),
        }));
        contests.push(about.contest("decode", "Framed::next", STD_READER, None, move || Pair {
            ours: decode::next(&frames(), length()),
            peer: decode::by_hand(&frames(), by_hand::decode_length),
        }));
        contests.push(about.contest("decode", "next_into", STD_READER, None, move || Pair {
            ours: decode::next_into(&frames(), length()),
            peer: decode::by_hand(&frames(), by_hand::decode_length),
        }));
        let goal = Some(encoded);
        contests.push(about.contest("encode", "encode_into", TOKIO, goal, move || Pair {
            ours: encode::encode_into(&frames(), length()),
            peer: encode::codec_alone(&frames(), length_codec()),
        }));
        contests.push(about.contest("send", "Framed::feed", TOKIO, None, move || Pair {
            ours: encode::feed(&frames(), length()),
            peer: encode::codec(&frames(), length_codec()),
        }));
        contests.push(about.contest("send", "Framed::feed", STD_VEC, None, move || Pair {
            ours: encode::feed(&frames(), length()),
            peer: encode::by_hand(&frames(), by_hand::encode_length),
        }));
    }
    contests
}

/// Lines as what a program may want of them; tokio-util gives a `String` always.
fn lines() -> Vec<Contest> {
    const TOKIO: &str = "tokio-util LinesCodec";
    const LEN: usize = 64;
    let codec = || LinesCodec::new_with_max_length(BODY_BYTES_MAX);
    let framing = || Lines::lf(BODY_BYTES_MAX);
    let frames = move || Frames::new(&framing(), wire::body(LEN, true));
    let about = About { format: "lines", len: LEN };
    let ours =
        ["Framed::next", "Framed::next_str", "Framed::next_str, to_owned", "next, from_utf8"];
    let mut contests = vec![
        about.contest("decode to bytes", ours[0], TOKIO, Some(4.0), move || Pair {
            ours: decode::next(&frames(), framing()),
            peer: decode::codec(&frames(), codec()),
        }),
        about.contest("decode to str", ours[1], TOKIO, Some(2.3), move || Pair {
            ours: decode::next_str(&frames(), framing()),
            peer: decode::codec(&frames(), codec()),
        }),
        about.contest("decode to String", ours[2], TOKIO, Some(1.4), move || Pair {
            ours: decode::next_string(&frames(), framing()),
            peer: decode::codec(&frames(), codec()),
        }),
        about.contest("decode to str", ours[3], TOKIO, None, move || Pair {
            ours: decode::next_from_utf8(&frames(), framing()),
            peer: decode::codec(&frames(), codec()),
        }),
    ];
    contests.extend(hands("lines", framing, by_hand::decode_line, by_hand::encode_line));
    contests
}

fn delimiter() -> [Contest; 1] {
    const TOKIO: &str = "tokio-util AnyDelimiterCodec";
    const LEN: usize = 1024;
    let framing = || Delimiter::new(b"\n", BODY_BYTES_MAX).expect("one byte is a delimiter");
    let codec = || {
        let mark = || b"\n".to_vec();
        AnyDelimiterCodec::new_with_max_length(mark(), mark(), BODY_BYTES_MAX)
    };
    let frames = move || Frames::new(&framing(), wire::body(LEN, true));
    let about = About { format: "delimiter", len: LEN };
    [about.contest("decode", "Framed::next", TOKIO, Some(9.0), move || Pair {
        ours: decode::next(&frames(), framing()),
        peer: decode::codec(&frames(), codec()),
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
        let about = About { format, len };
        let frames = move || {
            let frames = Frames::new(&framing(), wire::body(len, format == "lines"));
            let mut by_hand = Vec::new();
            encode(&frames.body, &mut by_hand);
            assert!(frames.wire.starts_with(&by_hand), "{format}: both write the same");
            frames
        };
        contests.push(about.contest("decode", "Framed::next", STD_READER, None, move || Pair {
            ours: decode::next(&frames(), framing()),
            peer: decode::by_hand(&frames(), decode),
        }));
        contests.push(about.contest("send", "Framed::feed", STD_VEC, None, move || Pair {
            ours: encode::feed(&frames(), framing()),
            peer: encode::by_hand(&frames(), encode),
        }));
    }
    contests
}

/// The frames of a contest, before there are any.
struct About {
    format: &'static str,
    len: usize,
}

impl About {
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
            case: format!("{what} {}, {}", self.format, size(self.len)),
            ours,
            peer,
            goal: goal.map(Goal::AtLeast),
            work: Work::Bytes((VOLUME_BYTES / self.len * self.len) as u64),
            cost: Cost::Time,
            start,
        }
    }
}

/// As many frames as an iteration moves.
struct Frames {
    body: Vec<u8>,
    /// The same body at several places, so that each frame is made of another one.
    bodies: Vec<Vec<u8>>,
    count: usize,
    wire: Vec<u8>,
}

impl Frames {
    fn new(framing: &dyn Framing, body: Vec<u8>) -> Self {
        let count = VOLUME_BYTES / body.len();
        let mut wire = Vec::new();
        for _ in 0..count {
            framing.encode_into(&body, &mut wire).expect("a body that the format can carry");
        }
        let bodies = vec![body.clone(); (BODIES_BYTES / body.len()).clamp(1, BODIES_MAX)];
        assert!(count.is_multiple_of(bodies.len()));
        Self { body, bodies, count, wire }
    }

    /// How often all bodies are sent.
    fn laps(&self) -> usize {
        self.count / self.bodies.len()
    }
}

fn size(len: usize) -> String {
    if len < 1024 { format!("{len} B") } else { format!("{} KiB", len / 1024) }
}

const STD_READER: &str = "std BufReader into a Vec, by hand";
const STD_VEC: &str = "std Vec, by hand";
/// How many bodies there are to send at the most, and how many bytes of them: what a program has
/// just made is in the cache.
const BODIES_MAX: usize = 16;
const BODIES_BYTES: usize = 16 * 1024;
/// How many bytes of bodies one iteration moves.
const VOLUME_BYTES: usize = 1024 * 1024;
