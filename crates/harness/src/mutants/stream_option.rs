//! Streams whose options are wrong, and what else has no better place.

use std::time::Duration;

use sockrates_core::{Endpoint, Recv, RecvBuf, RecvFlags, Result, SendFlags, SocketOption};

use super::call::{How, What, got};
use super::fault::Fault;
use super::subject::stream;
use crate::mem::MemStream;
use crate::{Caps, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<NodelayAlways>(),
        stream::<KeepaliveOn>(),
        stream::<KeepIdleHour>(),
        stream::<KeepTimesMixed>(),
        stream::<LingerUntold>(),
        stream::<BuffersHalved>(),
        stream::<KindMistaken>(),
        stream::<ListensAlways>(),
        stream::<UnknownOptionTaken>(),
        stream::<HopsBeyondRange>(),
        stream::<UrgentOrdinary>(),
        stream::<UrgentNeverInline>(),
        stream::<UrgentEmpty>(),
        stream::<WrongSideAccepted>(),
        stream::<DescriptorInherited>(),
        stream::<LastByteLost>(),
    ]
}

#[derive(Default)]
struct NodelayAlways;

impl Fault<MemStream> for NodelayAlways {
    const NAME: &'static str = "nodelay-always";
    const SAYS: &'static str = "it says that small writes are sent at once, whatever was set";
    const FAILS: &'static [&'static str] = &["stream.option.nodelay"];

    fn option(&self, end: &MemStream, option: SocketOption) -> Result<i32> {
        match option {
            SocketOption::NoDelay => Ok(1),
            other => end.option(other),
        }
    }
}

#[derive(Default)]
struct KeepaliveOn;

impl Fault<MemStream> for KeepaliveOn {
    const NAME: &'static str = "keepalive-on";
    const SAYS: &'static str = "idle connections are probed unless told not to";
    const FAILS: &'static [&'static str] = &["stream.option.keepalive"];

    fn option(&self, end: &MemStream, option: SocketOption) -> Result<i32> {
        let value = end.option(option)?;
        Ok(if option == SocketOption::KeepAlive { 1 - value } else { value })
    }

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        let on = i32::from(value == 0);
        end.set_option(option, if option == SocketOption::KeepAlive { on } else { value })
    }
}

#[derive(Default)]
struct KeepIdleHour;

impl Fault<MemStream> for KeepIdleHour {
    const NAME: &'static str = "keep-idle-hour";
    const SAYS: &'static str = "idle connections are probed after an hour, unless set otherwise";
    const FAILS: &'static [&'static str] = &["stream.option.keep-idle"];

    fn option(&self, end: &MemStream, option: SocketOption) -> Result<i32> {
        match (option, end.option(option)?) {
            (SocketOption::KeepIdle, 7200) => Ok(3600),
            (_, value) => Ok(value),
        }
    }
}

#[derive(Default)]
struct KeepTimesMixed;

impl Fault<MemStream> for KeepTimesMixed {
    const NAME: &'static str = "keep-times-mixed";
    const SAYS: &'static str = "setting the time between probes sets the time before the first";
    const FAILS: &'static [&'static str] =
        &["stream.option.keep-times", "stream.option.keep-range"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::KeepInterval => end.set_option(SocketOption::KeepIdle, value),
            other => end.set_option(other, value),
        }
    }
}

#[derive(Default)]
struct LingerUntold;

impl Fault<MemStream> for LingerUntold {
    const NAME: &'static str = "linger-untold";
    const SAYS: &'static str = "how long closing may wait is set, and never told";
    const FAILS: &'static [&'static str] = &["stream.option.linger"];

    fn linger(&self, _end: &MemStream) -> Result<Option<Duration>> {
        Ok(None)
    }
}

#[derive(Default)]
struct BuffersHalved;

impl Fault<MemStream> for BuffersHalved {
    const NAME: &'static str = "buffers-halved";
    const SAYS: &'static str = "buffers are half as large as was asked for";
    const FAILS: &'static [&'static str] = &["stream.option.buffers"];

    fn option(&self, end: &MemStream, option: SocketOption) -> Result<i32> {
        let value = end.option(option)?;
        let buffer = matches!(option, SocketOption::SendBuffer | SocketOption::RecvBuffer);
        Ok(if buffer { value / 2 } else { value })
    }
}

#[derive(Default)]
struct KindMistaken;

impl Fault<MemStream> for KindMistaken {
    const NAME: &'static str = "kind-mistaken";
    const SAYS: &'static str = "it says that it carries datagrams";
    const FAILS: &'static [&'static str] = &["stream.option.kind"];

    fn option(&self, end: &MemStream, option: SocketOption) -> Result<i32> {
        match option {
            SocketOption::SocketType => Ok(2),
            other => end.option(other),
        }
    }
}

#[derive(Default)]
struct ListensAlways;

impl Fault<MemStream> for ListensAlways {
    const NAME: &'static str = "listens-always";
    const SAYS: &'static str = "it says that it listens, whether or not";
    const FAILS: &'static [&'static str] = &["stream.option.listens"];

    fn option(&self, end: &MemStream, option: SocketOption) -> Result<i32> {
        match option {
            SocketOption::AcceptConn => Ok(1),
            other => end.option(other),
        }
    }
}

#[derive(Default)]
struct UnknownOptionTaken;

impl Fault<MemStream> for UnknownOptionTaken {
    const NAME: &'static str = "unknown-option-taken";
    const SAYS: &'static str = "an option that there is not is set without a word";
    const FAILS: &'static [&'static str] = &["stream.option.unknown"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::Raw { .. } => Ok(()),
            known => end.set_option(known, value),
        }
    }
}

#[derive(Default)]
struct HopsBeyondRange;

impl Fault<MemStream> for HopsBeyondRange {
    const NAME: &'static str = "hops-beyond-range";
    const SAYS: &'static str = "a number of hops beyond all is taken, and ignored";
    const FAILS: &'static [&'static str] = &["stream.option.hops"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        match (option, value) {
            (SocketOption::Ttl, 256..) => Ok(()),
            (option, value) => end.set_option(option, value),
        }
    }
}

#[derive(Default)]
struct UrgentOrdinary;

impl Fault<MemStream> for UrgentOrdinary {
    const NAME: &'static str = "urgent-ordinary";
    const SAYS: &'static str = "an urgent byte is sent like any other";
    const FAILS: &'static [&'static str] = &["stream.option.urgent"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        What { flags: what.flags.without(SendFlags::OOB), ..what }.send(end)
    }
}

#[derive(Default)]
struct UrgentNeverInline;

impl Fault<MemStream> for UrgentNeverInline {
    const NAME: &'static str = "urgent-never-inline";
    const SAYS: &'static str = "urgent bytes are kept apart, whatever was set";
    const FAILS: &'static [&'static str] = &["stream.option.urgent-inline"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::OobInline => Ok(()),
            other => end.set_option(other, value),
        }
    }
}

#[derive(Default)]
struct UrgentEmpty;

impl Fault<MemStream> for UrgentEmpty {
    const NAME: &'static str = "urgent-empty";
    const SAYS: &'static str = "where no byte is urgent, asking for it receives nothing";
    const FAILS: &'static [&'static str] = &["stream.option.urgent-none"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(_) if how.flags.contains(RecvFlags::OOB) => got(0),
            other => other,
        }
    }
}

#[derive(Default)]
struct WrongSideAccepted;

impl Fault<MemStream> for WrongSideAccepted {
    const NAME: &'static str = "wrong-side-accepted";
    const SAYS: &'static str = "shutting down a side that there is not succeeds";
    const FAILS: &'static [&'static str] = &["stream.eof.wrong-number"];

    fn shutdown_by_number(&self, _end: &MemStream, _how: i32) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct DescriptorInherited;

impl Fault<MemStream> for DescriptorInherited {
    const NAME: &'static str = "descriptor-inherited";
    const SAYS: &'static str = "its descriptor stays open in the programs that this one starts";
    const FAILS: &'static [&'static str] =
        &["stream.listen.close-on-exec", "cross.process.close-on-exec"];
    const ADDS: Caps = Caps::FD;

    /// The standard input is there, and is meant to be inherited.
    fn fileno(&self, _end: &MemStream) -> Option<i64> {
        Some(0)
    }
}

#[derive(Default)]
struct LastByteLost;

impl Fault<MemStream> for LastByteLost {
    const NAME: &'static str = "last-byte-lost";
    const SAYS: &'static str = "the last byte of a receive of 300 bytes is another";
    const FAILS: &'static [&'static str] = &["stream.io.uninit"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if buf.remaining() != 300 {
            return how.recv(end, buf);
        }
        let mut memory = [0; 300];
        let mut own = RecvBuf::new(&mut memory);
        let received = how.recv(end, &mut own)?;
        let mut bytes = own.filled().to_vec();
        bytes.last_mut().into_iter().for_each(|last| *last ^= 1);
        buf.append(&bytes);
        Ok(received)
    }
}
