//! Streams that are wrong about connections that do not come about, or come about late.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Op, Recv, RecvBuf, Result, SocketOption,
};

use super::call::{How, What, got, is};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<RefusedForGood>(),
        stream::<RefusedReceivesEnd>(),
        stream::<KeepZeroForgets>(),
        stream::<TimedOutForGood>(),
        stream::<AttemptsCutShort>(),
        stream::<FirstAddressOnly>(),
        stream::<AddressesReversed>(),
        stream::<NamelessInvalid>(),
        stream::<UnconnectedSendInvalid>(),
        stream::<UnconnectedReceiveInvalid>(),
        stream::<PeerAddressOnce>(),
        stream::<AcceptOnConnectionWaits>(),
    ]
}

/// Whether it was refused.
#[derive(Default)]
struct RefusedForGood(AtomicBool);

impl Fault<MemStream> for RefusedForGood {
    const NAME: &'static str = "refused-for-good";
    const SAYS: &'static str = "a socket that was refused cannot be used at all any more";
    const FAILS: &'static [&'static str] = &["stream.conn.reuse"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        if self.0.load(SeqCst) {
            return Err(Error::os(Op::Connect, Errno::EBADF));
        }
        let connected = end.connect(addr, deadline);
        self.0.fetch_or(connected.as_ref().is_err_and(|e| is(e, Errno::ECONNREFUSED)), SeqCst);
        connected
    }
}

/// Whether it was refused.
#[derive(Default)]
struct RefusedReceivesEnd(AtomicBool);

impl Fault<MemStream> for RefusedReceivesEnd {
    const NAME: &'static str = "refused-receives-end";
    const SAYS: &'static str = "a receive after a refused attempt is at the end of the stream";
    const FAILS: &'static [&'static str] = &["stream.conn.refused-receive"];

    fn connect_ex(&self, end: &MemStream, addr: &Addr) -> Result<Errno> {
        let errno = end.connect_ex(addr)?;
        self.0.fetch_or(!errno.is_success(), SeqCst);
        Ok(errno)
    }

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let received = how.recv(end, buf);
        let refused = |error: &Error| is(error, Errno::ENOTCONN) || is(error, Errno::ECONNREFUSED);
        if self.0.load(SeqCst) && received.as_ref().is_err_and(refused) {
            return got(0);
        }
        received
    }
}

#[derive(Default)]
struct KeepZeroForgets;

impl Fault<MemStream> for KeepZeroForgets {
    const NAME: &'static str = "keep-zero-forgets";
    const SAYS: &'static str = "a time between probes that is refused is forgotten all the same";
    const FAILS: &'static [&'static str] = &["stream.option.keep-range"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        let set = end.set_option(option, value);
        if set.is_err() && option == SocketOption::KeepInterval {
            end.set_option(option, 75)?;
        }
        set
    }
}

/// Whether an attempt has timed out.
#[derive(Default)]
struct TimedOutForGood(AtomicBool);

impl Fault<MemStream> for TimedOutForGood {
    const NAME: &'static str = "timed-out-for-good";
    const SAYS: &'static str = "an attempt after one that has timed out finds the descriptor gone";
    const FAILS: &'static [&'static str] = &["stream.conn.retry-after-timeout"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        if self.0.load(SeqCst) {
            return Err(Error::os(Op::Connect, Errno::EBADF));
        }
        let connected = end.connect(addr, deadline);
        self.0.fetch_or(connected.as_ref().is_err_and(Error::is_timeout), SeqCst);
        connected
    }
}

#[derive(Default)]
struct AttemptsCutShort;

impl Fault<MemStream> for AttemptsCutShort {
    const NAME: &'static str = "attempts-cut-short";
    const SAYS: &'static str = "an attempt is given up after 30 ms, whatever its deadline";
    const FAILS: &'static [&'static str] = &["stream.conn.several-deadline"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        let soon = Duration::from_millis(30);
        let longer = deadline.remaining().is_some_and(|left| left > soon);
        end.connect(addr, if longer { Deadline::after(soon) } else { deadline })
    }
}

#[derive(Default)]
struct FirstAddressOnly;

impl Fault<MemStream> for FirstAddressOnly {
    const NAME: &'static str = "first-address-only";
    const SAYS: &'static str = "of several addresses only the first is tried";
    const FAILS: &'static [&'static str] = &["stream.conn.several", "stream.conn.several-errors"];

    fn candidates(addrs: &[Addr]) -> Vec<Addr> {
        addrs.iter().take(1).cloned().collect()
    }
}

#[derive(Default)]
struct AddressesReversed;

impl Fault<MemStream> for AddressesReversed {
    const NAME: &'static str = "addresses-reversed";
    const SAYS: &'static str = "several addresses are tried from the last to the first";
    const FAILS: &'static [&'static str] = &["stream.conn.several-errors"];

    fn candidates(addrs: &[Addr]) -> Vec<Addr> {
        addrs.iter().rev().cloned().collect()
    }
}

#[derive(Default)]
struct NamelessInvalid;

impl Fault<MemStream> for NamelessInvalid {
    const NAME: &'static str = "nameless-invalid";
    const SAYS: &'static str = "asking an unconnected socket for its peer is invalid";
    const FAILS: &'static [&'static str] =
        &["stream.conn.pending-name", "stream.conn.unconnected-name"];

    fn peer_addr(&self, end: &MemStream) -> Result<Addr> {
        end.peer_addr().map_err(|error| match is(&error, Errno::ENOTCONN) {
            true => Error::os(Op::PeerAddr, Errno::EINVAL),
            false => error,
        })
    }
}

#[derive(Default)]
struct UnconnectedSendInvalid;

impl Fault<MemStream> for UnconnectedSendInvalid {
    const NAME: &'static str = "unconnected-send-invalid";
    const SAYS: &'static str = "sending on an unconnected socket is invalid";
    const FAILS: &'static [&'static str] = &["stream.conn.unconnected-send"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        what.send(end).map_err(|error| match is(&error, Errno::ENOTCONN) {
            true => Error::os(Op::Send, Errno::EINVAL),
            false => error,
        })
    }
}

#[derive(Default)]
struct UnconnectedReceiveInvalid;

impl Fault<MemStream> for UnconnectedReceiveInvalid {
    const NAME: &'static str = "unconnected-receive-invalid";
    const SAYS: &'static str = "receiving on an unconnected socket is invalid";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.unconnected-receive",
        "cross.errno.unconnected",
        "stream.conn.refused-receive",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.recv(end, buf).map_err(|error| match is(&error, Errno::ENOTCONN) {
            true => Error::os(Op::Recv, Errno::EINVAL),
            false => error,
        })
    }
}

/// How often the peer was asked for.
#[derive(Default)]
struct PeerAddressOnce(AtomicUsize);

impl Fault<MemStream> for PeerAddressOnce {
    const NAME: &'static str = "peer-address-once";
    const SAYS: &'static str = "the peer's address is told once, then there is none";
    const FAILS: &'static [&'static str] =
        &["stream.conn.addresses", "stream.state.peer-after-end"];

    fn peer_addr(&self, end: &MemStream) -> Result<Addr> {
        let addr = end.peer_addr()?;
        match self.0.fetch_add(1, SeqCst) {
            0 => Ok(addr),
            _ => Err(Error::os(Op::PeerAddr, Errno::ENOTCONN)),
        }
    }
}

#[derive(Default)]
struct AcceptOnConnectionWaits;

impl Fault<MemStream> for AcceptOnConnectionWaits {
    const NAME: &'static str = "accept-on-connection-waits";
    const SAYS: &'static str = "accepting from a connection would have to wait";
    const FAILS: &'static [&'static str] = &["stream.listen.accept-accepted"];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        if end.peer_addr().is_ok() {
            return Err(Error::os(Op::Accept, Errno::EAGAIN));
        }
        end.accept(deadline)
    }
}
