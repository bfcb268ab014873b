//! Streams that connect and bind wrongly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Op, Ready, Recv, RecvBuf, Result};

use super::call::{How, What, is, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<RefusedAsTimeout>(),
        stream::<RefusedAsSuccess>(),
        stream::<ConnectedAgain>(),
        stream::<ConnectExLies>(),
        stream::<SoErrorSticks>(),
        stream::<SoErrorSilent>(),
        stream::<AddressesSwapped>(),
        stream::<PortStaysZero>(),
        stream::<InUseUnseen>(),
        stream::<BindTwice>(),
        stream::<UnconnectedInvalid>(),
        stream::<ListenerConnects>(),
        stream::<NeverWritable>(),
    ]
}

#[derive(Default)]
struct RefusedAsTimeout;

impl Fault<MemStream> for RefusedAsTimeout {
    const NAME: &'static str = "refused-as-timeout";
    const SAYS: &'static str = "a refused connection is told as a timeout";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.refused",
        "stream.conn.refused-leaks-nothing",
        "stream.conn.reuse",
        "stream.conn.several",
        "stream.conn.several-errors",
        "stream.listen.close-keeps-accepted",
        "cross.errno.refused",
    ];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        end.connect(addr, deadline).map_err(|error| match is(&error, Errno::ECONNREFUSED) {
            true => Error::TimedOut { op: Op::Connect, done: 0 },
            false => error,
        })
    }
}

#[derive(Default)]
struct RefusedAsSuccess;

impl Fault<MemStream> for RefusedAsSuccess {
    const NAME: &'static str = "refused-as-success";
    const SAYS: &'static str = "a refused connection is told as one that succeeded";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.refused",
        "stream.conn.refused-leaks-nothing",
        "stream.conn.reuse",
        "stream.conn.several",
        "stream.conn.several-errors",
        "stream.listen.close-keeps-accepted",
        "cross.errno.refused",
    ];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        match end.connect(addr, deadline) {
            Err(error) if is(&error, Errno::ECONNREFUSED) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct ConnectedAgain;

impl Fault<MemStream> for ConnectedAgain {
    const NAME: &'static str = "connected-again";
    const SAYS: &'static str = "connecting a connected socket again succeeds";
    const FAILS: &'static [&'static str] = &["stream.conn.again"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        match end.connect(addr, deadline) {
            Err(error) if is(&error, Errno::EISCONN) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct ConnectExLies;

impl Fault<MemStream> for ConnectExLies {
    const NAME: &'static str = "connect-ex-lies";
    const SAYS: &'static str = "connect_ex returns 0 whatever happened";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.completed",
        "stream.conn.error-clears",
        "stream.conn.mode-timeout-number",
        "stream.conn.pending",
        "stream.conn.pending-name",
        "stream.conn.pending-receive",
        "stream.conn.pending-send",
    ];

    fn connect_ex(&self, end: &MemStream, addr: &Addr) -> Result<Errno> {
        end.connect_ex(addr).map(|_| Errno::SUCCESS)
    }
}

#[derive(Default)]
struct SoErrorSticks(Mutex<Option<Errno>>);

impl Fault<MemStream> for SoErrorSticks {
    const NAME: &'static str = "so-error-sticks";
    const SAYS: &'static str = "reading the pending error does not clear it";
    const FAILS: &'static [&'static str] =
        &["stream.conn.error-clears", "stream.reset.pending-error"];

    fn take_error(&self, end: &MemStream) -> Result<Errno> {
        let errno = end.take_error()?;
        let mut kept = locked(&self.0);
        if !errno.is_success() {
            *kept = Some(errno);
        }
        Ok(kept.unwrap_or(errno))
    }
}

#[derive(Default)]
struct SoErrorSilent;

impl Fault<MemStream> for SoErrorSilent {
    const NAME: &'static str = "so-error-silent";
    const SAYS: &'static str = "the pending error is told as 0";
    const FAILS: &'static [&'static str] =
        &["stream.conn.error-clears", "stream.reset.pending-error"];

    fn take_error(&self, end: &MemStream) -> Result<Errno> {
        end.take_error().map(|_| Errno::SUCCESS)
    }
}

#[derive(Default)]
struct AddressesSwapped;

impl Fault<MemStream> for AddressesSwapped {
    const NAME: &'static str = "peer-address-own";
    const SAYS: &'static str = "the peer's address is told as the own one";
    const FAILS: &'static [&'static str] =
        &["stream.conn.addresses", "stream.conn.chosen-address", "stream.listen.accept-address"];

    fn peer_addr(&self, end: &MemStream) -> Result<Addr> {
        end.peer_addr()?;
        end.local_addr()
    }
}

#[derive(Default)]
struct PortStaysZero(AtomicBool);

impl Fault<MemStream> for PortStaysZero {
    const NAME: &'static str = "port-stays-zero";
    const SAYS: &'static str = "the address of a socket that was bound to port 0 keeps the 0";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.pending",
        "stream.conn.pending-name",
        "stream.conn.pending-receive",
        "stream.conn.pending-send",
        "stream.conn.deadline",
        "stream.conn.mode-timeout",
        "stream.conn.mode-timeout-number",
        "stream.conn.retry-after-timeout",
        "stream.conn.abandoned",
        "stream.conn.local-address",
        "stream.conn.several-deadline",
        "stream.listen.chosen-port",
        "stream.listen.in-use",
        "stream.listen.order",
        "stream.listen.overflow",
        "stream.listen.negative-backlog",
        "stream.listen.accepted-mode",
        "stream.listen.inherited-options",
        "stream.option.listens",
        "stream.option.shared-port",
        "cross.errno.in-use",
        "stream.state.listen-again",
    ];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        end.bind(addr)?;
        self.0.store(*addr == Addr::Token(0), SeqCst);
        Ok(())
    }

    /// A listener's address is told rightly, or nobody could connect at all.
    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        self.0.store(false, SeqCst);
        end.listen(backlog)
    }

    fn local_addr(&self, end: &MemStream) -> Result<Addr> {
        if self.0.load(SeqCst) { Ok(Addr::Token(0)) } else { end.local_addr() }
    }
}

#[derive(Default)]
struct InUseUnseen;

impl Fault<MemStream> for InUseUnseen {
    const NAME: &'static str = "in-use-unseen";
    const SAYS: &'static str = "binding to an address in use succeeds, at another address";
    const FAILS: &'static [&'static str] = &[
        "stream.listen.in-use",
        "stream.option.reuse-listening",
        "stream.option.unshared-port",
        "cross.errno.in-use",
    ];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EADDRINUSE) => end.bind(&Addr::Token(0)),
            other => other,
        }
    }
}

#[derive(Default)]
struct BindTwice;

impl Fault<MemStream> for BindTwice {
    const NAME: &'static str = "bind-twice";
    const SAYS: &'static str = "binding a bound socket succeeds and does nothing";
    const FAILS: &'static [&'static str] = &["stream.listen.bound-twice"];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EINVAL) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct UnconnectedInvalid;

impl Fault<MemStream> for UnconnectedInvalid {
    const NAME: &'static str = "unconnected-invalid";
    const SAYS: &'static str = "without a connection operations fail with EINVAL, not ENOTCONN";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.pending-name",
        "stream.conn.unconnected-name",
        "stream.conn.unconnected-receive",
        "stream.conn.unconnected-send",
        "cross.errno.unconnected",
        "stream.conn.refused-receive",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.recv(end, buf).map_err(invalid)
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        what.send(end).map_err(invalid)
    }

    fn peer_addr(&self, end: &MemStream) -> Result<Addr> {
        end.peer_addr().map_err(invalid)
    }
}

/// The error, with EINVAL in place of ENOTCONN.
fn invalid(error: Error) -> Error {
    match error {
        Error::Os { op, errno: Errno::ENOTCONN, done } => {
            Error::Os { op, errno: Errno::EINVAL, done }
        }
        other => other,
    }
}

#[derive(Default)]
struct ListenerConnects;

impl Fault<MemStream> for ListenerConnects {
    const NAME: &'static str = "listener-connects";
    const SAYS: &'static str = "connecting a listener succeeds and does nothing";
    const FAILS: &'static [&'static str] = &["stream.conn.listening"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        match end.connect(addr, deadline) {
            Err(error) if is(&error, Errno::EOPNOTSUPP) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct NeverWritable;

impl Fault<MemStream> for NeverWritable {
    const NAME: &'static str = "never-writable";
    const SAYS: &'static str = "a socket is never told to be ready for sending";
    const FAILS: &'static [&'static str] =
        &["stream.conn.in-progress", "stream.listen.overflow", "stream.state.wait-idle"];

    fn wait(&self, end: &MemStream, interest: Ready, deadline: Deadline) -> Result<Ready> {
        end.wait(Ready { write: false, ..interest }, deadline)
    }
}
