//! Streams that are wrong about the end of the stream in one of the ways to meet it, and right in
//! the others.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Endpoint, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result, Shutdown};

use super::awaited::waited;
use super::call::{How, What};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<PeekAtEndWaits>(),
        stream::<WaitallAtEndFails>(),
        stream::<SmallAtEndWaits>(),
        stream::<EndTwiceFails>(),
        stream::<UnreadEndResets>(),
        stream::<BothEndedIsNoEnd>(),
        stream::<AwaitedEndFails>(),
        stream::<EmptySendCounts>(),
        stream::<WriteToClosedUnconnected>(),
    ]
}

/// Whether what a receive with this much room brought is the end.
fn is_end(received: &Result<Recv<()>>, room: usize) -> bool {
    room > 0 && received.as_ref().is_ok_and(|received| received.len == 0)
}

fn recv_error(errno: Errno) -> Result<Recv<()>> {
    Err(Error::os(Op::Recv, errno))
}

#[derive(Default)]
struct PeekAtEndWaits;

impl Fault<MemStream> for PeekAtEndWaits {
    const NAME: &'static str = "peek-at-end-waits";
    const SAYS: &'static str = "a peek at the end says that it would have to wait";
    const FAILS: &'static [&'static str] = &["stream.io.peek-end"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        let received = how.recv(end, buf);
        let peeks = how.flags.contains(RecvFlags::PEEK);
        if peeks && is_end(&received, room) { recv_error(Errno::EAGAIN) } else { received }
    }
}

#[derive(Default)]
struct WaitallAtEndFails;

impl Fault<MemStream> for WaitallAtEndFails {
    const NAME: &'static str = "waitall-at-end-fails";
    const SAYS: &'static str = "WAITALL fails where the end comes before the buffer is full";
    const FAILS: &'static [&'static str] = &["stream.io.waitall-end"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        let has = |flag| how.flags.contains(flag);
        let takes_all = has(RecvFlags::WAITALL) && !has(RecvFlags::PEEK);
        match how.recv(end, buf) {
            Ok(got) if takes_all && got.len < room => recv_error(Errno::EMSGSIZE),
            other => other,
        }
    }
}

/// Whether anything was received, and whether it was shut down.
#[derive(Default)]
struct SmallAtEndWaits {
    received: AtomicBool,
    shut: AtomicBool,
}

impl Fault<MemStream> for SmallAtEndWaits {
    const NAME: &'static str = "small-at-end-waits";
    const SAYS: &'static str = "after data, a receive into less than 8 bytes does not see the end";
    const FAILS: &'static [&'static str] = &["stream.io.recv-exact-end"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        let received = how.recv(end, buf);
        let seen = self.received.load(SeqCst) && !self.shut.load(SeqCst);
        if seen && room < 8 && is_end(&received, room) {
            return recv_error(Errno::EAGAIN);
        }
        self.received.fetch_or(received.as_ref().is_ok_and(|got| got.len > 0), SeqCst);
        received
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.shut.store(true, SeqCst);
        end.shutdown(how)
    }
}

#[derive(Default)]
struct UnreadEndResets;

impl Fault<MemStream> for UnreadEndResets {
    const NAME: &'static str = "unread-end-resets";
    const SAYS: &'static str = "ending the sending side while input is unread is a reset";
    const FAILS: &'static [&'static str] = &["stream.eof.unread-input"];

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        if how == Shutdown::Write && end.queued()? > 0 {
            return end.abort();
        }
        end.shutdown(how)
    }
}

#[derive(Default)]
struct EndTwiceFails(AtomicBool);

impl Fault<MemStream> for EndTwiceFails {
    const NAME: &'static str = "end-twice-fails";
    const SAYS: &'static str = "ending the sending side again fails, for the descriptor is gone";
    const FAILS: &'static [&'static str] = &["stream.eof.twice"];

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        if how == Shutdown::Write && self.0.swap(true, SeqCst) {
            return Err(Error::os(Op::Shutdown, Errno::EBADF));
        }
        end.shutdown(how)
    }
}

/// Whether it has ended, and whether it has carried anything.
#[derive(Default)]
struct BothEndedIsNoEnd {
    ended: AtomicBool,
    used: AtomicBool,
}

impl Fault<MemStream> for BothEndedIsNoEnd {
    const NAME: &'static str = "both-ended-is-no-end";
    const SAYS: &'static str = "where both sides end and nothing was sent, there is no connection";
    const FAILS: &'static [&'static str] =
        &["stream.eof.simultaneous", "stream.option.lingering", "stream.option.reuse-lingering"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        let received = how.recv(end, buf);
        self.used.fetch_or(received.as_ref().is_ok_and(|got| got.len > 0), SeqCst);
        let fresh = self.ended.load(SeqCst) && !self.used.load(SeqCst);
        if fresh && is_end(&received, room) { recv_error(Errno::ENOTCONN) } else { received }
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        self.used.store(true, SeqCst);
        what.send(end)
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.ended.fetch_or(how == Shutdown::Write, SeqCst);
        end.shutdown(how)
    }
}

/// Whether it has received, and whether it was shut down.
#[derive(Default)]
struct AwaitedEndFails {
    used: AtomicBool,
    shut: AtomicBool,
}

impl Fault<MemStream> for AwaitedEndFails {
    const NAME: &'static str = "awaited-end-fails";
    const SAYS: &'static str = "a first receive that has waited for the end fails";
    const FAILS: &'static [&'static str] = &["stream.eof.wakes-reader"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let (room, first) = (buf.remaining(), !self.used.swap(true, SeqCst));
        let (received, waited) = waited(end, buf, how);
        let own = self.shut.load(SeqCst);
        let fails = first && waited && !own && room < 16 && is_end(&received, room);
        if fails { recv_error(Errno::EPIPE) } else { received }
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.shut.store(true, SeqCst);
        end.shutdown(how)
    }
}

#[derive(Default)]
struct EmptySendCounts;

impl Fault<MemStream> for EmptySendCounts {
    const NAME: &'static str = "empty-send-counts";
    const SAYS: &'static str = "sending nothing says that a byte was sent";
    const FAILS: &'static [&'static str] = &["stream.io.empty-send"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        what.send(end).map(|sent| sent.max(1))
    }
}

#[derive(Default)]
struct WriteToClosedUnconnected(AtomicBool);

impl Fault<MemStream> for WriteToClosedUnconnected {
    const NAME: &'static str = "write-to-closed-unconnected";
    const SAYS: &'static str = "sending to a peer that is gone says that there is no connection";
    const FAILS: &'static [&'static str] = &["stream.reset.write-to-closed"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        what.send(end).map_err(|error| match error.errno() {
            Some(Errno::EPIPE) if !self.0.load(SeqCst) => Error::os(Op::Send, Errno::ENOTCONN),
            _ => error,
        })
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.0.fetch_or(how != Shutdown::Read, SeqCst);
        end.shutdown(how)
    }
}
