//! Errors that are forgotten, repeated, or go on at the wrong place.

use sockrates_core::{Decoded, FrameError, FrameErrorKind, Framing, Resync};

use super::flaw::{Answer, Flaw, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<ErrorForgotten>(),
        framing::<ErrorRepeats>(),
        framing::<SkipsNext>(),
        framing::<SkipsTooFar>(),
        framing::<GivesUp>(),
        framing::<RestGiven>(),
        framing::<BlockUnchecked>(),
        framing::<KindDependsOnCut>(),
    ]
}

#[derive(Default)]
struct ErrorForgotten {
    failed: bool,
}

impl Flaw for ErrorForgotten {
    const NAME: &'static str = "error-forgotten";
    const SAYS: &'static str = "after an error without a way on it waits for more";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &["framing.error.sticky"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        if self.failed {
            return Ok(Decoded::Need(1));
        }
        let answer = right.decode(window, last);
        self.failed = answer.is_err();
        answer
    }
}

#[derive(Default)]
struct ErrorRepeats;

impl Flaw for ErrorRepeats {
    const NAME: &'static str = "error-repeats";
    const SAYS: &'static str = "a malformed line stays, and is an error again and again";
    const OF: &'static str = "lines-crlf";
    const FAILS: &'static [&'static str] = &[
        "framing.core.window-max",
        "framing.core.reset",
        "framing.error.arbitrary",
        "framing.error.same-however-cut",
        "framing.error.sticky",
        "framing.lines.lone-lf",
        "framing.lines.lone-cr",
        "framing.lines.discarded",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        right.decode(window, last).map_err(|error| match error.kind {
            FrameErrorKind::Malformed { .. } => FrameError { resync: Resync::After(0), ..error },
            _ => error,
        })
    }
}

#[derive(Default)]
struct SkipsNext {
    failed: bool,
}

impl Flaw for SkipsNext {
    const NAME: &'static str = "skips-next";
    const SAYS: &'static str = "after a bad frame the next one is dropped too";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] =
        &["framing.error.resync", "framing.cobs.zero", "framing.cobs.resync"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last) {
            Ok(Decoded::Frame { consume, .. }) if self.failed => {
                self.failed = false;
                Ok(Decoded::Skip(consume))
            }
            answer => {
                self.failed |= answer.is_err();
                answer
            }
        }
    }
}

#[derive(Default)]
struct SkipsTooFar;

impl Flaw for SkipsTooFar {
    const NAME: &'static str = "skips-too-far";
    const SAYS: &'static str = "after a bad frame it goes on behind what has arrived";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] = &[
        "framing.core.over-max-detected",
        "framing.core.window-max",
        "framing.core.reset",
        "framing.error.arbitrary",
        "framing.error.same-however-cut",
        "framing.error.sticky",
        "framing.error.declared",
        "framing.cobs.zero",
        "framing.cobs.resync",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let resync = Resync::After(window.len() + 1);
        right.decode(window, last).map_err(|error| FrameError { resync, ..error })
    }
}

#[derive(Default)]
struct GivesUp {
    failed: Option<FrameError>,
}

impl Flaw for GivesUp {
    const NAME: &'static str = "gives-up";
    const SAYS: &'static str = "a frame that is too long ends the stream, though the next is near";
    const OF: &'static str = "slip";
    const FAILS: &'static [&'static str] = &["framing.slip.resync"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        right.decode(window, last).map_err(|error| match error.kind {
            FrameErrorKind::TooLong { .. } => {
                let error = FrameError { resync: Resync::Never, ..error };
                self.failed = Some(error.clone());
                error
            }
            _ => error,
        })
    }

    fn may_end(&self, right: &dyn Framing) -> bool {
        self.failed.is_none() && right.may_end()
    }
}

#[derive(Default)]
struct RestGiven;

impl Flaw for RestGiven {
    const NAME: &'static str = "rest-given";
    const SAYS: &'static str = "the rest of a frame that was too long arrives as a frame";
    const OF: &'static str = "delimiter-byte";
    const FAILS: &'static [&'static str] =
        &["framing.core.over-max-detected", "framing.error.resync", "framing.delimiter.discarded"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let answer = right.decode(window, last);
        if answer.is_err() {
            right.reset();
        }
        answer
    }
}

#[derive(Default)]
struct BlockUnchecked;

impl Flaw for BlockUnchecked {
    const NAME: &'static str = "block-unchecked";
    const SAYS: &'static str = "a block that goes on behind its frame is read there, and panics";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] = &[
        "framing.core.window-max",
        "framing.core.reset",
        "framing.core.canonical",
        "framing.error.arbitrary",
        "framing.error.same-however-cut",
        "framing.error.sticky",
        "framing.error.declared",
        "framing.cobs.zero",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let answer = right.decode(window, last);
        if let Err(FrameError { kind: FrameErrorKind::Malformed { at, .. }, .. }) = answer {
            let end = window.iter().position(|byte| *byte == 0).unwrap_or(0);
            let code = usize::from(window[at]);
            std::hint::black_box(&window[at + 1..end][..code - 1]);
        }
        answer
    }
}

#[derive(Default)]
struct KindDependsOnCut;

impl Flaw for KindDependsOnCut {
    const NAME: &'static str = "kind-depends-on-cut";
    const SAYS: &'static str = "how much too long a frame is depends on how much has arrived";
    const OF: &'static str = "delimiter-bytes";
    const FAILS: &'static [&'static str] = &["framing.error.same-however-cut"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let arrived = window.len() as u64;
        right.decode(window, last).map_err(|error| match error.kind {
            FrameErrorKind::TooLong { max, .. } => FrameError::too_long(arrived, max, error.resync),
            _ => error,
        })
    }
}
