//! Descriptors in the wrong order, at the wrong place, or too many.

use std::fs::File;
use std::os::fd::OwnedFd;

use sockrates_core::{Deadline, RecvBuf, RecvControl, RecvFlags, Result};

use super::{ROOM, changed};
use crate::Mutant;
use crate::mem::{MemDatagram, MemStream};
use crate::mutants::call::How;
use crate::mutants::fault::Fault;
use crate::mutants::subject::{datagram, stream};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<RightsReversed>(),
        stream::<RightsFromNowhere>(),
        stream::<RightsMerged>(),
        datagram::<RightsEarly>(),
    ]
}

/// What comes next, without waiting for it.
const NEXT: How = How { flags: RecvFlags::DONTWAIT, deadline: Deadline::NEVER };

#[derive(Default)]
struct RightsReversed;

impl Fault<MemStream> for RightsReversed {
    const NAME: &'static str = "rights-reversed";
    const SAYS: &'static str = "several descriptors arrive in the opposite order";
    const FAILS: &'static [&'static str] =
        &["cross.rights.arrives", "cross.rights.order", "cross.rights.some-room"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        Ok(changed(got, |fds| fds.into_iter().rev().collect()))
    }
}

#[derive(Default)]
struct RightsFromNowhere;

impl Fault<MemStream> for RightsFromNowhere {
    const NAME: &'static str = "rights-from-nowhere";
    const SAYS: &'static str = "where no descriptor was sent, one arrives";
    const FAILS: &'static [&'static str] = &[
        "cross.rights.none",
        "cross.rights.most",
        "cross.rights.unknown",
        "stream.rights.needs-byte",
        "stream.rights.after",
        "stream.rights.first-byte",
    ];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        let any = || File::open("/dev/null").into_iter().map(OwnedFd::from).collect();
        let lost = got.control_truncated;
        Ok(changed(got, |fds| if fds.is_empty() && !lost { any() } else { fds }))
    }
}

#[derive(Default)]
struct RightsMerged;

impl Fault<MemStream> for RightsMerged {
    const NAME: &'static str = "rights-merged";
    const SAYS: &'static str = "a receive goes on beyond the bytes that descriptors came with";
    const FAILS: &'static [&'static str] = &["stream.rights.apart", "stream.rights.after"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let mut got = how.recv_with_control(end, buf, room)?;
        if buf.remaining() > 0
            && how.flags == RecvFlags::NONE
            && let Ok(more) = NEXT.recv_with_control(end, buf, room)
        {
            got.len += more.len;
            got.control.extend(more.control);
            got.control_truncated |= more.control_truncated;
        }
        Ok(got)
    }
}

#[derive(Default)]
struct RightsEarly;

impl Fault<MemDatagram> for RightsEarly {
    const NAME: &'static str = "rights-early";
    const SAYS: &'static str = "the descriptors of the next datagram come with this one too";
    const FAILS: &'static [&'static str] = &["datagram.rights.apart"];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        if how.flags != RecvFlags::NONE || room < ROOM {
            return Ok(got);
        }
        let look = NEXT.with(RecvFlags::PEEK);
        let next = look.recv_with_control(end, &mut RecvBuf::new(&mut []), room);
        let early = next.map_or_else(|_| Vec::new(), RecvControl::into_rights);
        Ok(changed(got, |fds| fds.into_iter().chain(early).collect()))
    }
}
