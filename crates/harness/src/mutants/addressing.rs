//! Datagrams that go to, come from or are refused by the wrong one, and sockets that end wrongly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result, Shutdown,
};

use super::fault::{Fault, How, What};
use super::receiving::locked;
use super::subject::{connected, datagram};
use crate::mem::MemDatagram;
use crate::{Caps, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<SourceWrong>(),
        datagram::<SourceUnbound>(),
        datagram::<StrangersHeard>(),
        datagram::<ReconnectIgnored>(),
        datagram::<DisconnectIgnored>(),
        datagram::<NoDestination>(),
        datagram::<PortZeroTaken>(),
        datagram::<FamilyUnchecked>(),
        connected::<RefusalSticks>(),
        connected::<RefusalSilent>(),
        connected::<RefusalEats>(),
        datagram::<ListenPretended>(),
        datagram::<DatagramShutdownIgnored>(),
        datagram::<DatagramShutdownUnconnected>(),
        datagram::<PortLeaks>(),
        datagram::<DatagramCloseWakesNobody>(),
    ]
}

fn is(error: &Error, errno: Errno) -> bool {
    error.errno() == Some(errno)
}

#[derive(Default)]
struct SourceWrong;

impl Fault<MemDatagram> for SourceWrong {
    const NAME: &'static str = "source-wrong";
    const SAYS: &'static str = "the sender that a receive tells is the receiver itself";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        Ok(Recv { peer: end.local_addr()?, ..how.recv(end, buf)? })
    }
}

#[derive(Default)]
struct SourceUnbound;

impl Fault<MemDatagram> for SourceUnbound {
    const NAME: &'static str = "unbound-cannot-send";
    const SAYS: &'static str = "a socket that was not bound cannot send";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.to.is_some() && end.local_addr()? == Addr::Token(0) {
            return Err(Error::os(Op::Send, Errno::EINVAL));
        }
        what.send(end)
    }
}

/// Connecting is remembered for sending alone.
#[derive(Default)]
struct StrangersHeard(Mutex<Option<Addr>>);

impl Fault<MemDatagram> for StrangersHeard {
    const NAME: &'static str = "strangers-heard";
    const SAYS: &'static str = "a connected socket receives from everybody";
    const FAILS: &'static [&'static str] = &[];
    const LACKS: Caps = Caps::REFUSAL;

    fn connect(&self, end: &MemDatagram, addr: &Addr, deadline: Deadline) -> Result<()> {
        end.connect(addr, deadline)?;
        end.disconnect()?;
        *locked(&self.0) = Some(addr.clone());
        Ok(())
    }

    fn disconnect(&self, end: &MemDatagram) -> Result<()> {
        *locked(&self.0) = None;
        end.disconnect()
    }

    fn peer_addr(&self, end: &MemDatagram) -> Result<Addr> {
        locked(&self.0).clone().map_or_else(|| end.peer_addr(), Ok)
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let peer = locked(&self.0).clone();
        What { to: what.to.or(peer.as_ref()), ..what }.send(end)
    }

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        let peer = locked(&self.0).clone();
        let Some(peer) = peer else { return end.shutdown(how) };
        end.connect(&peer, Deadline::NEVER)?;
        end.shutdown(how)?;
        end.disconnect()
    }
}

#[derive(Default)]
struct ReconnectIgnored(AtomicBool);

impl Fault<MemDatagram> for ReconnectIgnored {
    const NAME: &'static str = "reconnect-ignored";
    const SAYS: &'static str = "connecting again succeeds and keeps the old peer";
    const FAILS: &'static [&'static str] = &[];

    fn connect(&self, end: &MemDatagram, addr: &Addr, deadline: Deadline) -> Result<()> {
        if self.0.swap(true, SeqCst) { Ok(()) } else { end.connect(addr, deadline) }
    }

    fn disconnect(&self, end: &MemDatagram) -> Result<()> {
        self.0.store(false, SeqCst);
        end.disconnect()
    }
}

#[derive(Default)]
struct DisconnectIgnored;

impl Fault<MemDatagram> for DisconnectIgnored {
    const NAME: &'static str = "disconnect-ignored";
    const SAYS: &'static str = "dissolving the association succeeds and keeps the peer";
    const FAILS: &'static [&'static str] = &[];

    fn disconnect(&self, _end: &MemDatagram) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct NoDestination;

impl Fault<MemDatagram> for NoDestination {
    const NAME: &'static str = "no-destination";
    const SAYS: &'static str = "sending without a destination succeeds, to nobody";
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.to == Some(&Addr::Token(0)) { Ok(what.len()) } else { what.send(end) }
    }
}

#[derive(Default)]
struct FamilyUnchecked;

impl Fault<MemDatagram> for FamilyUnchecked {
    const NAME: &'static str = "family-unchecked";
    const SAYS: &'static str = "sending to an address of another family succeeds, to nobody";
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        self.take_error(end).and_then(|_| how.recv(end, buf))
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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn listen(&self, _end: &MemDatagram, _backlog: i32) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct DatagramShutdownIgnored;

impl Fault<MemDatagram> for DatagramShutdownIgnored {
    const NAME: &'static str = "datagram-shutdown-ignored";
    const SAYS: &'static str = "shutting the sending side down succeeds and does nothing";
    const FAILS: &'static [&'static str] = &[];

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        if how == Shutdown::Write { end.peer_addr().map(drop) } else { end.shutdown(how) }
    }
}

#[derive(Default)]
struct DatagramShutdownUnconnected;

impl Fault<MemDatagram> for DatagramShutdownUnconnected {
    const NAME: &'static str = "datagram-shutdown-unconnected";
    const SAYS: &'static str = "shutting down a socket that is not connected succeeds";
    const FAILS: &'static [&'static str] = &[];

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        match end.shutdown(how) {
            Err(error) if is(&error, Errno::ENOTCONN) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct PortLeaks;

impl Fault<MemDatagram> for PortLeaks {
    const NAME: &'static str = "port-leaks";
    const SAYS: &'static str = "a closed socket keeps its port";
    const FAILS: &'static [&'static str] = &[];

    fn close(&self, end: &MemDatagram) -> Result<()> {
        // A handle that nobody closes.
        let _ = end.dup().map(std::mem::forget);
        end.close()
    }

    fn dropped(&self, end: &MemDatagram) {
        let _ = end.dup().map(std::mem::forget);
    }
}

/// Closing waits for the last operation to end: the descriptor is counted.
#[derive(Default)]
struct DatagramCloseWakesNobody(AtomicUsize);

impl Fault<MemDatagram> for DatagramCloseWakesNobody {
    const NAME: &'static str = "datagram-close-wakes-nobody";
    const SAYS: &'static str = "a receive that waits is not woken when its socket is closed";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        self.0.fetch_add(1, SeqCst);
        let received = how.recv(end, buf);
        self.0.fetch_sub(1, SeqCst);
        received
    }

    fn close(&self, end: &MemDatagram) -> Result<()> {
        if self.0.load(SeqCst) > 0 { Ok(()) } else { end.close() }
    }
}
