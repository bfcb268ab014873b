//! The checks of the clauses cross.capability.*

use std::net::Ipv4Addr;
#[cfg(unix)]
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

#[cfg(unix)]
use sockrates_core::ControlRef;
use sockrates_core::{
    Addr, Deadline, Errno, Error, Kind, Mode, Ready, RecvFlags, SendFlags, Shutdown, SocketOption,
};

use crate::checks::checks;
use crate::expect::{ensure, holds};
use crate::{Caps, Case, Conn, Observation, Stop, TransportSubject};

/// Tries what a capability stands for, in a way that cannot block even where it is ignored.
type Probe = fn(&dyn TransportSubject, &Conn) -> Result<(), Error>;

/// How much there is to receive on the end that is probed: a byte for each receive.
const QUEUED: &[u8] = b"12345678";

/// The operations of a subject and of an end.
const OPERATIONS: &[(Caps, Probe)] = &[
    (Caps::LISTEN, |subject, _| subject.listen().map(drop)),
    (Caps::CONNECT, |subject, _| subject.connect(&somewhere(subject), long()).map(drop)),
    (Caps::ADDRESSES, |_, conn| conn.local_addr().map(drop)),
    (Caps::ADDRESSES, |_, conn| conn.peer_addr().map(drop)),
    (Caps::SOCKET, |subject, _| subject.socket().map(drop)),
    (Caps::CONNECT_EX, |subject, conn| conn.connect_ex(&somewhere(subject)).map(drop)),
    (Caps::SO_ERROR, |_, conn| conn.take_error().map(drop)),
    (Caps::READY, |_, conn| conn.wait(Ready::READ, Deadline::at(Instant::now())).map(drop)),
    (HALF_CLOSE_OR_SHUTDOWN, |_, conn| conn.close_send()),
    (Caps::SHUTDOWN, |_, conn| conn.shutdown(Shutdown::Both)),
    (Caps::QUEUED, |_, conn| conn.queued().map(drop)),
    (Caps::ABORT, |_, conn| conn.abort()),
    (Caps::CLOSE, |_, conn| conn.close()),
    (Caps::DUP, |_, conn| conn.dup().map(drop)),
    (Caps::DISCONNECT, |_, conn| conn.disconnect()),
];

/// Descriptors, where there are any to pass. Any will do.
#[cfg(unix)]
const RIGHTS: &[(Caps, Probe)] = &[(Caps::RIGHTS, |_, conn| {
    let any = std::io::stderr();
    let rights = [ControlRef::Rights(&[any.as_fd()])];
    conn.send_beside(b"x", &rights, Deadline::NEVER).map(drop)
})];
#[cfg(not(unix))]
const RIGHTS: &[(Caps, Probe)] = &[];

/// One may stand for the other: `shutdown` can end the sending side too.
const HALF_CLOSE_OR_SHUTDOWN: Caps = Caps::HALF_CLOSE.and(Caps::SHUTDOWN);

/// The flags of a receive and of a send.
const FLAGS: &[(Caps, Probe)] = &[
    (Caps::PEEK, |_, conn| recv_with(conn, RecvFlags::PEEK)),
    (Caps::DONTWAIT, |_, conn| recv_with(conn, RecvFlags::DONTWAIT)),
    (Caps::DONTWAIT, |_, conn| send_with(conn, SendFlags::DONTWAIT)),
    (Caps::OOB, |_, conn| send_with(conn, SendFlags::OOB)),
    (Caps::TRUNC, |_, conn| recv_with(conn, RecvFlags::TRUNC)),
];

/// What only a stream can do, so that only a stream can pretend to: a datagram is always whole.
const STREAM_FLAGS: &[(Caps, Probe)] =
    &[(Caps::WAITALL, |_, conn| recv_with(conn, RecvFlags::WAITALL))];

/// How operations may wait.
const WAITING: &[(Caps, Probe)] = &[
    (Caps::NONBLOCK, |_, conn| conn.set_mode(Mode::NonBlocking)),
    (Caps::TIMEOUT, |_, conn| conn.set_mode(Mode::Timeout(Duration::from_secs(1)))),
    (Caps::DEADLINE, |_, conn| conn.recv_until(1, long()).map(drop)),
    (Caps::DEADLINE, |_, conn| conn.send_until(b"x", long()).map(drop)),
];

/// Options of every kind of socket.
const OPTIONS: &[(Caps, Probe)] = &[
    (Caps::BUFFERS, |_, conn| conn.set_option(SocketOption::SendBuffer, 1 << 16)),
    (Caps::REUSE, |_, conn| conn.set_option(SocketOption::ReuseAddress, 1)),
    (Caps::OPTIONS, |_, conn| conn.option(SocketOption::SocketType).map(drop)),
    (Caps::HOPS, |_, conn| conn.set_option(SocketOption::Ttl, 9)),
];

/// Options that systems also take, without effect, where they mean nothing.
const STREAM_OPTIONS: &[(Caps, Probe)] = &[
    (Caps::LINGER, |_, conn| conn.set_linger(Some(Duration::from_secs(1)))),
    (Caps::REUSE_PORT, |_, conn| conn.set_option(SocketOption::ReusePort, 1)),
    (Caps::NODELAY, |_, conn| conn.set_option(SocketOption::NoDelay, 1)),
    (Caps::KEEPALIVE, |_, conn| conn.set_option(SocketOption::KeepAlive, 1)),
    (Caps::KEEP_TIMES, |_, conn| conn.set_option(SocketOption::KeepIdle, 9)),
];
const DATAGRAM_OPTIONS: &[(Caps, Probe)] = &[
    (Caps::BROADCAST, |_, conn| conn.set_option(SocketOption::Broadcast, 1)),
    (Caps::MULTICAST, |_, conn| conn.set_option(SocketOption::MulticastTtl, 2)),
    (Caps::MULTICAST, |_, conn| conn.join(Ipv4Addr::new(239, 255, 1, 1).into(), 0)),
    (Caps::CONTROL, |_, conn| conn.set_option(SocketOption::RecvTtl, 1)),
];

fn operations(case: &Case<'_>) -> Observation {
    let (conn, _peer) = ready_to_probe(case)?;
    let fileno = conn.endpoint().fileno();
    ensure(case.has(Caps::FD) || fileno.is_none(), "no descriptor that is not declared", "one")?;
    refuses(case, &[OPERATIONS, RIGHTS])
}

fn flags(case: &Case<'_>) -> Observation {
    refuses(case, &[FLAGS, if is_stream(case)? { STREAM_FLAGS } else { &[] }])
}

fn waiting(case: &Case<'_>) -> Observation {
    refuses(case, &[WAITING])
}

fn options(case: &Case<'_>) -> Observation {
    refuses(case, &[OPTIONS, if is_stream(case)? { STREAM_OPTIONS } else { DATAGRAM_OPTIONS }])
}

fn is_stream(case: &Case<'_>) -> Result<bool, Stop> {
    Ok(case.transport()?.kind() == Kind::Stream)
}

/// Everything that is not declared refuses; those that do not are named.
fn refuses(case: &Case<'_>, probes: &[&[(Caps, Probe)]]) -> Observation {
    let mut others: Vec<&str> = Vec::new();
    let declared = case.transport()?.caps();
    let is_declared = |cap: Caps| !cap.without(declared).contains(cap);
    for (cap, probe) in probes.concat().into_iter().filter(|(cap, _)| !is_declared(*cap)) {
        let (conn, _peer) = ready_to_probe(case)?;
        if !says_no(cap, &probe(case.transport()?, &conn)) {
            others.extend(cap.names().take(1));
        }
    }
    others.dedup();
    ensure(
        others.is_empty(),
        "what is not declared refuses as unsupported",
        format!("other answers of: {}", others.join(", ")),
    )?;
    holds()
}

/// Whether it refuses as such. An error that only misuse or bad luck brings is another answer.
fn says_no(cap: Caps, answer: &Result<(), Error>) -> bool {
    match answer {
        Err(Error::Unsupported { .. }) => true,
        Err(Error::Os { errno, .. }) => {
            *errno == Errno::EOPNOTSUPP
                || *errno == Errno::ENOPROTOOPT
                // A stream has no datagrams whose length it could tell.
                || (*errno == Errno::EINVAL && cap == Caps::TRUNC)
        }
        _ => false,
    }
}

/// A pair of which the first end has something to receive, so that no receive on it blocks.
fn ready_to_probe(case: &Case<'_>) -> Result<(Conn, Conn), Stop> {
    let (a, b) = case.pair()?;
    match case.transport()?.kind() {
        Kind::Stream => b.send_all(QUEUED, Deadline::NEVER)?,
        _ => QUEUED.chunks(1).try_for_each(|byte| b.send(byte).map(drop))?,
    }
    Ok((a, b))
}

fn recv_with(conn: &Conn, flags: RecvFlags) -> Result<(), Error> {
    conn.recv_with(1, flags, Deadline::NEVER).map(drop)
}

fn send_with(conn: &Conn, flags: SendFlags) -> Result<(), Error> {
    conn.send_with(&[b"x"], flags, Deadline::NEVER).map(drop)
}

/// A deadline that is long after the run.
fn long() -> Deadline {
    Deadline::after(Duration::from_secs(3600))
}

/// An address where nobody is expected.
fn somewhere(subject: &dyn TransportSubject) -> Addr {
    if subject.caps().contains(Caps::INET) {
        Addr::from((Ipv4Addr::LOCALHOST, 9))
    } else {
        Addr::Token(0)
    }
}

checks!("cross.capability" { operations, flags, waiting, options });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_says_no() {
        use sockrates_core::Op;
        let os = |errno| Err(Error::os(Op::Recv, errno));
        assert!(says_no(Caps::PEEK, &Err(Error::Unsupported { op: Op::Recv })));
        assert!(says_no(Caps::OOB, &os(Errno::EOPNOTSUPP)));
        assert!(says_no(Caps::TRUNC, &os(Errno::EINVAL)));
        assert!(!says_no(Caps::PEEK, &os(Errno::EINVAL)));
        assert!(!says_no(Caps::PEEK, &Ok(())));
    }
}
