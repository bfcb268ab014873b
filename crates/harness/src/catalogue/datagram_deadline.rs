//! The clauses datagram.deadline.*: how long an operation waits, and what that costs.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

/// How long in which mode.
const MODES: Cite = cite(
    "Python socket, Notes on socket timeouts",
    "In timeout mode, operations fail if they cannot be completed within the timeout specified for \
     the socket",
);

/// What a deadline is.
const DEADLINE: Cite = cite("sockrates-core Deadline::at", "try once and not wait");

/// What time that has run out does not do.
const LOSES_NOTHING: Cite = cite("sockrates-core Transport, law 6", "Neither loses a byte");

/// Waiting as POSIX has it.
const BLOCKS: Cite = cite("POSIX.1-2024 recvfrom", "shall block until a message arrives");

/// What an interruption does not do.
const RETRY: Cite = cite("PEP 475", "the Python wrapper retries the system call automatically");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.deadline.past-recv",
        "A receive after its deadline times out where nothing has arrived",
    )
    .cites(&[DEADLINE, LOSES_NOTHING])
    .needs(Caps::DEADLINE),
    Clause::observe(
        Datagram,
        "datagram.deadline.past-ready",
        "A receive after its deadline takes a datagram that has arrived, or times out and loses \
         nothing",
        &["received", "timed-out"],
    )
    .cites(&[DEADLINE, LOSES_NOTHING])
    .needs(Caps::DEADLINE),
    Clause::observe(
        Datagram,
        "datagram.deadline.past-send",
        "A send after its deadline sends where there is room, or times out and sends nothing",
        &["sent", "timed-out"],
    )
    .cites(&[DEADLINE, LOSES_NOTHING])
    .needs(Caps::DEADLINE),
    Clause::must(
        Datagram,
        "datagram.deadline.recv-fires",
        "A receive times out at its deadline, not before and not long after",
    )
    .cites(&[MODES, DEADLINE])
    .needs(Caps::DEADLINE)
    .timing(),
    Clause::must(
        Datagram,
        "datagram.deadline.timeout-fires",
        "A receive in timeout mode times out after the timeout, not before and not long after",
    )
    .cites(&[MODES])
    .needs(Caps::TIMEOUT)
    .timing(),
    Clause::must(
        Datagram,
        "datagram.deadline.minimum",
        "Of the mode's timeout and the call's deadline, the earlier counts",
    )
    .cites(&[cite("sockrates-core Mode::deadline", "the earlier of the two")])
    .needs(Caps::DEADLINE.and(Caps::TIMEOUT).and(Caps::NONBLOCK)),
    Clause::must(
        Datagram,
        "datagram.deadline.mode-kept",
        "An end starts in blocking mode, and its mode is the one that was set last",
    )
    .cites(&[
        cite(
            "Python socket, Notes on socket timeouts",
            "Sockets are by default always created in blocking mode",
        ),
        cite(
            "Python socket.gettimeout",
            "the timeout in seconds (float) associated with socket operations",
        ),
    ])
    .needs(Caps::TIMEOUT.and(Caps::NONBLOCK)),
    Clause::must(
        Datagram,
        "datagram.deadline.cleared",
        "Back in blocking mode, a receive waits longer than the timeout that was set",
    )
    .cites(&[
        BLOCKS,
        cite("Python socket.settimeout", "If None is given, the socket is put in blocking mode."),
    ])
    .needs(Caps::TIMEOUT),
    Clause::must(
        Datagram,
        "datagram.deadline.nonblock-send",
        "In non-blocking mode a datagram for which there is room is sent whole",
    )
    .cites(&[cite("POSIX.1-2024 send", ""), MODES])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Datagram,
        "datagram.deadline.usable",
        "After a receive that timed out the end sends and receives as before",
    )
    .cites(&[LOSES_NOTHING, MODES])
    .needs(Caps::TIMEOUT),
    Clause::must(
        Datagram,
        "datagram.deadline.arrival-wakes",
        "A receive that waits ends with the next datagram, also with an empty one",
    )
    .cites(&[BLOCKS]),
    Clause::must(
        Datagram,
        "datagram.deadline.loses-nothing",
        "Where deadlines pass while datagrams arrive, each is received once",
    )
    .cites(&[LOSES_NOTHING])
    .needs(Caps::DEADLINE),
    Clause::should(
        Datagram,
        "datagram.deadline.idle",
        "A receive that waits leaves the processor alone, also on a socket that was shut down",
    )
    .cites(&[cite("sockrates-core Transport, law 6", ""), BLOCKS])
    .needs(Caps::DEADLINE)
    .permits(&["idle", "untold"])
    .timing(),
    Clause::must(
        Datagram,
        "datagram.deadline.interrupted-recv",
        "A receive that a signal interrupts goes on",
    )
    .cites(&[RETRY]),
    Clause::must(
        Datagram,
        "datagram.deadline.interrupted-timeout",
        "A timeout is neither shortened nor lengthened by signals",
    )
    .cites(&[RETRY, cite("PEP 475", "the timeout is recomputed")])
    .needs(Caps::TIMEOUT)
    .timing(),
];
