//! Having a peer: where datagrams go, and whose are received.

use sockrates_core::{Addr, Errno, Error, RecvFlags};

use crate::checks::datagram::ends::{next, send, send_to, taken};
use crate::expect::{ensure, fail, fails_with, holds, same_bytes, saw, told};
use crate::{Caps, Case, Conn, Observation, Stop};

/// Ends that are connected name each other; ends that are not have no peer to name.
pub(super) fn peer(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for (end, other) in [(&a, &b), (&b, &a)] {
        match end.peer_addr() {
            Ok(peer) => ensure(peer == other.local_addr()?, "the other end", "another address")?,
            Err(Error::Os { errno: Errno::ENOTCONN, .. }) if case.has(Caps::SENDTO) => {}
            Err(error) => return fail("the other end's address", told(&error)),
        }
    }
    holds()
}

pub(super) fn connect(case: &Case<'_>) -> Observation {
    let ((bound, home), (other, far)) = (case.bound()?, case.bound()?);
    let nameless = bound.peer_addr().map(drop);
    let _ = fails_with("the peer before connect", nameless, &[Errno::ENOTCONN])?;
    bound.connect(&far, case.soon())?;
    ensure(bound.peer_addr()? == far, "connect sets the peer", "another address")?;
    ensure(bound.local_addr()? == home, "connect keeps a bound address", "it changes")?;
    send(case, &bound, b"to the peer")?;
    same_bytes("the datagram to the peer", b"to the peer", &next(case, &other)?)?;

    let fresh = case.socket()?;
    fresh.connect(&far, case.soon())?;
    let local = fresh.local_addr()?;
    if local == Addr::Unnamed {
        return saw("nameless");
    }
    if let Some(addr) = local.as_inet() {
        let chosen = addr.port() != 0 && !addr.ip().is_unspecified();
        ensure(chosen, "connect binds to an address and a port", "one is missing")?;
    }
    other.connect(&local, case.soon())?;
    send(case, &other, b"to the address it chose")?;
    same_bytes("the datagram there", b"to the address it chose", &next(case, &fresh)?)?;
    saw("bound")
}

/// What a stranger sends before a friend does is not received. The stranger may be told so.
fn only_from(case: &Case<'_>, end: &Conn, home: &Addr, ends: [&Conn; 2]) -> Result<(), Stop> {
    let [friend, stranger] = ends;
    for round in 0..4_u8 {
        let _ = stranger.send_to(b"from a stranger", Some(home));
        send_to(friend, &[round; 9], home)?;
        same_bytes("the friend's datagram", &[round; 9], &next(case, end)?)?;
    }
    Ok(())
}

pub(super) fn filter(case: &Case<'_>) -> Observation {
    let ((end, home), (friend, far), (stranger, _)) = (case.bound()?, case.bound()?, case.bound()?);
    end.connect(&far, case.soon())?;
    only_from(case, &end, &home, [&friend, &stranger])?;
    holds()
}

pub(super) fn reconnect(case: &Case<'_>) -> Observation {
    let ((end, home), (first, to_first), (second, to_second)) =
        (case.bound()?, case.bound()?, case.bound()?);
    for (peer, addr, other) in
        [(&first, &to_first, &second), (&second, &to_second, &first), (&second, &to_second, &first)]
    {
        end.connect(addr, case.soon())?;
        ensure(end.peer_addr()? == *addr, "the newest peer", "another address")?;
        only_from(case, &end, &home, [peer, other])?;
        send(case, &end, b"to the newest")?;
        same_bytes("the datagram to the peer", b"to the newest", &next(case, peer)?)?;
    }
    holds()
}

/// Without a peer it sends nowhere by default and hears anyone, at the address it has now: some
/// systems take what they chose of it away with the peer.
pub(super) fn disconnect(case: &Case<'_>) -> Observation {
    let ((end, home), (peer, far), (other, _)) = (case.bound()?, case.bound()?, case.bound()?);
    end.connect(&far, case.soon())?;
    end.disconnect()?;
    let _ = fails_with("the peer after disconnect", end.peer_addr().map(drop), &[Errno::ENOTCONN])?;
    let aimless = end.send_to(b"to whom?", None);
    let rules = [Errno::EDESTADDRREQ, Errno::ENOTCONN];
    let _ = fails_with("sending without a destination", aimless, &rules)?;
    let variant = if end.local_addr()? == home { "keeps-address" } else { "forgets-address" };

    send_to(&end, b"to anybody", &far)?;
    let got = peer.recv_with(100, RecvFlags::NONE, case.soon())?;
    same_bytes("the datagram to anybody", b"to anybody", &got.bytes)?;
    let Some(source) = got.from else { return fail("a datagram has a source", "none") };
    for sender in [&other, &peer] {
        send_to(sender, b"from anybody", &source)?;
        same_bytes("anybody's datagram", b"from anybody", &next(case, &end)?)?;
    }
    saw(variant)
}

/// Either the one call goes elsewhere or it fails; the peer stays the peer.
pub(super) fn elsewhere(case: &Case<'_>) -> Observation {
    let ((end, _), (peer, far), (other, away)) = (case.bound()?, case.bound()?, case.bound()?);
    end.connect(&far, case.soon())?;
    let variant = match end.send_to(b"elsewhere", Some(&away)) {
        Ok(count) => {
            taken(b"elsewhere", Ok(count))?;
            same_bytes("the datagram elsewhere", b"elsewhere", &next(case, &other)?)?;
            "delivered"
        }
        Err(Error::Os { errno: Errno::EISCONN, .. }) => "refused",
        Err(error) => return fail("it is sent there, or EISCONN", told(&error)),
    };
    ensure(end.peer_addr()? == far, "the peer stays the peer", "it changes")?;
    send(case, &end, b"to the peer")?;
    same_bytes("the datagram to the peer", b"to the peer", &next(case, &peer)?)?;
    saw(variant)
}

/// A stranger's datagram that arrived before connect is still in the queue, or is not.
pub(super) fn before_connect(case: &Case<'_>) -> Observation {
    let ((end, home), (peer, far), (stranger, _)) = (case.bound()?, case.bound()?, case.bound()?);
    send_to(&stranger, b"early", &home)?;
    let seen = end.recv_with(10, RecvFlags::PEEK, case.soon())?;
    same_bytes("the datagram in the queue", b"early", &seen.bytes)?;
    end.connect(&far, case.soon())?;
    send_to(&peer, b"later", &home)?;
    let first = next(case, &end)?;
    if first == b"later" {
        return saw("discarded");
    }
    same_bytes("the datagram from before", b"early", &first)?;
    same_bytes("the peer's datagram", b"later", &next(case, &end)?)?;
    saw("kept")
}
