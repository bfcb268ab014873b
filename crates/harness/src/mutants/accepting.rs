//! Streams that accept wrongly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Ready, Result, SendFlags, Transport,
};

use super::call::{drain, is, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<AcceptTwice>(),
        stream::<AcceptLosesData>(),
        stream::<AcceptLosesOne>(),
        stream::<AcceptSkipsEnded>(),
        stream::<AcceptTellsOwnAddress>(),
        stream::<AcceptInheritsMode>(),
        stream::<AcceptDiesOfReset>(),
        stream::<AcceptUnlistening>(),
        stream::<AcceptWaits>(),
        stream::<AcceptDeadlineIgnored>(),
    ]
}

#[derive(Default)]
struct AcceptTwice(Mutex<Option<(MemStream, Addr)>>);

impl Fault<MemStream> for AcceptTwice {
    const NAME: &'static str = "accept-twice";
    const SAYS: &'static str = "every connection is accepted twice";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.abandoned",
        "stream.listen.early-reset",
        "stream.listen.once-each",
        "stream.listen.order",
        "stream.listen.overflow",
        "stream.listen.inherited-options",
        "stream.option.shared-port",
    ];

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
    const FAILS: &'static [&'static str] = &[
        "stream.listen.early-close",
        "stream.listen.early-data",
        "stream.listen.early-reset",
        "stream.listen.once-each",
        "stream.listen.overflow",
    ];

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
    const FAILS: &'static [&'static str] = &[
        "stream.listen.early-reset",
        "stream.listen.once-each",
        "stream.listen.order",
        "stream.listen.overflow",
        "stream.option.shared-port",
    ];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let accepted = end.accept(deadline)?;
        if end.wait(Ready::READ, Deadline::after(Duration::ZERO))?.read {
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
    const FAILS: &'static [&'static str] =
        &["stream.listen.early-close", "stream.listen.early-reset"];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        loop {
            let (conn, addr) = end.accept(deadline)?;
            let probe = conn.send_msg(&[], None, SendFlags::DONTWAIT, deadline);
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
    const FAILS: &'static [&'static str] = &[
        "stream.conn.local-address",
        "stream.listen.accept-address",
        "stream.listen.order",
        "stream.listen.overflow",
    ];

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
    const FAILS: &'static [&'static str] = &["stream.listen.accepted-mode"];

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
    const FAILS: &'static [&'static str] = &["stream.listen.early-reset"];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let aborted = || Error::os(Op::Accept, Errno::ECONNABORTED);
        if self.0.load(SeqCst) {
            return Err(aborted());
        }
        let accepted = end.accept(deadline)?;
        let ready = accepted.0.wait(Ready::READ, Deadline::after(Duration::ZERO))?;
        if ready.error {
            self.0.store(true, SeqCst);
            return Err(aborted());
        }
        Ok(accepted)
    }
}

#[derive(Default)]
struct AcceptUnlistening;

impl Fault<MemStream> for AcceptUnlistening {
    const NAME: &'static str = "accept-unlistening";
    const SAYS: &'static str =
        "accepting on a socket that does not listen finds nobody, now and ever";
    const FAILS: &'static [&'static str] = &[
        "stream.listen.accept-accepted",
        "stream.listen.accept-unlistening",
        "stream.listen.shutdown-wakes",
    ];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        end.accept(deadline).map_err(|error| match is(&error, Errno::EINVAL) {
            true => Error::os(Op::Accept, Errno::EAGAIN),
            false => error,
        })
    }
}

#[derive(Default)]
struct AcceptWaits;

impl Fault<MemStream> for AcceptWaits {
    const NAME: &'static str = "accept-waits";
    const SAYS: &'static str = "in non-blocking mode an accept waits all the same";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.abandoned",
        "stream.listen.accept-empty",
        "stream.listen.accepted-mode",
        "stream.option.shared-port",
    ];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        if end.mode() != Mode::NonBlocking {
            return end.accept(deadline);
        }
        end.set_mode(Mode::Blocking)?;
        let accepted = end.accept(deadline);
        end.set_mode(Mode::NonBlocking)?;
        accepted
    }
}

#[derive(Default)]
struct AcceptDeadlineIgnored;

impl Fault<MemStream> for AcceptDeadlineIgnored {
    const NAME: &'static str = "accept-deadline-ignored";
    const SAYS: &'static str = "an accept waits on after its deadline";
    const FAILS: &'static [&'static str] = &["stream.listen.accept-deadline"];

    fn accept(&self, end: &MemStream, _deadline: Deadline) -> Result<(MemStream, Addr)> {
        end.accept(Deadline::NEVER)
    }
}
