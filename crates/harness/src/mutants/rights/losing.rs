//! What does not arrive, or not as it was.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use sockrates_core::{
    Deadline, Errno, Error, Op, RecvBuf, RecvControl, RecvFlags, Result, SendFlags, Transport,
};

use super::changed;
use crate::Mutant;
use crate::mem::{MemDatagram, MemStream};
use crate::mutants::call::How;
use crate::mutants::fault::Fault;
use crate::mutants::subject::{datagram, stream};
use crate::process::keep_on_exec;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<RightsReopened>(),
        stream::<RightsFirstOnly>(),
        stream::<RightsInherited>(),
        stream::<RightsDieWithSender>(),
        stream::<RightsDieByPeek>(),
        stream::<RightsLossUnshown>(),
        stream::<RightsNoNumberFails>(),
        datagram::<TruncatedLosesRights>(),
    ]
}

#[derive(Default)]
struct RightsReopened;

impl Fault<MemStream> for RightsReopened {
    const NAME: &'static str = "rights-reopened";
    const SAYS: &'static str = "a descriptor that arrives is of the same file, opened anew";
    const FAILS: &'static [&'static str] = &["cross.rights.arrives"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        let reopened = |fd: OwnedFd| {
            let anew = File::open(format!("/dev/fd/{}", fd.as_raw_fd()));
            anew.map_or(fd, OwnedFd::from)
        };
        Ok(changed(got, |fds| fds.into_iter().map(reopened).collect()))
    }
}

#[derive(Default)]
struct RightsFirstOnly;

impl Fault<MemStream> for RightsFirstOnly {
    const NAME: &'static str = "rights-first-only";
    const SAYS: &'static str = "of several descriptors only the first arrives";
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
        Ok(changed(got, |fds| fds.into_iter().take(1).collect()))
    }
}

#[derive(Default)]
struct RightsInherited;

impl Fault<MemStream> for RightsInherited {
    const NAME: &'static str = "rights-inherited";
    const SAYS: &'static str =
        "descriptors that arrive stay open in the programs that this one starts";
    const FAILS: &'static [&'static str] = &["cross.rights.close-on-exec"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        Ok(changed(got, |fds| {
            fds.iter().for_each(|fd| keep_on_exec(fd.as_fd()));
            fds
        }))
    }
}

#[derive(Default)]
struct RightsDieWithSender;

impl Fault<MemStream> for RightsDieWithSender {
    const NAME: &'static str = "rights-die-with-sender";
    const SAYS: &'static str = "descriptors on their way are lost when their sender is gone";
    const FAILS: &'static [&'static str] = &["cross.rights.sender-gone"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        let gone = end.send_msg(&[], None, SendFlags::DONTWAIT, Deadline::NEVER).is_err();
        Ok(changed(got, |fds| if gone { Vec::new() } else { fds }))
    }
}

#[derive(Default)]
struct RightsDieByPeek(AtomicBool);

impl Fault<MemStream> for RightsDieByPeek {
    const NAME: &'static str = "rights-die-by-peek";
    const SAYS: &'static str = "a peek takes the descriptors away";
    const FAILS: &'static [&'static str] = &["cross.rights.peek"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        let peeked = self.0.swap(how.flags.contains(RecvFlags::PEEK), Ordering::Relaxed);
        Ok(changed(got, |fds| if peeked { Vec::new() } else { fds }))
    }
}

#[derive(Default)]
struct RightsLossUnshown;

impl Fault<MemStream> for RightsLossUnshown {
    const NAME: &'static str = "rights-loss-unshown";
    const SAYS: &'static str = "that descriptors were lost does not show";
    const FAILS: &'static [&'static str] =
        &["cross.rights.no-room", "cross.rights.some-room", "cross.rights.no-numbers"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        Ok(RecvControl { control_truncated: false, ..got })
    }
}

#[derive(Default)]
struct RightsNoNumberFails;

impl Fault<MemStream> for RightsNoNumberFails {
    const NAME: &'static str = "rights-no-number-fails";
    const SAYS: &'static str =
        "where no number is left for a descriptor, the receive fails and its bytes are lost";
    const FAILS: &'static [&'static str] = &["cross.rights.no-numbers"];

    fn recv_with_control(
        &self,
        end: &MemStream,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        if room > 0 && got.control_truncated && got.control.is_empty() {
            return Err(Error::os(Op::Recv, Errno::EMFILE));
        }
        Ok(got)
    }
}

#[derive(Default)]
struct TruncatedLosesRights;

impl Fault<MemDatagram> for TruncatedLosesRights {
    const NAME: &'static str = "truncated-loses-rights";
    const SAYS: &'static str = "a datagram whose tail is lost loses its descriptors too";
    const FAILS: &'static [&'static str] = &["datagram.rights.truncated"];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let got = how.recv_with_control(end, buf, room)?;
        let truncated = got.truncated;
        Ok(changed(got, |fds| if truncated { Vec::new() } else { fds }))
    }
}
