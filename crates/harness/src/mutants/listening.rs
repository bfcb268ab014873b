//! Streams that listen wrongly.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Op, Result, Shutdown};

use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<NegativeBacklogRefused>(),
        stream::<UnboundListenFails>(),
        stream::<ListenerForgetsQueued>(),
        stream::<ListenerCloseWakesNobody>(),
        stream::<ListenerShutdownWakesNobody>(),
    ]
}

#[derive(Default)]
struct NegativeBacklogRefused;

impl Fault<MemStream> for NegativeBacklogRefused {
    const NAME: &'static str = "negative-backlog-refused";
    const SAYS: &'static str = "a negative backlog is refused";
    const FAILS: &'static [&'static str] = &["stream.listen.negative-backlog"];

    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        if backlog < 0 {
            return Err(Error::os(Op::Listen, Errno::EINVAL));
        }
        end.listen(backlog)
    }
}

#[derive(Default)]
struct UnboundListenFails;

impl Fault<MemStream> for UnboundListenFails {
    const NAME: &'static str = "unbound-listen-in-use";
    const SAYS: &'static str = "listening without an address is told to be in use";
    const FAILS: &'static [&'static str] = &["stream.listen.unbound"];

    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        if end.local_addr()? == Addr::Token(0) {
            return Err(Error::os(Op::Listen, Errno::EADDRINUSE));
        }
        end.listen(backlog)
    }
}

#[derive(Default)]
struct ListenerForgetsQueued;

impl Fault<MemStream> for ListenerForgetsQueued {
    const NAME: &'static str = "listener-forgets-queued";
    const SAYS: &'static str = "who was not accepted when a listener is closed never learns of it";
    const FAILS: &'static [&'static str] = &["stream.listen.close-resets"];

    fn dropped(&self, end: &MemStream) {
        let now = Deadline::after(Duration::ZERO);
        // A socket that does not listen has nobody to accept.
        while let Ok((conn, _)) = end.accept(now) {
            std::mem::forget(conn);
        }
    }
}

#[derive(Default)]
struct ListenerCloseWakesNobody(AtomicUsize);

impl Fault<MemStream> for ListenerCloseWakesNobody {
    const NAME: &'static str = "listener-close-wakes-nobody";
    const SAYS: &'static str = "an accept that waits is not woken when its listener is closed";
    const FAILS: &'static [&'static str] = &["stream.listen.close-wakes"];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        self.0.fetch_add(1, SeqCst);
        let accepted = end.accept(deadline);
        self.0.fetch_sub(1, SeqCst);
        accepted
    }

    fn close(&self, end: &MemStream) -> Result<()> {
        if self.0.load(SeqCst) > 0 { Ok(()) } else { end.close() }
    }
}

#[derive(Default)]
struct ListenerShutdownWakesNobody(AtomicUsize);

impl Fault<MemStream> for ListenerShutdownWakesNobody {
    const NAME: &'static str = "listener-shutdown-wakes-nobody";
    const SAYS: &'static str = "an accept that waits is not woken by a shutdown that succeeds";
    const FAILS: &'static [&'static str] = &["stream.listen.shutdown-wakes"];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        self.0.fetch_add(1, SeqCst);
        let accepted = end.accept(deadline);
        self.0.fetch_sub(1, SeqCst);
        accepted
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        if self.0.load(SeqCst) > 0 { Ok(()) } else { end.shutdown(how) }
    }
}
