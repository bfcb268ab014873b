//! Frames that are announced wrongly, or wrongly taken as announced.

use sockrates_core::{Announced, FrameError, Framing};

use super::flaw::{Flaw, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<OneLess>(),
        framing::<HeadCounted>(),
        framing::<TailUnseen>(),
        framing::<NeverFinished>(),
    ]
}

/// Where frames arrive in pieces, however they are taken.
const IN_PIECES: &[&str] = &["framing.core.chunking", "framing.error.same-however-cut"];

#[derive(Default)]
struct OneLess;

impl Flaw for OneLess {
    const NAME: &'static str = "announces-one-less";
    const SAYS: &'static str = "a byte less is announced than the body has";
    const OF: &'static str = "length-u32";
    const FAILS: &'static [&'static str] = IN_PIECES;

    fn announced(&self, right: &dyn Framing, window: &[u8]) -> Option<Announced> {
        let right = right.announced(window)?;
        Some(Announced { body: right.body.saturating_sub(1), ..right })
    }
}

#[derive(Default)]
struct HeadCounted;

impl Flaw for HeadCounted {
    const NAME: &'static str = "announces-head-too";
    const SAYS: &'static str = "the length announced counts what goes before the body";
    const OF: &'static str = "varint-leb128";
    const FAILS: &'static [&'static str] = IN_PIECES;

    fn announced(&self, right: &dyn Framing, window: &[u8]) -> Option<Announced> {
        let right = right.announced(window)?;
        Some(Announced { body: right.body + right.head, ..right })
    }
}

#[derive(Default)]
struct TailUnseen;

impl Flaw for TailUnseen {
    const NAME: &'static str = "announced-tail-unseen";
    const SAYS: &'static str = "the comma behind a body is not looked at where it was announced";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &["framing.error.same-however-cut"];

    fn announced(&self, right: &dyn Framing, window: &[u8]) -> Option<Announced> {
        right.announced(window)
    }

    fn finish(&mut self, _: &mut dyn Framing, _: &Announced, _: &[u8]) -> Result<(), FrameError> {
        Ok(())
    }
}

#[derive(Default)]
struct NeverFinished;

impl Flaw for NeverFinished {
    const NAME: &'static str = "announced-never-finished";
    const SAYS: &'static str = "a chunk that was taken as announced is still waited for";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = IN_PIECES;

    fn announced(&self, right: &dyn Framing, window: &[u8]) -> Option<Announced> {
        right.announced(window)
    }

    fn finish(&mut self, _: &mut dyn Framing, _: &Announced, _: &[u8]) -> Result<(), FrameError> {
        Ok(())
    }
}
