//! Sockets that say or allow the wrong thing in one of their states.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Op, Ready, Recv, RecvBuf, RecvFlags, Result, Shutdown,
    SocketOption,
};

use super::call::{How, got, is, locked};
use super::fault::{End, Fault};
use super::subject::{connected, datagram, inet_datagram, stream};
use crate::Mutant;
use crate::mem::{MemDatagram, MemStream};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<WaitingIsAnError>(),
        connected::<DatagramWaitingIsAnError>(),
        stream::<PeekAllConsumes>(),
        stream::<NoRoomAtEndFails>(),
        stream::<QueuedAsZeros>(),
        stream::<PeerGoesWithItsSide>(),
        stream::<PeerAsReset>(),
        stream::<ListenAgainDrops>(),
        stream::<ListenTakesConnections>(),
        stream::<BindAsConnected>(),
        stream::<LingerZeroSticks>(),
        stream::<PastWaitReceives>(),
        stream::<WaitTellsArrivals>(),
        stream::<WaitTellsEndOnce>(),
        stream::<ShutdownSilencesWait>(),
        inet_datagram::<FailedConnectForgets>(),
        datagram::<DatagramBindAsConnected>(),
        datagram::<PeekLengthConsumes>(),
        datagram::<DatagramPastWaitReceives>(),
        datagram::<EmptyIsNothing>(),
    ]
}

/// What a receive that takes nothing and does not wait would bring.
fn glance<E: End>(end: &E) -> Result<Recv<E::Peer>> {
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    How { flags, deadline: Deadline::NEVER }.recv(end, &mut RecvBuf::new(&mut [0]))
}

/// Whether the peer has ended its side and all was received.
fn is_at_end(end: &MemStream) -> bool {
    glance(end).is_ok_and(|received| received.len == 0)
}

/// Receives, and remembers whether it would have had to wait.
fn recv_and_blame<E: End>(
    blamed: &AtomicBool,
    end: &E,
    buf: &mut RecvBuf<'_>,
    how: How,
) -> Result<Recv<E::Peer>> {
    let received = how.recv(end, buf);
    if received.as_ref().is_err_and(Error::would_block) {
        blamed.store(true, SeqCst);
    }
    received
}

fn error_or_blame<E: End>(blamed: &AtomicBool, end: &E) -> Result<Errno> {
    if blamed.swap(false, SeqCst) { Ok(Errno::EAGAIN) } else { end.take_error() }
}

#[derive(Default)]
struct WaitingIsAnError(AtomicBool);

impl Fault<MemStream> for WaitingIsAnError {
    const NAME: &'static str = "waiting-is-an-error";
    const SAYS: &'static str = "a receive that would have had to wait leaves a pending error";
    const FAILS: &'static [&'static str] = &["stream.state.fresh"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        recv_and_blame(&self.0, end, buf, how)
    }

    fn take_error(&self, end: &MemStream) -> Result<Errno> {
        error_or_blame(&self.0, end)
    }
}

#[derive(Default)]
struct DatagramWaitingIsAnError(AtomicBool);

impl Fault<MemDatagram> for DatagramWaitingIsAnError {
    const NAME: &'static str = "datagram-waiting-is-an-error";
    const SAYS: &'static str = "a receive that would have had to wait leaves a pending error";
    const FAILS: &'static [&'static str] = &["datagram.state.fresh"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        recv_and_blame(&self.0, end, buf, how)
    }

    fn take_error(&self, end: &MemDatagram) -> Result<Errno> {
        error_or_blame(&self.0, end)
    }
}

#[derive(Default)]
struct PeekAllConsumes;

impl Fault<MemStream> for PeekAllConsumes {
    const NAME: &'static str = "peek-all-consumes";
    const SAYS: &'static str = "a peek that waits for all takes what it sees";
    const FAILS: &'static [&'static str] = &["stream.state.peek-all"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let both = how.flags.contains(RecvFlags::PEEK | RecvFlags::WAITALL);
        if both { how.without(RecvFlags::PEEK) } else { how }.recv(end, buf)
    }
}

#[derive(Default)]
struct NoRoomAtEndFails;

impl Fault<MemStream> for NoRoomAtEndFails {
    const NAME: &'static str = "no-room-at-end-fails";
    const SAYS: &'static str = "at the end a receive without room fails as not connected";
    const FAILS: &'static [&'static str] = &["stream.state.no-room-at-end"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if buf.remaining() == 0 && is_at_end(end) {
            return Err(Error::os(Op::Recv, Errno::ENOTCONN));
        }
        how.recv(end, buf)
    }
}

#[derive(Default)]
struct QueuedAsZeros(AtomicBool);

impl Fault<MemStream> for QueuedAsZeros {
    const NAME: &'static str = "queued-as-zeros";
    const SAYS: &'static str = "what is received after the reading side was shut down is zeros";
    const FAILS: &'static [&'static str] = &["stream.state.queued-before-shutdown"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if !self.0.load(SeqCst) {
            return how.recv(end, buf);
        }
        let received = how.recv(end, &mut RecvBuf::new(&mut vec![0; buf.remaining()]))?;
        got(buf.append(&vec![0; received.len]))
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.0.fetch_or(how == Shutdown::Read, SeqCst);
        end.shutdown(how)
    }
}

#[derive(Default)]
struct PeerGoesWithItsSide;

impl Fault<MemStream> for PeerGoesWithItsSide {
    const NAME: &'static str = "peer-goes-with-its-side";
    const SAYS: &'static str = "a peer that has ended its side is no peer any more";
    const FAILS: &'static [&'static str] = &["stream.state.peer-after-end"];

    fn peer_addr(&self, end: &MemStream) -> Result<Addr> {
        match is_at_end(end) {
            true => Err(Error::os(Op::PeerAddr, Errno::ENOTCONN)),
            false => end.peer_addr(),
        }
    }
}

#[derive(Default)]
struct PeerAsReset(AtomicBool);

impl Fault<MemStream> for PeerAsReset {
    const NAME: &'static str = "peer-as-reset";
    const SAYS: &'static str = "who asks for the peer after a reset is told of the reset again";
    const FAILS: &'static [&'static str] = &["stream.state.peer-after-reset"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let received = how.recv(end, buf);
        let reset = received.as_ref().is_err_and(|error| is(error, Errno::ECONNRESET));
        self.0.fetch_or(reset, SeqCst);
        received
    }

    fn peer_addr(&self, end: &MemStream) -> Result<Addr> {
        match self.0.load(SeqCst) {
            true => Err(Error::os(Op::PeerAddr, Errno::ECONNRESET)),
            false => end.peer_addr(),
        }
    }
}

#[derive(Default)]
struct ListenAgainDrops;

impl Fault<MemStream> for ListenAgainDrops {
    const NAME: &'static str = "listen-again-drops";
    const SAYS: &'static str = "listening again drops who waits to be accepted";
    const FAILS: &'static [&'static str] = &["stream.state.listen-again"];

    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        if end.option(SocketOption::AcceptConn).is_ok_and(|listens| listens != 0) {
            while end.accept(Deadline::at(Instant::now())).is_ok() {}
        }
        end.listen(backlog)
    }
}

#[derive(Default)]
struct ListenTakesConnections;

impl Fault<MemStream> for ListenTakesConnections {
    const NAME: &'static str = "listen-takes-connections";
    const SAYS: &'static str = "listening on a connection succeeds, and does nothing";
    const FAILS: &'static [&'static str] = &["stream.state.listen-connected"];

    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        if end.peer_addr().is_ok() { Ok(()) } else { end.listen(backlog) }
    }
}

fn bind_as_connected<E: End>(end: &E, addr: &Addr) -> Result<()> {
    match end.peer_addr() {
        Ok(_) => Err(Error::os(Op::Bind, Errno::EISCONN)),
        Err(_) => end.bind(addr),
    }
}

#[derive(Default)]
struct BindAsConnected;

impl Fault<MemStream> for BindAsConnected {
    const NAME: &'static str = "bind-as-connected";
    const SAYS: &'static str = "binding a connection fails with the error of connecting it again";
    const FAILS: &'static [&'static str] = &["stream.state.bind-connected"];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        bind_as_connected(end, addr)
    }
}

#[derive(Default)]
struct DatagramBindAsConnected;

impl Fault<MemDatagram> for DatagramBindAsConnected {
    const NAME: &'static str = "datagram-bind-as-connected";
    const SAYS: &'static str = "binding a socket that has a peer fails as connected already";
    const FAILS: &'static [&'static str] = &["datagram.state.bind-connected"];

    fn bind(&self, end: &MemDatagram, addr: &Addr) -> Result<()> {
        bind_as_connected(end, addr)
    }
}

#[derive(Default)]
struct LingerZeroSticks(AtomicBool);

impl Fault<MemStream> for LingerZeroSticks {
    const NAME: &'static str = "linger-zero-sticks";
    const SAYS: &'static str = "a socket that once had a linger time of zero closes with a reset";
    const FAILS: &'static [&'static str] = &["stream.state.linger-taken-back"];

    fn set_linger(&self, end: &MemStream, linger: Option<Duration>) -> Result<()> {
        self.0.fetch_or(linger == Some(Duration::ZERO), SeqCst);
        end.set_linger(linger)
    }

    fn dropped(&self, end: &MemStream) {
        if self.0.load(SeqCst) {
            // A closed handle has nothing to reset.
            let _ = end.abort();
        }
    }
}

/// A wait whose deadline has passed says that there is something to receive.
fn past_wait<E: End>(end: &E, interest: Ready, deadline: Deadline) -> Result<Ready> {
    let ready = end.wait(interest, deadline)?;
    Ok(Ready { read: ready.read || interest.read && deadline.has_passed(), ..ready })
}

#[derive(Default)]
struct PastWaitReceives;

impl Fault<MemStream> for PastWaitReceives {
    const NAME: &'static str = "past-wait-receives";
    const SAYS: &'static str = "a wait that runs out says that there is something to receive";
    const FAILS: &'static [&'static str] = &["stream.state.wait-idle", "stream.state.wait-data"];

    fn wait(&self, end: &MemStream, interest: Ready, deadline: Deadline) -> Result<Ready> {
        past_wait(end, interest, deadline)
    }
}

#[derive(Default)]
struct DatagramPastWaitReceives;

impl Fault<MemDatagram> for DatagramPastWaitReceives {
    const NAME: &'static str = "datagram-past-wait-receives";
    const SAYS: &'static str = "a wait that runs out says that there is something to receive";
    const FAILS: &'static [&'static str] = &["datagram.state.wait-idle"];

    fn wait(&self, end: &MemDatagram, interest: Ready, deadline: Deadline) -> Result<Ready> {
        past_wait(end, interest, deadline)
    }
}

/// How many bytes there were when it was told.
#[derive(Default)]
struct WaitTellsArrivals(Mutex<usize>);

impl Fault<MemStream> for WaitTellsArrivals {
    const NAME: &'static str = "wait-tells-arrivals";
    const SAYS: &'static str = "what is left after a receive is told by no wait until more comes";
    const FAILS: &'static [&'static str] = &["stream.state.wait-data"];

    fn wait(&self, end: &MemStream, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let ready = end.wait(interest, deadline)?;
        let queued = end.queued().unwrap_or(0);
        let before = std::mem::replace(&mut *locked(&self.0), queued);
        Ok(Ready { read: ready.read && !(1..before).contains(&queued), ..ready })
    }
}

#[derive(Default)]
struct WaitTellsEndOnce(AtomicBool);

impl Fault<MemStream> for WaitTellsEndOnce {
    const NAME: &'static str = "wait-tells-end-once";
    const SAYS: &'static str = "the end is told by one wait to receive, and by no other";
    const FAILS: &'static [&'static str] = &["stream.state.wait-end"];

    fn wait(&self, end: &MemStream, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let ready = end.wait(interest, deadline)?;
        // A look would take the error.
        let told = ready.read && !ready.error && is_at_end(end) && self.0.swap(true, SeqCst);
        Ok(Ready { read: ready.read && !told, ..ready })
    }
}

#[derive(Default)]
struct ShutdownSilencesWait(AtomicBool);

impl Fault<MemStream> for ShutdownSilencesWait {
    const NAME: &'static str = "shutdown-silences-wait";
    const SAYS: &'static str = "after its own shutdown a socket is never ready to receive";
    const FAILS: &'static [&'static str] = &["stream.state.wait-shutdown"];

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.0.fetch_or(how == Shutdown::Both, SeqCst);
        end.shutdown(how)
    }

    fn wait(&self, end: &MemStream, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let ready = end.wait(interest, deadline)?;
        Ok(if self.0.load(SeqCst) { Ready::default() } else { ready })
    }
}

#[derive(Default)]
struct FailedConnectForgets;

impl Fault<MemDatagram> for FailedConnectForgets {
    const NAME: &'static str = "failed-connect-forgets";
    const SAYS: &'static str = "connecting that fails takes the peer away that there was";
    const FAILS: &'static [&'static str] = &["datagram.state.failed-connect"];

    fn connect(&self, end: &MemDatagram, addr: &Addr, deadline: Deadline) -> Result<()> {
        end.connect(addr, deadline).inspect_err(|_| {
            // Where there is no peer there is none to forget.
            let _ = end.disconnect();
        })
    }
}

#[derive(Default)]
struct PeekLengthConsumes;

impl Fault<MemDatagram> for PeekLengthConsumes {
    const NAME: &'static str = "peek-length-consumes";
    const SAYS: &'static str = "a peek for the length of a datagram takes it";
    const FAILS: &'static [&'static str] = &["datagram.state.peek-length"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let both = how.flags.contains(RecvFlags::PEEK | RecvFlags::TRUNC);
        if both { how.without(RecvFlags::PEEK) } else { how }.recv(end, buf)
    }
}

#[derive(Default)]
struct EmptyIsNothing;

impl Fault<MemDatagram> for EmptyIsNothing {
    const NAME: &'static str = "empty-is-nothing";
    const SAYS: &'static str = "an empty datagram does not make a socket ready to receive";
    const FAILS: &'static [&'static str] = &["datagram.state.wait-empty"];

    fn wait(&self, end: &MemDatagram, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let ready = end.wait(interest, deadline)?;
        let empty = ready.read && glance(end).is_ok_and(|received| received.len == 0);
        Ok(Ready { read: ready.read && !empty, ..ready })
    }
}
