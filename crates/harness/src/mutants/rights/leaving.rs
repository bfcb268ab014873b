//! Descriptors that stay open though nobody has them.

use sockrates_core::{Deadline, Endpoint, Recv, RecvBuf, RecvControl, RecvFlags, Result};

use super::{ROOM, changed};
use crate::Mutant;
use crate::mem::{MemDatagram, MemStream};
use crate::mutants::call::{How, got};
use crate::mutants::fault::Fault;
use crate::mutants::subject::{datagram, stream};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<RightsLeakWithoutRoom>(),
        datagram::<LetterLeaksWithoutRoom>(),
        stream::<PlainReceiveLeaks>(),
        stream::<RightsOutliveReceiver>(),
    ]
}

/// Receives with room for everything, and forgets what there was no room for.
fn leak<E: crate::mutants::fault::End>(
    end: &E,
    buf: &mut RecvBuf<'_>,
    room: usize,
    how: How,
) -> Result<RecvControl> {
    let got = how.recv_with_control(end, buf, room.max(ROOM))?;
    let mut lost = got.control_truncated;
    let got = changed(got, |mut fds| {
        let fits = |n: &usize| sockrates_core::Control::room_for_rights(*n) <= room;
        let most = (0..=fds.len()).rev().find(fits).unwrap_or(0);
        let over = fds.split_off(most);
        lost |= !over.is_empty();
        std::mem::forget(over);
        fds
    });
    Ok(RecvControl { control_truncated: lost, ..got })
}

#[derive(Default)]
struct RightsLeakWithoutRoom;

impl Fault<MemStream> for RightsLeakWithoutRoom {
    const NAME: &'static str = "rights-leak-without-room";
    const SAYS: &'static str = "descriptors for which there is no room stay open";
    const FAILS: &'static [&'static str] = &["cross.rights.no-room", "cross.rights.some-room"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        leak(end, buf, room, how)
    }
}

#[derive(Default)]
struct LetterLeaksWithoutRoom;

impl Fault<MemDatagram> for LetterLeaksWithoutRoom {
    const NAME: &'static str = "letter-leaks-without-room";
    const SAYS: &'static str = "descriptors of a datagram for which there is no room stay open";
    const FAILS: &'static [&'static str] =
        &["cross.rights.no-room", "cross.rights.some-room", "datagram.option.untold"];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        leak(end, buf, room, how)
    }
}

#[derive(Default)]
struct PlainReceiveLeaks;

impl Fault<MemStream> for PlainReceiveLeaks {
    const NAME: &'static str = "plain-receive-leaks";
    const SAYS: &'static str = "descriptors that a plain receive does not ask for stay open";
    const FAILS: &'static [&'static str] = &["cross.rights.plain-receive"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if how.flags != RecvFlags::NONE {
            return how.recv(end, buf);
        }
        let received = how.recv_with_control(end, buf, ROOM)?;
        let len = received.len;
        std::mem::forget(received.into_rights());
        got(len)
    }
}

#[derive(Default)]
struct RightsOutliveReceiver;

impl Fault<MemStream> for RightsOutliveReceiver {
    const NAME: &'static str = "rights-outlive-receiver";
    const SAYS: &'static str = "descriptors that nobody has received stay open";
    const FAILS: &'static [&'static str] = &["cross.rights.receiver-gone"];

    fn dropped(&self, end: &MemStream) {
        let mut memory = [0; 64];
        let (mut buf, look) = (RecvBuf::new(&mut memory), RecvFlags::PEEK | RecvFlags::DONTWAIT);
        if let Ok(left) = end.recv_with_control(&mut buf, ROOM, look, Deadline::NEVER) {
            std::mem::forget(left.into_rights());
        }
    }
}
