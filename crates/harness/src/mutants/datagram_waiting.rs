//! Datagrams that wait too long, too short, or are harmed by it.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Error, Mode, Op, Recv, RecvBuf, Result, Transport};

use super::call::{How, What};
use super::fault::Fault;
use super::subject::datagram;
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<DatagramLateRecvLoses>(),
        datagram::<DatagramDeadlineIgnored>(),
        datagram::<DatagramTimeoutIgnored>(),
        datagram::<DatagramTimeoutSticks>(),
        datagram::<DatagramTimeoutEarly>(),
        datagram::<DatagramTimeoutLoses>(),
        datagram::<DatagramTimeoutPoisons>(),
        datagram::<DatagramLateSendInvalid>(),
    ]
}

fn timed_out<T>(op: Op) -> Result<T> {
    Err(Error::TimedOut { op, done: 0 })
}

#[derive(Default)]
struct DatagramDeadlineIgnored;

impl Fault<MemDatagram> for DatagramDeadlineIgnored {
    const NAME: &'static str = "datagram-deadline-ignored";
    const SAYS: &'static str = "a receive waits on after its deadline";
    const FAILS: &'static [&'static str] = &[
        "datagram.deadline.idle",
        "datagram.deadline.loses-nothing",
        "datagram.deadline.minimum",
        "datagram.deadline.past-recv",
        "datagram.deadline.recv-fires",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        How { deadline: Deadline::NEVER, ..how }.recv(end, buf)
    }
}

#[derive(Default)]
struct DatagramTimeoutIgnored;

impl Fault<MemDatagram> for DatagramTimeoutIgnored {
    const NAME: &'static str = "datagram-timeout-ignored";
    const SAYS: &'static str = "a timeout mode is accepted and then blocks for ever";
    const FAILS: &'static [&'static str] = &[
        "cross.errno.timed-out",
        "datagram.deadline.cleared",
        "datagram.deadline.interrupted-timeout",
        "datagram.deadline.minimum",
        "datagram.deadline.mode-kept",
        "datagram.deadline.timeout-fires",
        "datagram.deadline.usable",
        "datagram.message.dont-wait",
    ];

    fn set_mode(&self, end: &MemDatagram, mode: Mode) -> Result<()> {
        end.set_mode(if matches!(mode, Mode::Timeout(_)) { Mode::Blocking } else { mode })
    }
}

#[derive(Default)]
struct DatagramTimeoutSticks;

impl Fault<MemDatagram> for DatagramTimeoutSticks {
    const NAME: &'static str = "datagram-timeout-sticks";
    const SAYS: &'static str = "a timeout mode cannot be turned off again";
    const FAILS: &'static [&'static str] =
        &["datagram.deadline.cleared", "datagram.deadline.mode-kept"];

    fn set_mode(&self, end: &MemDatagram, mode: Mode) -> Result<()> {
        match (end.mode(), mode) {
            (Mode::Timeout(_), Mode::Blocking) => Ok(()),
            _ => end.set_mode(mode),
        }
    }
}

#[derive(Default)]
struct DatagramTimeoutEarly;

impl Fault<MemDatagram> for DatagramTimeoutEarly {
    const NAME: &'static str = "datagram-timeout-early";
    const SAYS: &'static str =
        "a receive that may wait for less than 100 ms gives up after a tenth of that";
    const FAILS: &'static [&'static str] = &[
        "datagram.deadline.interrupted-timeout",
        "datagram.deadline.recv-fires",
        "datagram.deadline.timeout-fires",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let left = end.mode().deadline(how.deadline).remaining();
        let part = left.filter(|left| *left < Duration::from_millis(100)).map(|left| left / 10);
        let Some(part) = part else { return how.recv(end, buf) };
        How { deadline: Deadline::after(part), ..how }.recv(end, buf)
    }
}

#[derive(Default)]
struct DatagramTimeoutLoses(AtomicBool);

impl Fault<MemDatagram> for DatagramTimeoutLoses {
    const NAME: &'static str = "datagram-timeout-takes-the-next";
    const SAYS: &'static str = "a receive that timed out takes the next message that arrives";
    const FAILS: &'static [&'static str] = &[
        "datagram.deadline.cleared",
        "datagram.deadline.interrupted-timeout",
        "datagram.deadline.loses-nothing",
        "datagram.deadline.minimum",
        "datagram.deadline.past-recv",
        "datagram.deadline.usable",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if self.0.load(SeqCst) {
            how.recv(end, &mut RecvBuf::new(&mut [0; 8])).map(drop)?;
            self.0.store(false, SeqCst);
        }
        let received = how.recv(end, buf);
        self.0.fetch_or(received.as_ref().is_err_and(Error::is_timeout), SeqCst);
        received
    }
}

#[derive(Default)]
struct DatagramTimeoutPoisons(AtomicBool);

impl Fault<MemDatagram> for DatagramTimeoutPoisons {
    const NAME: &'static str = "datagram-timeout-poisons";
    const SAYS: &'static str = "after a receive has timed out every receive times out at once";
    const FAILS: &'static [&'static str] = &[
        "datagram.deadline.cleared",
        "datagram.deadline.interrupted-timeout",
        "datagram.deadline.loses-nothing",
        "datagram.deadline.minimum",
        "datagram.deadline.past-recv",
        "datagram.deadline.usable",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if self.0.load(SeqCst) {
            return timed_out(Op::Recv);
        }
        let received = how.recv(end, buf);
        self.0.fetch_or(received.as_ref().is_err_and(Error::is_timeout), SeqCst);
        received
    }
}

#[derive(Default)]
struct DatagramLateSendInvalid;

impl Fault<MemDatagram> for DatagramLateSendInvalid {
    const NAME: &'static str = "datagram-late-send-invalid";
    const SAYS: &'static str = "a send after its deadline is refused as invalid";
    const FAILS: &'static [&'static str] = &["datagram.deadline.past-send"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.deadline.has_passed() {
            return Err(Error::os(Op::Send, Errno::EINVAL));
        }
        what.send(end)
    }
}

#[derive(Default)]
struct DatagramLateRecvLoses;

impl Fault<MemDatagram> for DatagramLateRecvLoses {
    const NAME: &'static str = "datagram-late-recv-loses";
    const SAYS: &'static str =
        "a receive after its deadline takes a message that has arrived, and times out";
    const FAILS: &'static [&'static str] =
        &["datagram.deadline.loses-nothing", "datagram.deadline.past-ready"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let late = how.deadline.has_passed();
        let received = how.recv(end, buf)?;
        if late { timed_out(Op::Recv) } else { Ok(received) }
    }
}
