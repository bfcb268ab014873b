//! Datagram sockets that end wrongly.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Addr, Endpoint, Errno, Error, Op, Recv, RecvBuf, Result, Shutdown};

use super::call::{How, What, is};
use super::fault::Fault;
use super::subject::datagram;
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<DatagramShutdownIgnored>(),
        datagram::<DatagramShutdownUnconnected>(),
        datagram::<DatagramShutdownReadInvalid>(),
        datagram::<PortLeaks>(),
        datagram::<DatagramCloseWakesNobody>(),
        datagram::<DatagramCloseTwiceFails>(),
        datagram::<DatagramCloseIgnored>(),
        datagram::<DatagramDupClosesFirst>(),
        datagram::<DatagramShutdownInvents>(),
    ]
}

#[derive(Default)]
struct DatagramShutdownIgnored;

impl Fault<MemDatagram> for DatagramShutdownIgnored {
    const NAME: &'static str = "datagram-shutdown-ignored";
    const SAYS: &'static str = "shutting the sending side down succeeds and does nothing";
    const FAILS: &'static [&'static str] =
        &["datagram.shutdown.close-send", "datagram.shutdown.write"];

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        if how == Shutdown::Write { end.peer_addr().map(drop) } else { end.shutdown(how) }
    }
}

#[derive(Default)]
struct DatagramShutdownUnconnected;

impl Fault<MemDatagram> for DatagramShutdownUnconnected {
    const NAME: &'static str = "datagram-shutdown-unconnected";
    const SAYS: &'static str = "shutting down a socket that is not connected succeeds";
    const FAILS: &'static [&'static str] = &["datagram.shutdown.not-connected"];

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        match end.shutdown(how) {
            Err(error) if is(&error, Errno::ENOTCONN) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct DatagramShutdownReadInvalid(AtomicBool);

impl Fault<MemDatagram> for DatagramShutdownReadInvalid {
    const NAME: &'static str = "datagram-shut-read-invalid";
    const SAYS: &'static str = "a receive after the reading side was shut down is invalid";
    const FAILS: &'static [&'static str] = &["datagram.shutdown.read"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if self.0.load(SeqCst) {
            return Err(Error::os(Op::Recv, Errno::EINVAL));
        }
        how.recv(end, buf)
    }

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        end.shutdown(how)?;
        self.0.fetch_or(how != Shutdown::Write, SeqCst);
        Ok(())
    }
}

#[derive(Default)]
struct PortLeaks;

impl Fault<MemDatagram> for PortLeaks {
    const NAME: &'static str = "port-leaks";
    const SAYS: &'static str = "a closed socket keeps its port";
    const FAILS: &'static [&'static str] = &[
        "cross.rights.receiver-gone",
        "datagram.error.once",
        "datagram.error.refusal",
        "datagram.error.refusal-on-send",
        "datagram.error.so-error",
        "datagram.error.usable",
        "datagram.error.wakes-receiver",
        "datagram.shutdown.frees-address",
    ];

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
    const FAILS: &'static [&'static str] = &["datagram.shutdown.close-wakes"];

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

#[derive(Default)]
struct DatagramCloseTwiceFails(AtomicBool);

impl Fault<MemDatagram> for DatagramCloseTwiceFails {
    const NAME: &'static str = "datagram-close-twice-fails";
    const SAYS: &'static str = "closing again fails with EBADF";
    const FAILS: &'static [&'static str] = &["datagram.shutdown.close-twice"];

    fn close(&self, end: &MemDatagram) -> Result<()> {
        if self.0.swap(true, SeqCst) {
            return Err(Error::os(Op::Close, Errno::EBADF));
        }
        end.close()
    }
}

#[derive(Default)]
struct DatagramCloseIgnored;

impl Fault<MemDatagram> for DatagramCloseIgnored {
    const NAME: &'static str = "datagram-close-ignored";
    const SAYS: &'static str = "closing succeeds and does nothing";
    const FAILS: &'static [&'static str] =
        &["cross.errno.closed", "datagram.shutdown.close-wakes", "datagram.shutdown.closed"];

    fn close(&self, _end: &MemDatagram) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct DatagramDupClosesFirst(AtomicBool);

impl Fault<MemDatagram> for DatagramDupClosesFirst {
    const NAME: &'static str = "datagram-dup-closes-first";
    const SAYS: &'static str = "the socket ends with the first of its duplicates";
    const FAILS: &'static [&'static str] = &["datagram.shutdown.dup"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        self.check(Op::Recv).and_then(|()| how.recv(end, buf))
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        self.check(Op::Send).and_then(|()| what.send(end))
    }

    fn dropped(&self, _end: &MemDatagram) {
        self.0.store(true, SeqCst);
    }
}

impl DatagramDupClosesFirst {
    fn check(&self, op: Op) -> Result<()> {
        if self.0.load(SeqCst) { Err(Error::os(op, Errno::EBADF)) } else { Ok(()) }
    }
}

#[derive(Default)]
struct DatagramShutdownInvents(AtomicBool);

impl Fault<MemDatagram> for DatagramShutdownInvents {
    const NAME: &'static str = "datagram-shutdown-invents";
    const SAYS: &'static str = "a receive that a shutdown ends returns a byte that nobody sent";
    const FAILS: &'static [&'static str] =
        &["datagram.shutdown.read", "datagram.shutdown.wakes-receiver"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        match how.recv(end, buf) {
            Err(error) if error.would_block() && self.0.load(SeqCst) => {
                Ok(Recv { len: buf.append(b"?"), peer: end.local_addr()?, truncated: false })
            }
            other => other,
        }
    }

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        self.0.fetch_or(how != Shutdown::Write, SeqCst);
        end.shutdown(how)
    }
}
