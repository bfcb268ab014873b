//! Streams that send only a part of what they were given.

use std::io::IoSlice;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Result, SendFlags};

use super::call::{What, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<FirstSliceOnly>(),
        stream::<SlicesReversed>(),
        stream::<EmptySliceEnds>(),
        stream::<MoreDrops>(),
        stream::<SendHeldBack>(),
    ]
}

#[derive(Default)]
struct FirstSliceOnly;

impl Fault<MemStream> for FirstSliceOnly {
    const NAME: &'static str = "first-slice-only";
    const SAYS: &'static str = "of several slices only the first is sent, and all are counted";
    const FAILS: &'static [&'static str] =
        &["stream.io.empty-parts", "stream.io.many-parts", "stream.io.vectored"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let Some((first, rest)) = what.bytes.split_first() else { return what.send(end) };
        let sent = what.send_as(end, first)?;
        let more: usize = rest.iter().map(|slice| slice.len()).sum();
        Ok(if sent == first.len() { sent + more } else { sent })
    }
}

#[derive(Default)]
struct SlicesReversed;

impl Fault<MemStream> for SlicesReversed {
    const NAME: &'static str = "slices-reversed";
    const SAYS: &'static str = "of several slices the last is sent first";
    const FAILS: &'static [&'static str] =
        &["stream.io.empty-parts", "stream.io.many-parts", "stream.io.vectored"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let reversed: Vec<IoSlice<'_>> = what.bytes.iter().rev().copied().collect();
        What { bytes: &reversed, ..what }.send(end)
    }
}

#[derive(Default)]
struct EmptySliceEnds;

impl Fault<MemStream> for EmptySliceEnds {
    const NAME: &'static str = "empty-slice-ends";
    const SAYS: &'static str =
        "an empty slice is taken for the end of the list, and all are counted";
    const FAILS: &'static [&'static str] = &["stream.io.empty-parts"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let count = what.bytes.iter().take_while(|slice| !slice.is_empty()).count();
        let sent = What { bytes: &what.bytes[..count], ..what };
        let cut = what.len() - sent.len();
        Ok(sent.send(end)? + cut)
    }
}

#[derive(Default)]
struct MoreDrops;

impl Fault<MemStream> for MoreDrops {
    const NAME: &'static str = "more-drops";
    const SAYS: &'static str = "what is sent with MORE is counted and never sent";
    const FAILS: &'static [&'static str] = &["stream.io.more"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if what.flags.contains(SendFlags::MORE) { Ok(what.len()) } else { what.send(end) }
    }
}

#[derive(Default)]
struct SendHeldBack {
    sends: AtomicUsize,
    held: Mutex<Vec<u8>>,
}

impl Fault<MemStream> for SendHeldBack {
    const NAME: &'static str = "send-held-back";
    const SAYS: &'static str = "the 25th send is held back until the next one";
    const FAILS: &'static [&'static str] = &["stream.io.prompt"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let mut held = locked(&self.held);
        if self.sends.fetch_add(1, SeqCst) == 24 && what.len() <= 100 {
            held.extend(what.whole());
            return Ok(what.len());
        }
        if !held.is_empty() {
            what.send_as(end, &held)?;
            held.clear();
        }
        drop(held);
        what.send(end)
    }
}
