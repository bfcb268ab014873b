//! Sends of descriptors that should be refused, or go with the wrong byte.

use std::io::IoSlice;

use sockrates_core::{ControlRef, Error, Result, Transport};

use crate::mem::{MemDatagram, MemStream};
use crate::mutants::call::Beside;
use crate::mutants::fault::Fault;
use crate::mutants::subject::{datagram, stream};
use crate::{Caps, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<TooManyRightsCut>(),
        stream::<TooManyRightsHalfSent>(),
        stream::<UnknownControlIgnored>(),
        stream::<RightsWithoutByteLost>(),
        stream::<RightsLate>(),
        datagram::<EmptyLosesRights>(),
        stream::<RightsUndeclared>(),
    ]
}

#[derive(Default)]
struct TooManyRightsCut;

impl Fault<MemStream> for TooManyRightsCut {
    const NAME: &'static str = "too-many-rights-cut";
    const SAYS: &'static str = "of more descriptors than it carries, it sends the first ones";
    const FAILS: &'static [&'static str] = &["cross.rights.most"];

    fn send_with_control(&self, end: &MemStream, beside: Beside<'_>) -> Result<usize> {
        match beside.control {
            [ControlRef::Rights(fds)] if fds.len() > 253 => {
                Beside { control: &[ControlRef::Rights(&fds[..253])], ..beside }.send(end)
            }
            _ => beside.send(end),
        }
    }
}

#[derive(Default)]
struct TooManyRightsHalfSent;

impl Fault<MemStream> for TooManyRightsHalfSent {
    const NAME: &'static str = "too-many-rights-half-sent";
    const SAYS: &'static str =
        "what carries too many descriptors is refused, and its bytes are sent";
    const FAILS: &'static [&'static str] = &["cross.rights.most"];

    fn send_with_control(&self, end: &MemStream, beside: Beside<'_>) -> Result<usize> {
        let sent = beside.send(end);
        if matches!(sent, Err(Error::Invalid { .. })) {
            end.send_msg(beside.bytes, None, beside.flags, beside.deadline)?;
        }
        sent
    }
}

#[derive(Default)]
struct UnknownControlIgnored;

impl Fault<MemStream> for UnknownControlIgnored {
    const NAME: &'static str = "unknown-control-ignored";
    const SAYS: &'static str = "a control message of an unknown kind is dropped without a word";
    const FAILS: &'static [&'static str] = &["cross.rights.unknown"];

    fn send_with_control(&self, end: &MemStream, beside: Beside<'_>) -> Result<usize> {
        match beside.control {
            [ControlRef::Raw { .. }] => Beside { control: &[], ..beside }.send(end),
            _ => beside.send(end),
        }
    }
}

#[derive(Default)]
struct RightsWithoutByteLost;

impl Fault<MemStream> for RightsWithoutByteLost {
    const NAME: &'static str = "rights-without-byte-lost";
    const SAYS: &'static str = "descriptors without a byte are taken, and lost";
    const FAILS: &'static [&'static str] = &["stream.rights.needs-byte"];

    fn send_with_control(&self, end: &MemStream, beside: Beside<'_>) -> Result<usize> {
        match beside.whole()[..] {
            [] => Ok(0),
            _ => beside.send(end),
        }
    }
}

#[derive(Default)]
struct RightsLate;

impl Fault<MemStream> for RightsLate {
    const NAME: &'static str = "rights-late";
    const SAYS: &'static str = "descriptors come with the last byte of their send";
    const FAILS: &'static [&'static str] =
        &["stream.rights.first-byte", "cross.rights.most", "cross.rights.unknown"];

    fn send_with_control(&self, end: &MemStream, beside: Beside<'_>) -> Result<usize> {
        let whole = beside.whole();
        let Some((last, before @ [_, ..])) = whole.split_last() else { return beside.send(end) };
        end.send_msg(&[IoSlice::new(before)], None, beside.flags, beside.deadline)?;
        let last = [*last];
        Beside { bytes: &[IoSlice::new(&last)], ..beside }.send(end)?;
        Ok(whole.len())
    }
}

#[derive(Default)]
struct EmptyLosesRights;

impl Fault<MemDatagram> for EmptyLosesRights {
    const NAME: &'static str = "empty-loses-rights";
    const SAYS: &'static str = "an empty datagram is sent without its descriptors";
    const FAILS: &'static [&'static str] = &["datagram.rights.empty"];

    fn send_with_control(&self, end: &MemDatagram, beside: Beside<'_>) -> Result<usize> {
        match beside.whole()[..] {
            [] => Beside { control: &[], ..beside }.send(end),
            _ => beside.send(end),
        }
    }
}

#[derive(Default)]
struct RightsUndeclared;

impl Fault<MemStream> for RightsUndeclared {
    const NAME: &'static str = "rights-undeclared";
    const SAYS: &'static str = "it passes descriptors, and does not declare it";
    const FAILS: &'static [&'static str] = &["cross.capability.operations"];
    const LACKS: Caps = Caps::RIGHTS;
}
