//! Ends of streams, and beginnings, that are taken wrongly.

use sockrates_core::{Decoded, Framing};

use super::flaw::{Answer, Flaw, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<CutDropped>(),
        framing::<CutGiven>(),
        framing::<NeverClean>(),
        framing::<AlwaysClean>(),
        framing::<ResetForgotten>(),
    ]
}

#[derive(Default)]
struct CutDropped;

impl Flaw for CutDropped {
    const NAME: &'static str = "cut-dropped";
    const SAYS: &'static str = "a frame that is cut short is dropped, and the end is clean";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &["framing.error.cut-short", "framing.error.datagrams"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Need(_) if last && !window.is_empty() => Ok(Decoded::Skip(window.len())),
            other => Ok(other),
        }
    }
}

#[derive(Default)]
struct CutGiven;

impl Flaw for CutGiven {
    const NAME: &'static str = "cut-given";
    const SAYS: &'static str = "of a frame that is cut short what there is is given";
    const OF: &'static str = "length-u16";
    const FAILS: &'static [&'static str] = &["framing.error.cut-short", "framing.error.datagrams"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Need(_) if last && window.len() > 2 => {
                Ok(Decoded::Frame { body: 2..window.len(), consume: window.len() })
            }
            other => Ok(other),
        }
    }
}

#[derive(Default)]
struct NeverClean;

impl Flaw for NeverClean {
    const NAME: &'static str = "never-clean";
    const SAYS: &'static str = "the end is inside a frame also where it is between two";
    const OF: &'static str = "length-u16";
    const FAILS: &'static [&'static str] = &[
        "framing.core.reset",
        "framing.error.clean-end",
        "framing.error.sticky",
        "framing.error.datagrams",
    ];

    fn may_end(&self, _: &dyn Framing) -> bool {
        false
    }
}

#[derive(Default)]
struct AlwaysClean;

impl Flaw for AlwaysClean {
    const NAME: &'static str = "always-clean";
    const SAYS: &'static str = "the end between two chunks of a message is a clean one";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = &["framing.chunked.end-inside-message"];

    fn may_end(&self, _: &dyn Framing) -> bool {
        true
    }
}

#[derive(Default)]
struct ResetForgotten;

impl Flaw for ResetForgotten {
    const NAME: &'static str = "reset-forgotten";
    const SAYS: &'static str = "a reset forgets nothing of the stream before";
    const OF: &'static str = "delimiter-bytes";
    const FAILS: &'static [&'static str] =
        &["framing.core.reset", "framing.error.same-however-cut", "framing.error.datagrams"];

    fn reset(&mut self, _: &mut dyn Framing) {}
}
