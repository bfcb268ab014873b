//! Datagram sockets whose options are wrong, or what they tell.

use std::time::Duration;

use sockrates_core::{Control, Endpoint, RecvBuf, RecvControl, Result, SocketOption};

use super::call::How;
use super::fault::Fault;
use super::subject::{datagram, inet_datagram};
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<KindOfStream>(),
        datagram::<UnknownTaken>(),
        datagram::<DatagramBuffersHalved>(),
        datagram::<DatagramHopsBeyond>(),
        inet_datagram::<GroupFar>(),
        inet_datagram::<GroupLoopStuck>(),
        datagram::<HopsToldLate>(),
        datagram::<ClassToldWrong>(),
        inet_datagram::<InterfaceUntold>(),
        datagram::<TimeToldWrong>(),
        datagram::<UntoldUnseen>(),
    ]
}

#[derive(Default)]
struct KindOfStream;

impl Fault<MemDatagram> for KindOfStream {
    const NAME: &'static str = "kind-of-stream";
    const SAYS: &'static str = "it says that it carries a stream";
    const FAILS: &'static [&'static str] = &["datagram.option.kind"];

    fn option(&self, end: &MemDatagram, option: SocketOption) -> Result<i32> {
        match option {
            SocketOption::SocketType => Ok(1),
            other => end.option(other),
        }
    }
}

#[derive(Default)]
struct UnknownTaken;

impl Fault<MemDatagram> for UnknownTaken {
    const NAME: &'static str = "unknown-taken";
    const SAYS: &'static str = "an option that there is not is set without a word";
    const FAILS: &'static [&'static str] = &["datagram.option.unknown"];

    fn set_option(&self, end: &MemDatagram, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::Raw { .. } => Ok(()),
            known => end.set_option(known, value),
        }
    }
}

#[derive(Default)]
struct DatagramBuffersHalved;

impl Fault<MemDatagram> for DatagramBuffersHalved {
    const NAME: &'static str = "datagram-buffers-halved";
    const SAYS: &'static str = "buffers are half as large as was asked for";
    const FAILS: &'static [&'static str] = &["datagram.option.buffers"];

    fn option(&self, end: &MemDatagram, option: SocketOption) -> Result<i32> {
        let value = end.option(option)?;
        let buffer = matches!(option, SocketOption::SendBuffer | SocketOption::RecvBuffer);
        Ok(if buffer { value / 2 } else { value })
    }
}

#[derive(Default)]
struct DatagramHopsBeyond;

impl Fault<MemDatagram> for DatagramHopsBeyond {
    const NAME: &'static str = "datagram-hops-beyond";
    const SAYS: &'static str = "a number of hops beyond all is taken, and ignored";
    const FAILS: &'static [&'static str] = &["datagram.option.hops"];

    fn set_option(&self, end: &MemDatagram, option: SocketOption, value: i32) -> Result<()> {
        match (option, value) {
            (SocketOption::Ttl, 256..) => Ok(()),
            (option, value) => end.set_option(option, value),
        }
    }
}

#[derive(Default)]
struct GroupFar;

impl Fault<MemDatagram> for GroupFar {
    const NAME: &'static str = "group-far";
    const SAYS: &'static str = "what is sent to a group passes 64 routers, unless set otherwise";
    const FAILS: &'static [&'static str] = &["datagram.option.group-hops"];

    fn option(&self, end: &MemDatagram, option: SocketOption) -> Result<i32> {
        match (option, end.option(option)?) {
            (SocketOption::MulticastTtl, 1) => Ok(64),
            (_, value) => Ok(value),
        }
    }
}

#[derive(Default)]
struct GroupLoopStuck;

impl Fault<MemDatagram> for GroupLoopStuck {
    const NAME: &'static str = "group-loop-stuck";
    const SAYS: &'static str = "whether groups reach this machine cannot be changed";
    const FAILS: &'static [&'static str] = &["datagram.option.group-loop"];

    fn set_option(&self, end: &MemDatagram, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::MulticastLoop => Ok(()),
            other => end.set_option(other, value),
        }
    }
}

#[derive(Default)]
struct HopsToldLate;

impl Fault<MemDatagram> for HopsToldLate {
    const NAME: &'static str = "hops-told-late";
    const SAYS: &'static str = "the hops told are one fewer, as if counted after a router";
    const FAILS: &'static [&'static str] = &["datagram.option.told-hops"];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let mut got = end.recv_with_control(buf, room, how.flags, how.deadline)?;
        for told in &mut got.control {
            if let Control::Ttl(hops) = told {
                *hops = hops.saturating_sub(1);
            }
        }
        Ok(got)
    }
}

#[derive(Default)]
struct ClassToldWrong;

impl Fault<MemDatagram> for ClassToldWrong {
    const NAME: &'static str = "class-told-wrong";
    const SAYS: &'static str = "the class told is always the ordinary one";
    const FAILS: &'static [&'static str] = &["datagram.option.told-class"];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let mut got = end.recv_with_control(buf, room, how.flags, how.deadline)?;
        for told in &mut got.control {
            if let Control::Tos(class) = told {
                *class = 0;
            }
        }
        Ok(got)
    }
}

#[derive(Default)]
struct InterfaceUntold;

impl Fault<MemDatagram> for InterfaceUntold {
    const NAME: &'static str = "interface-untold";
    const SAYS: &'static str = "the interface told is none";
    const FAILS: &'static [&'static str] = &["datagram.option.told-destination"];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let mut got = end.recv_with_control(buf, room, how.flags, how.deadline)?;
        for told in &mut got.control {
            if let Control::PacketInfo { interface, .. } = told {
                *interface = 0;
            }
        }
        Ok(got)
    }
}

#[derive(Default)]
struct TimeToldWrong;

impl Fault<MemDatagram> for TimeToldWrong {
    const NAME: &'static str = "time-told-wrong";
    const SAYS: &'static str = "the time told is that of 1970";
    const FAILS: &'static [&'static str] = &["datagram.option.told-time"];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let mut got = end.recv_with_control(buf, room, how.flags, how.deadline)?;
        for told in &mut got.control {
            if let Control::Timestamp(time) = told {
                *time = Duration::ZERO;
            }
        }
        Ok(got)
    }
}

#[derive(Default)]
struct UntoldUnseen;

impl Fault<MemDatagram> for UntoldUnseen {
    const NAME: &'static str = "untold-unseen";
    const SAYS: &'static str = "that something told was lost does not show";
    const FAILS: &'static [&'static str] = &[
        "datagram.option.untold",
        "cross.rights.no-room",
        "cross.rights.some-room",
        "cross.rights.no-numbers",
    ];

    fn recv_with_control(
        &self,
        end: &MemDatagram,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        let mut got = end.recv_with_control(buf, room, how.flags, how.deadline)?;
        got.control_truncated = false;
        Ok(got)
    }
}
