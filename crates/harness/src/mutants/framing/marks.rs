//! Delimiters and line ends that are found wrongly.

use sockrates_core::{Decoded, FrameErrorKind, Framing};

use super::flaw::{Answer, Flaw, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<SearchRestarts>(),
        framing::<SplitMissed>(),
        framing::<DelimiterKept>(),
        framing::<LoneLfAccepted>(),
        framing::<LoneCrAccepted>(),
        framing::<CrKept>(),
        framing::<CrTrimmed>(),
    ]
}

#[derive(Default)]
struct SearchRestarts;

impl Flaw for SearchRestarts {
    const NAME: &'static str = "search-restarts";
    const SAYS: &'static str = "the delimiter is searched from the start with every piece";
    const OF: &'static str = "delimiter-byte";
    const FAILS: &'static [&'static str] = &["framing.error.linear"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        if right.may_end() {
            right.reset();
        }
        right.decode(window, last)
    }
}

#[derive(Default)]
struct SplitMissed {
    searched: usize,
}

impl Flaw for SplitMissed {
    const NAME: &'static str = "split-missed";
    const SAYS: &'static str = "a delimiter that arrives in two pieces is not found";
    const OF: &'static str = "delimiter-bytes";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.over-max-detected",
        "framing.error.clean-end",
        "framing.error.same-however-cut",
        "framing.error.resync",
        "framing.error.before-error",
        "framing.error.interrupted",
        "framing.delimiter.behind",
        "framing.delimiter.split",
        "framing.delimiter.part",
        "framing.delimiter.discarded",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        const DELIMITER: &[u8] = b"--\r\n";
        let unseen = &window[self.searched.min(window.len())..];
        match unseen.windows(DELIMITER.len()).position(|four| four == DELIMITER) {
            Some(at) if right.may_end() => {
                let end = self.searched + at;
                self.searched = 0;
                Ok(Decoded::Frame { body: 0..end, consume: end + DELIMITER.len() })
            }
            None if right.may_end() && window.len() < right.window_max() => {
                self.searched = window.len();
                Ok(Decoded::Need(1))
            }
            _ => {
                self.searched = 0;
                right.decode(window, last)
            }
        }
    }
}

#[derive(Default)]
struct DelimiterKept;

impl Flaw for DelimiterKept {
    const NAME: &'static str = "delimiter-kept";
    const SAYS: &'static str = "the delimiter is given as a part of the body";
    const OF: &'static str = "delimiter-byte";
    const FAILS: &'static [&'static str] = &[
        "framing.core.round-trip",
        "framing.core.chunking",
        "framing.core.sequence",
        "framing.core.empty",
        "framing.core.max",
        "framing.core.reset",
        "framing.error.clean-end",
        "framing.error.resync",
        "framing.error.before-error",
        "framing.error.interrupted",
        "framing.error.datagrams",
        "framing.delimiter.behind",
        "framing.delimiter.split",
        "framing.delimiter.discarded",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Frame { consume, .. } => Ok(Decoded::Frame { body: 0..consume, consume }),
            other => Ok(other),
        }
    }
}

/// The line that was refused for the byte `alone`, as if that were none of its business.
fn lenient(answer: Answer, window: &[u8], alone: u8) -> Answer {
    let Err(error) = &answer else { return answer };
    match error.kind {
        FrameErrorKind::Malformed { at, .. } if window.get(at) == Some(&alone) => {
            let Some(lf) = window.iter().position(|byte| *byte == b'\n') else { return answer };
            let end = if window[..lf].ends_with(b"\r") { lf - 1 } else { lf };
            Ok(Decoded::Frame { body: 0..end, consume: lf + 1 })
        }
        _ => answer,
    }
}

#[derive(Default)]
struct LoneLfAccepted;

impl Flaw for LoneLfAccepted {
    const NAME: &'static str = "lone-lf-accepted";
    const SAYS: &'static str = "an LF alone ends a line where only CR LF does";
    const OF: &'static str = "lines-crlf";
    const FAILS: &'static [&'static str] = &["framing.lines.lone-lf", "framing.lines.discarded"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        lenient(right.decode(window, last), window, b'\n')
    }
}

#[derive(Default)]
struct LoneCrAccepted;

impl Flaw for LoneCrAccepted {
    const NAME: &'static str = "lone-cr-accepted";
    const SAYS: &'static str = "a CR alone is data where only CR LF ends a line";
    const OF: &'static str = "lines-crlf";
    const FAILS: &'static [&'static str] = &["framing.lines.lone-cr", "framing.lines.discarded"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        lenient(right.decode(window, last), window, b'\r')
    }
}

#[derive(Default)]
struct CrKept;

impl Flaw for CrKept {
    const NAME: &'static str = "cr-kept";
    const SAYS: &'static str = "the CR before an LF stays in the line";
    const OF: &'static str = "lines-lf";
    const FAILS: &'static [&'static str] =
        &["framing.lines.cr-lf", "framing.lines.lone-cr", "framing.lines.unterminated"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Frame { consume, .. } => Ok(Decoded::Frame { body: 0..consume - 1, consume }),
            other => Ok(other),
        }
    }
}

#[derive(Default)]
struct CrTrimmed;

impl Flaw for CrTrimmed {
    const NAME: &'static str = "cr-trimmed";
    const SAYS: &'static str = "every CR before an LF is dropped, not the last alone";
    const OF: &'static str = "lines-lf";
    const FAILS: &'static [&'static str] = &["framing.lines.lone-cr"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Frame { body, consume } => {
                let kept = window[body].iter().rposition(|byte| *byte != b'\r');
                Ok(Decoded::Frame { body: 0..kept.map_or(0, |at| at + 1), consume })
            }
            other => Ok(other),
        }
    }
}
