//! Streams that connect, bind and listen wrongly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Op, Ready, Result, Transport};

use super::fault::Fault;
use super::receiving::{drain, locked};
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
        stream::<NegativeBacklogRefused>(),
        stream::<AcceptTwice>(),
        stream::<AcceptLosesData>(),
        stream::<AcceptLosesOne>(),
        stream::<AcceptSkipsEnded>(),
        stream::<AcceptTellsOwnAddress>(),
        stream::<AcceptInheritsMode>(),
        stream::<AcceptDiesOfReset>(),
    ]
}

fn is(error: &Error, errno: Errno) -> bool {
    error.errno() == Some(errno)
}

#[derive(Default)]
struct RefusedAsTimeout;

impl Fault<MemStream> for RefusedAsTimeout {
    const NAME: &'static str = "refused-as-timeout";
    const SAYS: &'static str = "a refused connection is told as a timeout";
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn connect_ex(&self, end: &MemStream, addr: &Addr) -> Result<Errno> {
        end.connect_ex(addr).map(|_| Errno::SUCCESS)
    }
}

#[derive(Default)]
struct SoErrorSticks(Mutex<Option<Errno>>);

impl Fault<MemStream> for SoErrorSticks {
    const NAME: &'static str = "so-error-sticks";
    const SAYS: &'static str = "reading the pending error does not clear it";
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn take_error(&self, end: &MemStream) -> Result<Errno> {
        end.take_error().map(|_| Errno::SUCCESS)
    }
}

#[derive(Default)]
struct AddressesSwapped;

impl Fault<MemStream> for AddressesSwapped {
    const NAME: &'static str = "peer-address-own";
    const SAYS: &'static str = "the peer's address is told as the own one";
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EINVAL) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct NegativeBacklogRefused;

impl Fault<MemStream> for NegativeBacklogRefused {
    const NAME: &'static str = "negative-backlog-refused";
    const SAYS: &'static str = "a negative backlog is refused";
    const FAILS: &'static [&'static str] = &[];

    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        if backlog < 0 {
            return Err(Error::os(Op::Listen, Errno::EINVAL));
        }
        end.listen(backlog)
    }
}

#[derive(Default)]
struct AcceptTwice(Mutex<Option<(MemStream, Addr)>>);

impl Fault<MemStream> for AcceptTwice {
    const NAME: &'static str = "accept-twice";
    const SAYS: &'static str = "every connection is accepted twice";
    const FAILS: &'static [&'static str] = &[];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let mut again = locked(&self.0);
        if let Some(accepted) = again.take() {
            return Ok(accepted);
        }
        let (conn, addr) = end.accept(deadline)?;
        *again = Some((conn.dup()?, addr.clone()));
        Ok((conn, addr))
    }
}

#[derive(Default)]
struct AcceptLosesData;

impl Fault<MemStream> for AcceptLosesData {
    const NAME: &'static str = "accept-loses-data";
    const SAYS: &'static str = "what arrived before a connection was accepted is lost";
    const FAILS: &'static [&'static str] = &[];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let (conn, addr) = end.accept(deadline)?;
        drain(&conn);
        Ok((conn, addr))
    }
}

#[derive(Default)]
struct AcceptLosesOne;

impl Fault<MemStream> for AcceptLosesOne {
    const NAME: &'static str = "accept-loses-one";
    const SAYS: &'static str = "of two connections that wait the second is dropped";
    const FAILS: &'static [&'static str] = &[];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let accepted = end.accept(deadline)?;
        if end.wait(Ready::READ, Deadline::after(std::time::Duration::ZERO))?.read {
            end.accept(deadline)?;
        }
        Ok(accepted)
    }
}

#[derive(Default)]
struct AcceptSkipsEnded;

impl Fault<MemStream> for AcceptSkipsEnded {
    const NAME: &'static str = "accept-skips-ended";
    const SAYS: &'static str = "a client that has sent and closed before it is accepted is dropped";
    const FAILS: &'static [&'static str] = &[];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        loop {
            let (conn, addr) = end.accept(deadline)?;
            let probe = conn.send_msg(&[], None, sockrates_core::SendFlags::DONTWAIT, deadline);
            if !probe.is_err_and(|error| is(&error, Errno::EPIPE)) {
                return Ok((conn, addr));
            }
        }
    }
}

#[derive(Default)]
struct AcceptTellsOwnAddress;

impl Fault<MemStream> for AcceptTellsOwnAddress {
    const NAME: &'static str = "accept-tells-own-address";
    const SAYS: &'static str = "the address that accept tells is the listener's";
    const FAILS: &'static [&'static str] = &[];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let (conn, _) = end.accept(deadline)?;
        Ok((conn, end.local_addr()?))
    }
}

#[derive(Default)]
struct AcceptInheritsMode;

impl Fault<MemStream> for AcceptInheritsMode {
    const NAME: &'static str = "accept-inherits-mode";
    const SAYS: &'static str = "an accepted stream has the listener's mode";
    const FAILS: &'static [&'static str] = &[];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let (conn, addr) = end.accept(deadline)?;
        conn.set_mode(end.mode())?;
        Ok((conn, addr))
    }
}

#[derive(Default)]
struct AcceptDiesOfReset(AtomicBool);

impl Fault<MemStream> for AcceptDiesOfReset {
    const NAME: &'static str = "accept-dies-of-reset";
    const SAYS: &'static str = "a client that resets before it is accepted ends the listener";
    const FAILS: &'static [&'static str] = &[];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let aborted = || Error::os(Op::Accept, Errno::ECONNABORTED);
        if self.0.load(SeqCst) {
            return Err(aborted());
        }
        let accepted = end.accept(deadline)?;
        let ready = accepted.0.wait(Ready::READ, Deadline::after(std::time::Duration::ZERO))?;
        if ready.error {
            self.0.store(true, SeqCst);
            return Err(aborted());
        }
        Ok(accepted)
    }
}
