//! Frames that are sent wrongly.

use std::cell::Cell;

use sockrates_core::{Encoded, FrameError, Framing};

use super::flaw::{Flaw, Frame, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<EncodeVaries>(),
        framing::<RefusalLeaves>(),
        framing::<IntoDiffers>(),
        framing::<DelimiterSent>(),
        framing::<SeamSent>(),
        framing::<CrSent>(),
        framing::<CrLfSent>(),
    ]
}

#[derive(Default)]
struct EncodeVaries {
    odd: Cell<bool>,
}

impl Flaw for EncodeVaries {
    const NAME: &'static str = "encode-varies";
    const SAYS: &'static str = "every second frame is sent without the END before it";
    const OF: &'static str = "slip";
    const FAILS: &'static [&'static str] = &[
        "framing.core.deterministic",
        "framing.core.parts",
        "framing.error.partial-write",
        "framing.error.one-datagram",
    ];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        let frame = right.encode(body)?.to_vec();
        let from = usize::from(self.odd.replace(!self.odd.get()));
        Ok(Encoded::rewritten(frame[from..].to_vec()))
    }
}

#[derive(Default)]
struct RefusalLeaves;

impl Flaw for RefusalLeaves {
    const NAME: &'static str = "refusal-leaves";
    const SAYS: &'static str = "a body that is refused leaves its header in the buffer";
    const OF: &'static str = "length-u16";
    const FAILS: &'static [&'static str] = &["framing.core.parts"];

    fn encode_into(
        &self,
        right: &dyn Framing,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        out.extend_from_slice(&(body.len() as u16).to_be_bytes());
        drop(right.encode(body)?);
        out.extend_from_slice(body);
        Ok(())
    }
}

#[derive(Default)]
struct IntoDiffers;

impl Flaw for IntoDiffers {
    const NAME: &'static str = "into-differs";
    const SAYS: &'static str = "a frame that is put into a buffer lacks its line end";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] =
        &["framing.core.parts", "framing.error.partial-write", "framing.error.one-datagram"];

    fn encode_into(
        &self,
        right: &dyn Framing,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        let frame = right.encode(body)?.to_vec();
        out.extend_from_slice(&frame[..frame.len() - 2]);
        Ok(())
    }
}

/// `body` with `end` behind it, if it is no longer than the maximum.
fn ended<'a>(right: &dyn Framing, body: &'a [u8], end: &[u8]) -> Frame<'a> {
    if body.len() > right.max() {
        return Err(FrameError::body_too_long(body.len(), right.max()));
    }
    Ok(Encoded::around(&[], body, end))
}

#[derive(Default)]
struct DelimiterSent;

impl Flaw for DelimiterSent {
    const NAME: &'static str = "delimiter-sent";
    const SAYS: &'static str = "a body with the delimiter inside it is sent";
    const OF: &'static str = "delimiter-bytes";
    const FAILS: &'static [&'static str] = &["framing.delimiter.inside"];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        ended(right, body, b"--\r\n")
    }
}

#[derive(Default)]
struct SeamSent;

impl Flaw for SeamSent {
    const NAME: &'static str = "seam-sent";
    const SAYS: &'static str = "a body whose end and the delimiter make another delimiter is sent";
    const OF: &'static str = "delimiter-repeating";
    const FAILS: &'static [&'static str] = &["framing.delimiter.part"];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        if body.windows(2).any(|two| two == b"--") {
            return right.encode(body);
        }
        ended(right, body, b"--")
    }
}

#[derive(Default)]
struct CrSent;

impl Flaw for CrSent {
    const NAME: &'static str = "cr-sent";
    const SAYS: &'static str = "a line is sent that ends in a CR, which the peer drops";
    const OF: &'static str = "lines-lf";
    const FAILS: &'static [&'static str] = &["framing.lines.inside"];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        if body.contains(&b'\n') {
            return right.encode(body);
        }
        ended(right, body, b"\n")
    }
}

#[derive(Default)]
struct CrLfSent;

impl Flaw for CrLfSent {
    const NAME: &'static str = "cr-lf-sent";
    const SAYS: &'static str = "a line that is to end in LF alone is sent with CR LF";
    const OF: &'static str = "lines-lf";
    const FAILS: &'static [&'static str] = &["framing.lines.end"];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        drop(right.encode(body)?);
        ended(right, body, b"\r\n")
    }
}
