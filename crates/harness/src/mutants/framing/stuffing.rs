//! COBS and SLIP that are rewritten wrongly.

use sockrates_core::{Decoded, Encoded, FrameError, FrameErrorKind, Framing, Resync};

use super::flaw::{Answer, Flaw, Frame, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<ZeroInside>(),
        framing::<LastBlockSent>(),
        framing::<LastBlockRefused>(),
        framing::<IdleGiven>(),
        framing::<BadEscapePassed>(),
        framing::<EscapesSwapped>(),
        framing::<NothingGiven>(),
        framing::<EndsThrice>(),
    ]
}

/// Puts `body` where the frame of `consume` bytes was.
fn rewritten(window: &mut [u8], body: &[u8], consume: usize) -> Answer {
    window[..body.len()].copy_from_slice(body);
    Ok(Decoded::Frame { body: 0..body.len(), consume })
}

#[derive(Default)]
struct ZeroInside;

impl Flaw for ZeroInside {
    const NAME: &'static str = "zero-inside";
    const SAYS: &'static str = "the blocks of COBS are followed over a zero, to a later one";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] = &["framing.error.same-however-cut", "framing.cobs.zero"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let answer = right.decode(window, last);
        match answer {
            Err(FrameError { kind: FrameErrorKind::Malformed { .. }, .. }) => {
                followed(window).unwrap_or(answer)
            }
            _ => answer,
        }
    }
}

/// The body of the blocks up to a zero that lies in none of them.
fn followed(window: &mut [u8]) -> Option<Answer> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let code = usize::from(*window.get(at)?);
        if code == 0 {
            return Some(rewritten(window, &body, at + 1));
        }
        body.extend_from_slice(window.get(at + 1..at + code)?);
        at += code;
        if code < 0xff && window.get(at).is_some_and(|next| *next != 0) {
            body.push(0);
        }
    }
}

#[derive(Default)]
struct LastBlockSent;

impl Flaw for LastBlockSent {
    const NAME: &'static str = "last-block-sent";
    const SAYS: &'static str = "behind a full last block an empty one is sent";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] = &["framing.cobs.vectors", "framing.cobs.overhead"];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        let mut frame = right.encode(body)?.to_vec();
        let mut block = 0;
        while block < frame.len() - 1 {
            let code = usize::from(frame[block]);
            block += code;
            if code == 0xff && block == frame.len() - 1 {
                frame.insert(block, 1);
                break;
            }
        }
        Ok(Encoded::rewritten(frame))
    }
}

#[derive(Default)]
struct LastBlockRefused;

impl Flaw for LastBlockRefused {
    const NAME: &'static str = "last-block-refused";
    const SAYS: &'static str = "an empty block behind a full last one is malformed";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] = &["framing.cobs.last-block"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        if window.first() == Some(&0xff) && window.get(255..257) == Some(&[1, 0]) {
            let resync = Resync::After(257);
            return Err(FrameError::malformed("an empty last block", 255, resync));
        }
        right.decode(window, last)
    }
}

#[derive(Default)]
struct IdleGiven;

impl Flaw for IdleGiven {
    const NAME: &'static str = "idle-given";
    const SAYS: &'static str = "a zero without a frame before it is an empty frame";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] = &["framing.cobs.idle"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [0, ..] if right.may_end() => Ok(Decoded::Frame { body: 0..0, consume: 1 }),
            _ => right.decode(window, last),
        }
    }
}

const END: u8 = 0xc0;
const ESC: u8 = 0xdb;

#[derive(Default)]
struct BadEscapePassed;

impl Flaw for BadEscapePassed {
    const NAME: &'static str = "bad-escape-passed";
    const SAYS: &'static str = "the byte behind an ESC is taken as it is, whatever it is";
    const OF: &'static str = "slip";
    const FAILS: &'static [&'static str] = &["framing.slip.bad-escape"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let error = match right.decode(window, last) {
            Err(error) if matches!(error.kind, FrameErrorKind::Malformed { .. }) => error,
            answer => return answer,
        };
        let Resync::After(consume) = error.resync else { return Err(error) };
        let start = usize::from(window[0] == END);
        let mut bytes = window[start..consume - 1].iter();
        let mut body = Vec::new();
        while let Some(byte) = bytes.next() {
            body.push(match (*byte, bytes.as_slice()) {
                (ESC, [next, rest @ ..]) => {
                    bytes = rest.iter();
                    match next {
                        0xdc => END,
                        0xdd => ESC,
                        other => *other,
                    }
                }
                (byte, _) => byte,
            });
        }
        if body.len() > right.max() {
            return Err(error);
        }
        rewritten(window, &body, consume)
    }
}

/// END and ESC, each in place of the other.
fn swap(body: &mut [u8]) {
    for byte in body {
        match *byte {
            END => *byte = ESC,
            ESC => *byte = END,
            _ => {}
        }
    }
}

#[derive(Default)]
struct EscapesSwapped;

impl Flaw for EscapesSwapped {
    const NAME: &'static str = "escapes-swapped";
    const SAYS: &'static str = "END is escaped as ESC and ESC as END, both ways";
    const OF: &'static str = "slip";
    const FAILS: &'static [&'static str] = &["framing.slip.vectors"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let answer = right.decode(window, last)?;
        if let Decoded::Frame { body, .. } = &answer {
            // Either of them is in a body by its escape alone.
            swap(&mut window[body.clone()]);
        }
        Ok(answer)
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        let mut other = body.to_vec();
        swap(&mut other);
        Ok(Encoded::rewritten(right.encode(&other)?.to_vec()))
    }
}

#[derive(Default)]
struct NothingGiven;

impl Flaw for NothingGiven {
    const NAME: &'static str = "nothing-given";
    const SAYS: &'static str = "nothing between two ENDs is an empty frame";
    const OF: &'static str = "slip";
    const FAILS: &'static [&'static str] = &["framing.slip.nothing-between"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [END, END, ..] if right.may_end() => Ok(Decoded::Frame { body: 1..1, consume: 2 }),
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct EndsThrice;

impl Flaw for EndsThrice {
    const NAME: &'static str = "ends-thrice";
    const SAYS: &'static str = "three ENDs are sent before a frame";
    const OF: &'static str = "slip";
    const FAILS: &'static [&'static str] = &[
        "framing.slip.first-end",
        "framing.slip.vectors",
        "framing.core.trailing",
        "framing.error.cut-short",
    ];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        let frame = right.encode(body)?.to_vec();
        Ok(Encoded::rewritten([&[END; 3][..], &frame].concat()))
    }
}
