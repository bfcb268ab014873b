//! Data of which every byte is known by its place, and streams filled with it.

use std::ops::Range;

use sockrates_core::{Deadline, Mode, Result, SocketOption};

use crate::expect::{ensure, fail, same_bytes};
use crate::{Caps, Case, Conn, Rng, Stop};

/// How many bytes until the data repeats: a prime, so that no buffer's size hides a shift.
const PERIOD: usize = 65_521;

/// A buffer's size that is small, but holds several segments of a loopback device.
const NARROW: usize = 64 << 10;

/// How much is moved in one call.
const PIECE: usize = 64 << 10;

/// Endless data.
pub(crate) struct Pattern(Vec<u8>);

impl Pattern {
    pub(crate) fn new(case: &Case<'_>) -> Self {
        Self(case.bytes(PERIOD))
    }

    /// The bytes at `place`.
    pub(crate) fn bytes(&self, place: Range<usize>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(place.len());
        while bytes.len() < place.len() {
            let some = self.some(place.start + bytes.len());
            bytes.extend_from_slice(&some[..some.len().min(place.len() - bytes.len())]);
        }
        bytes
    }

    /// Some of the bytes from `start` on.
    fn some(&self, start: usize) -> &[u8] {
        &self.0[start % PERIOD..]
    }

    /// `bytes` are those from `start` on.
    pub(crate) fn check(&self, start: usize, bytes: &[u8]) -> Result<(), Stop> {
        let mut left = bytes;
        let mut at = start;
        while !left.is_empty() {
            let same = self.some(at);
            let n = same.len().min(left.len());
            let (permitted, observed) = ("the bytes arrive as they were sent", "other bytes");
            ensure(same[..n] == left[..n], permitted, observed)?;
            left = &left[n..];
            at += n;
        }
        Ok(())
    }
}

/// Two ends with small buffers, where the subject lets them be set: less to fill and to drain.
pub(crate) fn narrow_pair(case: &Case<'_>) -> Result<(Conn, Conn), Stop> {
    let (a, b) = case.pair()?;
    if case.has(Caps::BUFFERS) {
        a.set_option(SocketOption::SendBuffer, NARROW as i32)?;
        b.set_option(SocketOption::RecvBuffer, NARROW as i32)?;
    }
    Ok((a, b))
}

/// Sends the pattern from its start until `conn` takes no more without waiting, and tells how much
/// it took. Leaves `conn` in non-blocking mode.
pub(crate) fn clog(case: &Case<'_>, conn: &Conn, pattern: &Pattern) -> Result<usize, Stop> {
    conn.set_mode(Mode::NonBlocking)?;
    let soon = case.soon();
    clog_by(case, pattern, |bytes| conn.send_until(bytes, soon))
}

/// The same through `send`, which must not wait.
pub(crate) fn clog_by(
    case: &Case<'_>,
    pattern: &Pattern,
    send: impl Fn(&[u8]) -> Result<usize>,
) -> Result<usize, Stop> {
    let most = case.transport()?.clog_bytes();
    let mut taken = 0;
    while taken < most {
        match send(pattern.some(taken)) {
            Ok(0) => return fail("a send takes at least one byte", "a send takes none"),
            Ok(n) => taken += n,
            Err(error) if error.would_block() => return Ok(taken),
            Err(error) => return Err(error.into()),
        }
    }
    fail("a stream that nobody reads takes no more at some point", "it takes any amount")
}

/// So much that a stream that is full cannot take it, even if some of what it holds moves on.
pub(crate) fn more_than_fits(case: &Case<'_>) -> Result<usize, Stop> {
    Ok((case.transport()?.clog_bytes() / 256).clamp(NARROW, 4 * NARROW))
}

/// Receives the pattern at `place`, and nothing but it.
pub(crate) fn drain(
    conn: &Conn,
    pattern: &Pattern,
    place: Range<usize>,
    deadline: Deadline,
) -> Result<(), Stop> {
    let mut at = place.start;
    while at < place.end {
        let bytes = conn.recv_until(PIECE.min(place.end - at), deadline)?;
        ensure(!bytes.is_empty(), "all that was taken arrives", "the stream ends before")?;
        pattern.check(at, &bytes)?;
        at += bytes.len();
    }
    Ok(())
}

/// What `from` sends next is what `to` receives next: nothing more was on the way.
pub(crate) fn nothing_between(from: &Conn, to: &Conn, deadline: Deadline) -> Result<(), Stop> {
    const MARK: &[u8] = b"<here>";
    from.send_all(MARK, deadline)?;
    let next = to.recv_exact(MARK.len(), deadline)?;
    ensure(next == MARK, "nothing more was sent", "bytes that no send counted arrive")
}

/// Sends `data` from one thread in pieces of every size, and receives it here likewise.
pub(crate) fn carry(
    from: &Conn,
    to: &Conn,
    data: &[u8],
    seed: u64,
    deadline: Deadline,
) -> Result<(), Stop> {
    std::thread::scope(|scope| {
        let sender = scope.spawn(move || send_in_pieces(from, data, Rng::new(seed), deadline));
        let received = recv_in_pieces(to, data.len(), Rng::new(!seed), deadline);
        let sent = sender.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        sent?;
        same_bytes("the stream", data, &received?)
    })
}

fn send_in_pieces(conn: &Conn, data: &[u8], mut rng: Rng, deadline: Deadline) -> Result<(), Stop> {
    let mut left = data;
    while !left.is_empty() {
        let n = size(&mut rng).min(left.len());
        let sent = conn.send_until(&left[..n], deadline)?;
        ensure(
            (1..=n).contains(&sent),
            "a send takes at least one byte and no more than it was given",
            "a send tells another count",
        )?;
        left = &left[sent..];
    }
    Ok(())
}

fn recv_in_pieces(
    conn: &Conn,
    len: usize,
    mut rng: Rng,
    deadline: Deadline,
) -> Result<Vec<u8>, Stop> {
    let mut received = Vec::with_capacity(len);
    while received.len() < len {
        let n = size(&mut rng).min(len - received.len());
        let bytes = conn.recv_until(n, deadline)?;
        if bytes.is_empty() {
            break;
        }
        received.extend_from_slice(&bytes);
    }
    Ok(received)
}

/// A few bytes, some kilobytes or more than any segment, each as often.
fn size(rng: &mut Rng) -> usize {
    let most = [8, 3_000, 100_000][rng.below(3)];
    1 + rng.below(most)
}
