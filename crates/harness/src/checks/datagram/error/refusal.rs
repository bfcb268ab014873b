//! What a sender learns where nobody receives.

use sockrates_core::{Errno, Error, Mode};

use crate::checks::datagram::ends::{next, orphan, poll, send, taken};
use crate::expect::{equal, fail, holds, same_bytes, saw, told, would_block};
use crate::{Caps, Case, Conn, Observation, Stop};

/// How often a refusal is asked for. The port of a peer that is gone may be somebody else's by
/// then, if rarely.
const TRIES: usize = 2;

/// What nobody receives.
const QUESTION: &[u8] = b"is anybody there?";

/// The name of an error that is a refusal; POSIX and Winsock call it differently.
fn variant(error: &Error) -> Option<&'static str> {
    match error.errno() {
        Some(Errno::ECONNREFUSED) => Some("refused"),
        Some(Errno::ECONNRESET) => Some("reset"),
        _ => None,
    }
}

/// An end whose one datagram was refused, and the refusal where the send told it at once, as a
/// transport does that need not ask another machine.
struct Refused {
    end: Conn,
    at_once: Option<Error>,
}

fn refused(case: &Case<'_>) -> Result<Refused, Stop> {
    let end = orphan(case, None)?;
    let at_once = ask(end.send_until(QUESTION, case.soon()))?;
    Ok(Refused { end, at_once })
}

/// The refusal that the send told at once, if any.
fn ask(sent: sockrates_core::Result<usize>) -> Result<Option<Error>, Stop> {
    match sent {
        Err(error) if variant(&error).is_some() => Ok(Some(error)),
        sent => taken(QUESTION, sent).map(|()| None),
    }
}

pub(super) fn refusal(case: &Case<'_>) -> Observation {
    for _ in 0..TRIES {
        let Refused { end, at_once } = refused(case)?;
        if at_once.is_some() {
            return saw("refused-at-once");
        }
        match end.recv_until(100, case.soon()) {
            Err(error) if error.is_timeout() => {}
            other => return told_refusal(other),
        }
    }
    saw("silent")
}

fn told_refusal<T>(result: sockrates_core::Result<T>) -> Observation {
    match result {
        Ok(_) => fail("the refusal, or silence", "success"),
        Err(error) => match variant(&error) {
            Some(variant) => saw(variant),
            None => fail("the refusal, or silence", told(&error)),
        },
    }
}

/// A send after the refusal has arrived reports it; how long that takes is the network's business.
pub(super) fn refusal_on_send(case: &Case<'_>) -> Observation {
    let end = orphan(case, None)?;
    let told = poll(case, || ask(end.send_until(QUESTION, case.soon())))?;
    match told {
        Some(error) => told_refusal::<()>(Err(error)),
        None => saw("silent"),
    }
}

/// Where a send tells it at once, nobody who waits is told.
pub(super) fn wakes_receiver(case: &Case<'_>) -> Observation {
    if refused(case)?.at_once.is_some() {
        return saw("refused-at-once");
    }
    let end = orphan(case, None)?;
    let deadline = case.soon();
    let (received, sent) =
        case.while_blocked(|| end.recv_until(100, deadline), || end.send(QUESTION));
    taken(QUESTION, sent)?;
    match received {
        Err(error) if error.is_timeout() => saw("silent"),
        other => told_refusal(other),
    }
}

/// The refusal is told once; then the queue is as empty as before.
pub(super) fn once(case: &Case<'_>) -> Observation {
    let end = refusal_received(case)?;
    end.set_mode(Mode::NonBlocking)?;
    for _ in 0..3 {
        would_block("receiving after the refusal", end.recv(100).map(drop))?;
    }
    holds()
}

/// An end that has been told that its one datagram was refused.
fn refusal_received(case: &Case<'_>) -> Result<Conn, Stop> {
    let Refused { end, at_once } = refused(case)?;
    if at_once.is_none() {
        told_refusal(end.recv_until(100, case.soon()))?;
    }
    Ok(end)
}

/// After the refusal the socket is as good as new: it can have another peer and talk to it.
pub(super) fn usable(case: &Case<'_>) -> Observation {
    let end = refusal_received(case)?;
    let (peer, far) = case.bound()?;
    end.connect(&far, case.soon())?;
    peer.connect(&end.local_addr()?, case.soon())?;
    for (from, to) in [(&end, &peer), (&peer, &end)] {
        let bytes = case.bytes(30);
        send(case, from, &bytes)?;
        same_bytes("the datagram after the refusal", &bytes, &next(case, to)?)?;
    }
    holds()
}

/// What the peer sent before it went is received, whether before the refusal or after.
pub(super) fn keeps_queue(case: &Case<'_>) -> Observation {
    let last = case.bytes(30);
    let end = orphan(case, Some(&last))?;
    for _ in 0..3 {
        // A refusal may come of an earlier one, and is no reason to stop.
        let _ = end.send(QUESTION);
    }
    survive(case, &end, &last, 3)
}

/// Receives until `expected` comes, past at most `errors_max` refusals.
fn survive(case: &Case<'_>, end: &Conn, expected: &[u8], errors_max: usize) -> Observation {
    for _ in 0..=errors_max {
        match end.recv_until(100, case.soon()) {
            Ok(bytes) => {
                same_bytes("the datagram in spite of the refusal", expected, &bytes)?;
                return holds();
            }
            Err(error) if variant(&error).is_some() => {}
            Err(error) if error.is_timeout() => return saw("lost"),
            Err(error) => return fail("the datagram, or a refusal before it", told(&error)),
        }
    }
    fail("a refusal is told once for each datagram refused", "more refusals")
}

/// The pending error is told and cleared by `SO_ERROR`, and then by nothing else.
pub(super) fn so_error(case: &Case<'_>) -> Observation {
    let Refused { end, at_once } = refused(case)?;
    if at_once.is_some() {
        equal("the pending error", &Errno::SUCCESS, &end.take_error()?)?;
        return saw("refused-at-once");
    }
    let pending = poll(case, || {
        let errno = end.take_error()?;
        Ok((!errno.is_success()).then_some(errno))
    })?;
    let Some(errno) = pending else { return saw("silent") };
    equal("the pending error after it was read", &Errno::SUCCESS, &end.take_error()?)?;
    end.set_mode(Mode::NonBlocking)?;
    would_block("receiving after the error was read", end.recv(100).map(drop))?;
    told_refusal::<()>(Err(Error::os(sockrates_core::Op::Recv, errno)))
}

/// An end that is not connected sends to nobody; whether its next receive fails is the system's
/// choice.
pub(super) fn unconnected(case: &Case<'_>) -> Observation {
    let (a, b, at_once) = refused_elsewhere(case, 1)?;
    send(case, &b, b"from somebody")?;
    match a.recv_until(100, case.soon()) {
        Ok(bytes) => {
            same_bytes("the datagram", b"from somebody", &bytes)?;
            saw(if at_once { "told-at-once" } else { "silent" })
        }
        Err(error) => match variant(&error) {
            Some(_) => saw("told"),
            None => fail("a datagram, or a refusal", told(&error)),
        },
    }
}

/// A server's loop goes on: each refusal is one error at the most, and then the datagrams come.
pub(super) fn loop_survives(case: &Case<'_>) -> Observation {
    let (a, b, _) = refused_elsewhere(case, 3)?;
    for round in 0..3_u8 {
        let bytes = [round; 20];
        send(case, &b, &bytes)?;
        if survive(case, &a, &bytes, 3)? == "lost" {
            return saw("lost");
        }
    }
    if case.has(Caps::NONBLOCK) {
        a.set_mode(Mode::NonBlocking)?;
        would_block("receiving after all datagrams", a.recv(100).map(drop))?;
    }
    holds()
}

/// Two ends, the first of which has sent `count` datagrams to an address that is nobody's, and
/// whether a send told it at once.
fn refused_elsewhere(case: &Case<'_>, count: usize) -> Result<(Conn, Conn, bool), Stop> {
    let (a, b) = case.pair()?;
    let (gone, _other) = case.pair()?;
    let nobody = gone.local_addr()?;
    gone.drop_now();
    let mut at_once = false;
    for _ in 0..count {
        at_once |= ask(a.send_to(QUESTION, Some(&nobody)))?.is_some();
    }
    Ok((a, b, at_once))
}
