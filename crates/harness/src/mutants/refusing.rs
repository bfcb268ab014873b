//! Datagrams that are refused, and sockets that refuse, wrongly.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result,
};

use super::call::{How, What, is};
use super::fault::Fault;
use super::subject::{connected, datagram};
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<NoDestination>(),
        datagram::<PortZeroTaken>(),
        datagram::<FamilyUnchecked>(),
        connected::<RefusalSticks>(),
        connected::<RefusalSilent>(),
        connected::<RefusalEats>(),
        datagram::<ListenPretended>(),
        datagram::<DatagramAcceptInvalid>(),
    ]
}

#[derive(Default)]
struct NoDestination;

impl Fault<MemDatagram> for NoDestination {
    const NAME: &'static str = "no-destination";
    const SAYS: &'static str = "sending without a destination succeeds, to nobody";
    const FAILS: &'static [&'static str] =
        &["datagram.address.disconnect", "datagram.address.no-destination"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        match what.send(end) {
            Err(error) if is(&error, Errno::EDESTADDRREQ) => Ok(what.len()),
            other => other,
        }
    }
}

#[derive(Default)]
struct PortZeroTaken;

impl Fault<MemDatagram> for PortZeroTaken {
    const NAME: &'static str = "port-zero-taken";
    const SAYS: &'static str = "sending to port 0 succeeds, to nobody";
    const FAILS: &'static [&'static str] = &["datagram.address.port-zero"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.to == Some(&Addr::Token(0)) { Ok(what.len()) } else { what.send(end) }
    }
}

#[derive(Default)]
struct FamilyUnchecked;

impl Fault<MemDatagram> for FamilyUnchecked {
    const NAME: &'static str = "family-unchecked";
    const SAYS: &'static str = "sending to an address of another family succeeds, to nobody";
    const FAILS: &'static [&'static str] = &["datagram.address.wrong-family"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        match what.send(end) {
            Err(error) if is(&error, Errno::EAFNOSUPPORT) => Ok(what.len()),
            other => other,
        }
    }
}

#[derive(Default)]
struct RefusalSticks(AtomicBool);

impl Fault<MemDatagram> for RefusalSticks {
    const NAME: &'static str = "refusal-sticks";
    const SAYS: &'static str = "once refused, every later operation fails";
    const FAILS: &'static [&'static str] =
        &["datagram.error.keeps-queue", "datagram.error.once", "datagram.error.usable"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        self.remember(Op::Recv, || how.recv(end, buf))
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        self.remember(Op::Send, || what.send(end))
    }
}

impl RefusalSticks {
    fn remember<T>(&self, op: Op, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let refused = Error::os(op, Errno::ECONNREFUSED);
        if self.0.load(SeqCst) {
            return Err(refused);
        }
        let result = work();
        self.0.fetch_or(result.as_ref().is_err_and(|error| *error == refused), SeqCst);
        result
    }
}

#[derive(Default)]
struct RefusalSilent;

impl Fault<MemDatagram> for RefusalSilent {
    const NAME: &'static str = "refusal-silent";
    const SAYS: &'static str = "that nobody receives what a connected socket sends is never told";
    const FAILS: &'static [&'static str] = &[
        "datagram.error.once",
        "datagram.error.refusal",
        "datagram.error.refusal-on-send",
        "datagram.error.so-error",
        "datagram.error.usable",
        "datagram.error.wakes-receiver",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        loop {
            match how.recv(end, buf) {
                Err(error) if is(&error, Errno::ECONNREFUSED) => {}
                other => return other,
            }
        }
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        self.take_error(end).and_then(|_| what.send(end))
    }

    fn take_error(&self, end: &MemDatagram) -> Result<Errno> {
        end.take_error().map(|_| Errno::SUCCESS)
    }
}

#[derive(Default)]
struct RefusalEats;

impl Fault<MemDatagram> for RefusalEats {
    const NAME: &'static str = "refusal-eats";
    const SAYS: &'static str = "a receive that tells a refusal loses the message that waits";
    const FAILS: &'static [&'static str] = &["datagram.error.keeps-queue"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let received = how.recv(end, buf);
        if received.as_ref().is_err_and(|error| is(error, Errno::ECONNREFUSED)) {
            let mut lost = [0];
            // Where nothing waits nothing is lost.
            let _ = how.with(RecvFlags::DONTWAIT).recv(end, &mut RecvBuf::new(&mut lost));
        }
        received
    }
}

#[derive(Default)]
struct ListenPretended;

impl Fault<MemDatagram> for ListenPretended {
    const NAME: &'static str = "listen-pretended";
    const SAYS: &'static str = "listening on a datagram socket succeeds";
    const FAILS: &'static [&'static str] = &["datagram.error.listen"];

    fn listen(&self, _end: &MemDatagram, _backlog: i32) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct DatagramAcceptInvalid;

impl Fault<MemDatagram> for DatagramAcceptInvalid {
    const NAME: &'static str = "datagram-accept-invalid";
    const SAYS: &'static str = "accepting on a datagram socket is told to lack a listener";
    const FAILS: &'static [&'static str] = &["datagram.error.accept"];

    fn accept(&self, _end: &MemDatagram, _deadline: Deadline) -> Result<(MemDatagram, Addr)> {
        Err(Error::os(Op::Accept, Errno::EINVAL))
    }
}
