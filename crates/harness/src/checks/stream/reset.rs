//! The checks of the clauses stream.reset.*

use std::thread;
use std::time::{Duration, Instant};

use sockrates_core::{
    Deadline, Errno, Error, Mode, Ready, RecvFlags, Result, Shutdown, SocketOption,
};

use crate::checks::checks;
use crate::checks::stream::pattern::narrow_pair;
use crate::expect::{
    came, ends, equal, fail, fails_with, holds, inconclusive, received, same_bytes, saw, told,
};
use crate::{Caps, Case, Conn, Observation, Stop};

checks!("stream.reset" {
    close_twice, closed, write_to_closed, stays_broken, abort, unread, queued_data, once,
    pending_error, close_wakes, shutdown_wakes, abort_wakes, wakes_writer, last_reference, graceful,
    linger_bounded, linger_delivers, linger_zero,
});

fn close_twice(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.close()?;
    a.close()?;
    ends(&b, case.soon())?;
    a.close()?;
    holds()
}

fn closed(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.close()?;
    // A descriptor's number is given away again at once: an operation that still uses it ends up
    // on the wrong connection.
    let (_c, d) = case.pair()?;
    d.send_all(b"not yours", case.soon())?;
    let soon = case.soon();
    let after = |needs: Caps, what: &str, op: &dyn Fn() -> Result<()>| {
        if !case.has(needs) {
            return Ok(());
        }
        fails_with(&format!("{what} after close"), op(), &[Errno::EBADF]).map(drop)
    };
    after(Caps::NONE, "recv", &|| a.recv_until(16, soon).map(drop))?;
    after(Caps::NONE, "send", &|| a.send_until(b"x", soon).map(drop))?;
    after(Caps::HALF_CLOSE, "close_send", &|| a.close_send())?;
    after(Caps::SHUTDOWN, "shutdown", &|| a.shutdown(Shutdown::Both))?;
    after(Caps::ADDRESSES, "getsockname", &|| a.local_addr().map(drop))?;
    after(Caps::ADDRESSES, "getpeername", &|| a.peer_addr().map(drop))?;
    after(Caps::SO_ERROR, "take_error", &|| a.take_error().map(drop))?;
    after(Caps::READY, "poll", &|| a.wait(Ready::READ, soon).map(drop))?;
    after(Caps::QUEUED, "queued", &|| a.queued().map(drop))?;
    after(Caps::NONBLOCK, "settimeout", &|| a.set_mode(Mode::NonBlocking))?;
    after(Caps::DUP, "dup", &|| a.dup().map(drop))?;
    if case.has(Caps::SOCKET | Caps::ADDRESSES) {
        let to = b.local_addr()?;
        after(Caps::NONE, "connect", &|| a.connect(&to, soon))?;
    }
    holds()
}

fn write_to_closed(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.drop_now();
    match send_until_broken(case, &a)? {
        Some(error) => saw(told(&error)),
        None => saw("accepted for ever"),
    }
}

fn stays_broken(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.drop_now();
    if send_until_broken(case, &a)?.is_none() {
        return saw("accepted for ever");
    }
    for _ in 0..3 {
        if a.send_until(b"again", case.soon()).is_ok() {
            return saw("accepted again");
        }
    }
    match a.recv_until(8, case.soon()) {
        Ok(bytes) if !bytes.is_empty() => fail("nothing to receive", "bytes out of nowhere"),
        Err(error) if error.is_timeout() => fail("a receive that does not wait", told(&error)),
        Ok(_) | Err(_) => holds(),
    }
}

fn abort(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.abort()?;
    received(a.recv_until(8, case.soon()))
}

fn unread(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"ab", case.soon())?;
    b.recv_until(1, case.soon())?;
    b.drop_now();
    received(a.recv_until(8, case.soon()))
}

fn queued_data(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    // One byte: it has arrived as a whole or not at all.
    b.send_all(b"x", case.soon())?;
    a.recv_with(1, RecvFlags::PEEK, case.soon())?;
    b.abort()?;
    if case.has(Caps::READY) {
        // An error is told unasked: this waits for the reset alone.
        a.wait(Ready::default(), case.soon())?;
    }
    match a.recv_until(8, case.soon()) {
        Ok(bytes) => same_bytes("before the reset", b"x", &bytes)?,
        Err(error) if error.errno() == Some(Errno::ECONNRESET) => return saw("discarded"),
        Err(error) => return Err(error.into()),
    }
    let after = received(a.recv_until(8, case.soon()))?;
    saw(format!("delivered, then {after}"))
}

fn once(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.abort()?;
    fails_with("a receive after a reset", a.recv_until(8, case.soon()), &[Errno::ECONNRESET])
        .map(drop)?;
    received(a.recv_until(8, case.soon()))
}

fn pending_error(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("the pending error before", &Errno::SUCCESS, &a.take_error()?)?;
    b.abort()?;
    a.wait(Ready::READ, case.soon())?;
    equal("the pending error", &Errno::ECONNRESET, &a.take_error()?)?;
    equal("the pending error, read again", &Errno::SUCCESS, &a.take_error()?)?;
    holds()
}

fn close_wakes(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let soon = case.soon();
    let (read, closed) = case.while_blocked(|| a.recv_until(8, soon), || a.close());
    closed?;
    received(read)
}

fn shutdown_wakes(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let soon = case.soon();
    let (read, shut) = case.while_blocked(|| a.recv_until(8, soon), || a.shutdown(Shutdown::Both));
    shut?;
    received(read)
}

fn abort_wakes(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let soon = case.soon();
    let (read, aborted) = case.while_blocked(|| a.recv_until(8, soon), || b.abort());
    aborted?;
    received(read)
}

fn wakes_writer(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let plenty = vec![0; case.transport()?.clog_bytes()];
    // Filling what there is of buffers takes its time. One that is never woken hangs.
    let send = || a.send_all(&plenty, Deadline::NEVER);
    let (sent, ()) = case.while_blocked(send, || b.drop_now());
    came(sent, "accepted")
}

fn last_reference(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let other = b.dup()?;
    b.drop_now();
    other.send_all(b"here", case.soon())?;
    same_bytes("from the other handle", b"here", &a.recv_exact(4, case.soon())?)?;
    a.send_all(b"there", case.soon())?;
    same_bytes("to the other handle", b"there", &other.recv_exact(5, case.soon())?)?;
    other.drop_now();
    ends(&a, case.soon())?;
    holds()
}

fn graceful(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (sent, soon) = (case.bytes(300_000), case.soon());
    let received = thread::scope(|scope| {
        let sender = scope.spawn(|| {
            let result = b.send_all(&sent, soon);
            b.drop_now();
            result
        });
        let received = a.recv_to_end(soon);
        let sent = sender.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        sent.and(received)
    })?;
    same_bytes("before the close", &sent, &received)?;
    holds()
}

fn linger_bounded(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    clog(case, &b, &a)?;
    b.set_linger(Some(Duration::from_secs(1)))?;
    // The peer never receives. Closing for ever is a hang, which the runner catches.
    b.drop_now();
    holds()
}

fn linger_delivers(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let sent = clog(case, &b, &a)?;
    b.set_linger(Some(Duration::from_secs(60)))?;
    let soon = case.soon();
    let ((), all) = case.while_blocked(|| b.drop_now(), || a.recv_to_end(soon));
    equal("bytes received of those sent before closing", &sent, &all?.len())?;
    holds()
}

fn linger_zero(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_linger(Some(Duration::ZERO))?;
    b.drop_now();
    received(a.recv_until(8, case.soon()))
}

/// Sends until that fails, and returns why; `None` where it goes on for longer than any transport
/// needs to learn that the peer is gone.
fn send_until_broken(case: &Case<'_>, end: &Conn) -> Result<Option<Error>, Stop> {
    let start = Instant::now();
    let patience = case.transport()?.patience();
    while start.elapsed() < patience {
        match end.send_until(&[0; 64], case.soon()) {
            Ok(_) => thread::yield_now(),
            Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
            Err(error) => return Ok(Some(error)),
        }
    }
    Ok(None)
}

/// Sends from `end` until there is no room for more, and returns how much was sent. A part of it
/// stays with `end` until `peer` receives, for there is more room here than there.
fn clog(case: &Case<'_>, end: &Conn, peer: &Conn) -> Result<usize, Stop> {
    peer.set_option(SocketOption::RecvBuffer, 64 << 10)?;
    end.set_option(SocketOption::SendBuffer, 400 << 10)?;
    let enough = case.transport()?.clog_bytes();
    let piece = [0; 16 << 10];
    let mut sent = 0;
    end.set_mode(Mode::NonBlocking)?;
    while sent < enough {
        match end.send_until(&piece, Deadline::NEVER) {
            Ok(len) => sent += len,
            Err(error) if error.would_block() => {
                end.set_mode(Mode::Blocking)?;
                return Ok(sent);
            }
            Err(error) => return Err(error.into()),
        }
    }
    inconclusive("there is always room to send")
}
