//! Answers that are wrong about the window.

use sockrates_core::{Decoded, Encoded, Framing};

use super::flaw::{Answer, Flaw, Frame, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<NeedsNothing>(),
        framing::<NeedsTooMuch>(),
        framing::<TailEaten>(),
        framing::<NextRewritten>(),
        framing::<FrameEarly>(),
        framing::<EmptyEndLost>(),
        framing::<LineEndAdded>(),
    ]
}

#[derive(Default)]
struct NeedsNothing;

impl Flaw for NeedsNothing {
    const NAME: &'static str = "needs-nothing";
    const SAYS: &'static str = "where more is needed it says that nothing is";
    const OF: &'static str = "length-u16";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.over-max-detected",
        "framing.core.need",
        "framing.core.window-max",
        "framing.core.reset",
        "framing.error.arbitrary",
        "framing.error.same-however-cut",
        "framing.error.sticky",
        "framing.error.declared",
        "framing.length.header",
        "framing.length.wide",
        "framing.length.zero",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Need(_) => Ok(Decoded::Need(0)),
            other => Ok(other),
        }
    }
}

#[derive(Default)]
struct NeedsTooMuch;

impl Flaw for NeedsTooMuch {
    const NAME: &'static str = "needs-too-much";
    const SAYS: &'static str = "it needs one byte more than the frame has";
    const OF: &'static str = "length-u16";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.need",
        "framing.core.window-max",
        "framing.core.reset",
        "framing.error.arbitrary",
        "framing.error.same-however-cut",
        "framing.error.sticky",
        "framing.length.header",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Need(n) => Ok(Decoded::Need(n + 1)),
            other => Ok(other),
        }
    }
}

#[derive(Default)]
struct TailEaten;

impl Flaw for TailEaten {
    const NAME: &'static str = "tail-eaten";
    const SAYS: &'static str = "the byte behind a frame is consumed with it";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.sequence",
        "framing.core.trailing",
        "framing.error.clean-end",
        "framing.error.same-however-cut",
        "framing.error.before-error",
        "framing.error.datagrams",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Frame { body, consume } => {
                Ok(Decoded::Frame { body, consume: window.len().min(consume + 1) })
            }
            other => Ok(other),
        }
    }
}

#[derive(Default)]
struct NextRewritten;

impl Flaw for NextRewritten {
    const NAME: &'static str = "next-rewritten";
    const SAYS: &'static str = "decoding in place goes one byte too far";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.sequence",
        "framing.core.trailing",
        "framing.error.clean-end",
        "framing.error.same-however-cut",
        "framing.error.datagrams",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let answer = right.decode(window, last)?;
        if let Decoded::Frame { consume, .. } = answer
            && let Some(next) = window.get_mut(consume)
        {
            *next ^= 1;
        }
        Ok(answer)
    }
}

#[derive(Default)]
struct FrameEarly;

impl Flaw for FrameEarly {
    const NAME: &'static str = "frame-early";
    const SAYS: &'static str = "what has arrived so far is taken for all there is";
    const OF: &'static str = "whole";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.over-max-detected",
        "framing.error.sticky",
        "framing.whole.at-end",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        right.decode(window, last || !window.is_empty())
    }
}

#[derive(Default)]
struct EmptyEndLost;

impl Flaw for EmptyEndLost {
    const NAME: &'static str = "empty-end-lost";
    const SAYS: &'static str = "an empty datagram is no frame";
    const OF: &'static str = "whole";
    const FAILS: &'static [&'static str] = &[
        "framing.core.round-trip",
        "framing.core.empty",
        "framing.whole.at-end",
        "framing.whole.datagrams",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        right.decode(window, last && !window.is_empty())
    }
}

#[derive(Default)]
struct LineEndAdded;

impl Flaw for LineEndAdded {
    const NAME: &'static str = "line-end-added";
    const SAYS: &'static str = "a datagram is sent with an LF behind it, which is dropped again";
    const OF: &'static str = "whole";
    const FAILS: &'static [&'static str] = &["framing.whole.untouched"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let len = window.len() - usize::from(window.ends_with(b"\n"));
        match right.decode(&mut window[..len], last)? {
            Decoded::Frame { body, .. } => Ok(Decoded::Frame { body, consume: window.len() }),
            other => Ok(other),
        }
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        drop(right.encode(body)?);
        Ok(Encoded::around(&[], body, b"\n"))
    }

    fn window_max(&self, right: &dyn Framing) -> usize {
        right.window_max() + 1
    }
}
