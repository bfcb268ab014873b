//! The clauses stream.concurrent.*: several threads on one end.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const THREAD_SAFE: Cite = cite("POSIX.1-2024 2.9.1", "shall be thread-safe");
const FULL_DUPLEX: Cite =
    cite("POSIX.1-2024 2.10.6", "provides reliable, sequenced, full-duplex octet streams");
const SHARED: Cite = cite("sockrates-core Transport", "a reader and a writer share a socket");
const LAW_5: Cite = cite(
    "sockrates-core Transport, law 5",
    "What an operation that failed did not report as transferred, it did not transfer.",
);
const EPIPE: Cite =
    cite("POSIX.1-2024 send", "the socket is connection-mode and is no longer connected");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.concurrent.send-while-recv",
        "An end can send while a receive on it is blocked",
    )
    .cites(&[FULL_DUPLEX, SHARED]),
    Clause::must(
        Stream,
        "stream.concurrent.recv-while-send",
        "An end can receive while a send on it is blocked",
    )
    .cites(&[
        FULL_DUPLEX,
        SHARED,
        cite("RFC 9293 3.9.1.2", "both sides of the connection might try to do SENDs"),
    ])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "stream.concurrent.readers",
        "Of several readers of one end, exactly one receives each byte, and all see the end",
    )
    .cites(&[THREAD_SAFE, SHARED]),
    Clause::observe(
        Stream,
        "stream.concurrent.writers",
        "What several writers send arrives whole, each send in one piece or interleaved",
        &["atomic", "interleaved"],
    )
    .cites(&[THREAD_SAFE, cite("POSIX.1-2024 write", "Writes of greater than {PIPE_BUF} bytes")]),
    Clause::must(
        Stream,
        "stream.concurrent.cancelled-recv",
        "Receives that are given up while the peer sends lose nothing",
    )
    .cites(&[LAW_5])
    .needs(Caps::DEADLINE),
    Clause::must(
        Stream,
        "stream.concurrent.cancelled-send",
        "Sends that are given up while the peer receives tell exactly how much was sent",
    )
    .cites(&[LAW_5])
    .needs(Caps::DEADLINE),
    Clause::must(
        Stream,
        "stream.concurrent.recv-buffer",
        "The buffer of a receive that was given up is the caller's again: nothing arrives in it",
    )
    .cites(&[LAW_5])
    .needs(Caps::DEADLINE),
    Clause::must(
        Stream,
        "stream.concurrent.send-buffer",
        "The buffer of a send that was given up is the caller's again: changes to it are not sent",
    )
    .cites(&[LAW_5])
    .needs(Caps::DEADLINE.and(Caps::NONBLOCK)),
    Clause::must(
        Stream,
        "stream.concurrent.all-at-once",
        "Every operation may run beside every other, and each ends once the peer is gone",
    )
    .cites(&[THREAD_SAFE, SHARED]),
    Clause::must(
        Stream,
        "stream.concurrent.close-race",
        "Closing an end while it is used ends every operation on it",
    )
    .cites(&[cite("sockrates-core Endpoint::close", "Every later operation fails with EBADF.")])
    .needs(Caps::CLOSE.and(Caps::CLOSE_WAKES)),
    Clause::must(
        Stream,
        "stream.concurrent.shutdown-race",
        "Shutting an end down while it is used ends every operation on it",
    )
    .cites(&[cite("POSIX.1-2024 shutdown", "Disables further send and receive operations."), EPIPE])
    .needs(Caps::SHUTDOWN),
    Clause::must(
        Stream,
        "stream.concurrent.peer-gone",
        "Once the peer is gone, every operation that is blocked ends",
    )
    .cites(&[EPIPE, cite("POSIX.1-2024 recv", "the peer has performed an orderly shutdown")]),
];
