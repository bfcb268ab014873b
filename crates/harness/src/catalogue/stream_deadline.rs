//! The clauses stream.deadline.*: how long an operation waits.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const MODES: Cite = cite(
    "Python socket, Notes on socket timeouts",
    "In timeout mode, operations fail if they cannot be completed within the timeout specified for \
     the socket",
);
const SETTIMEOUT: Cite = cite("Python socket.settimeout", "subsequent socket operations");
const SENDALL: Cite = cite(
    "Python socket.sendall",
    "The socket timeout is now the maximum total duration to send all data.",
);
const LOSES_NOTHING: Cite = cite("sockrates-core Transport, law 6", "Neither loses a byte");
const DEADLINE: Cite = cite("sockrates-core Deadline::at", "try once and not wait");
const RETRY: Cite = cite("PEP 475", "the Python wrapper retries the system call automatically");
const RECOMPUTE: Cite = cite("PEP 475", "the timeout is recomputed");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.deadline.past-recv",
        "A receive after its deadline times out at once where nothing has arrived",
    )
    .cites(&[DEADLINE, LOSES_NOTHING])
    .needs(Caps::DEADLINE),
    Clause::must(
        Stream,
        "stream.deadline.past-send",
        "A send after its deadline times out at once where nothing fits, and has sent nothing",
    )
    .cites(&[DEADLINE, LOSES_NOTHING])
    .needs(Caps::DEADLINE.and(Caps::NONBLOCK)),
    Clause::observe(
        Stream,
        "stream.deadline.past-ready",
        "A receive after its deadline takes what has arrived, or times out and loses nothing",
        &["received", "timed out"],
    )
    .cites(&[
        DEADLINE,
        cite("Go net.Conn", "an absolute time after which I/O operations fail instead of blocking"),
    ])
    .needs(Caps::DEADLINE),
    Clause::must(
        Stream,
        "stream.deadline.recv-fires",
        "A receive times out at its deadline, not before and not long after",
    )
    .cites(&[MODES, DEADLINE])
    .needs(Caps::DEADLINE)
    .timing(),
    Clause::must(
        Stream,
        "stream.deadline.send-fires",
        "A send times out at its deadline, not before and not long after",
    )
    .cites(&[MODES, DEADLINE])
    .needs(Caps::DEADLINE.and(Caps::NONBLOCK))
    .timing(),
    Clause::must(
        Stream,
        "stream.deadline.timeout-fires",
        "A receive in timeout mode times out after the timeout, not before and not long after",
    )
    .cites(&[
        cite(
            "Python socket.settimeout",
            "if the timeout period value has elapsed before the operation has completed",
        ),
        MODES,
    ])
    .needs(Caps::TIMEOUT)
    .timing(),
    Clause::must(
        Stream,
        "stream.deadline.minimum",
        "Of the mode's timeout and the call's deadline, the earlier counts",
    )
    .cites(&[cite("sockrates-core Mode::deadline", "the earlier of the two")])
    .needs(Caps::DEADLINE.and(Caps::TIMEOUT).and(Caps::NONBLOCK)),
    Clause::observe(
        Stream,
        "stream.deadline.setting",
        "A timeout that is set while an operation is blocked is for later ones, or for it too",
        &["later operations only", "blocked operations too"],
    )
    .cites(&[
        SETTIMEOUT,
        cite("Go net.Conn", "The deadline applies to all future and pending I/O"),
        cite("sockrates-core Transport::set_mode", "the operations that start from now on"),
    ])
    .needs(Caps::TIMEOUT),
    Clause::must(
        Stream,
        "stream.deadline.recv-leaves-send",
        "A receive that times out leaves sending as it was",
    )
    .cites(&[LOSES_NOTHING, MODES])
    .needs(Caps::TIMEOUT),
    Clause::must(
        Stream,
        "stream.deadline.send-leaves-recv",
        "A send that times out leaves receiving as it was",
    )
    .cites(&[LOSES_NOTHING, MODES])
    .needs(Caps::TIMEOUT.and(Caps::NONBLOCK)),
    Clause::must(
        Stream,
        "stream.deadline.cleared",
        "Back in blocking mode, a receive waits longer than the timeout that was set",
    )
    .cites(&[cite(
        "Python socket.settimeout",
        "If None is given, the socket is put in blocking mode.",
    )])
    .needs(Caps::TIMEOUT),
    Clause::must(
        Stream,
        "stream.deadline.recv-resumes",
        "After a receive that timed out half-way, the next one goes on where it ended",
    )
    .cites(&[LOSES_NOTHING, MODES])
    .needs(Caps::TIMEOUT),
    Clause::must(
        Stream,
        "stream.deadline.send-resumes",
        "After a send that timed out half-way, the next one goes on where it ended",
    )
    .cites(&[LOSES_NOTHING, MODES])
    .needs(Caps::TIMEOUT.and(Caps::NONBLOCK)),
    Clause::must(
        Stream,
        "stream.deadline.nonblock-empty",
        "In non-blocking mode a receive fails with EAGAIN where nothing has arrived",
    )
    .cites(&[cite(
        "POSIX.1-2024 recv",
        "recv() shall fail and set errno to [EAGAIN] or [EWOULDBLOCK]",
    )])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "stream.deadline.nonblock-full",
        "In non-blocking mode a send fails with EAGAIN where nothing fits, until there is room",
    )
    .cites(&[
        cite("POSIX.1-2024 send", "and the requested operation would block"),
        cite("POSIX.1-2024 send", "If space is not available at the sending socket"),
    ])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "stream.deadline.mode-kept",
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
        Stream,
        "stream.deadline.send-all-total",
        "Sending all has one deadline, however often parts of it make progress",
    )
    .cites(&[SENDALL])
    .needs(Caps::DEADLINE),
    Clause::must(
        Stream,
        "stream.deadline.timeout-total",
        "Sending all in timeout mode has one timeout, however often parts of it make progress",
    )
    .cites(&[SENDALL])
    .needs(Caps::TIMEOUT.and(Caps::DEADLINE)),
    Clause::must(
        Stream,
        "stream.deadline.recv-exact-total",
        "Receiving an exact count has one deadline, however often parts of it make progress",
    )
    .cites(&[SENDALL, cite("sockrates-core Stream::recv_exact", "")])
    .needs(Caps::DEADLINE),
    Clause::observe(
        Stream,
        "stream.deadline.waitall-total",
        "A receive with WAITALL has one deadline, and tells how much came before it",
        &["timed out", "short"],
    )
    .cites(&[cite("sockrates-core RecvFlags::WAITALL", "to the operation's one deadline"), SENDALL])
    .needs(Caps::DEADLINE.and(Caps::WAITALL)),
    Clause::must(
        Stream,
        "stream.deadline.interrupted-recv",
        "A receive that a signal interrupts goes on",
    )
    .cites(&[RETRY]),
    Clause::must(
        Stream,
        "stream.deadline.interrupted-send",
        "A send that a signal interrupts goes on, and loses and repeats nothing",
    )
    .cites(&[RETRY])
    .needs(Caps::NONBLOCK.and(Caps::HALF_CLOSE)),
    Clause::must(
        Stream,
        "stream.deadline.interrupted-timeout",
        "A timeout is neither shortened nor lengthened by signals",
    )
    .cites(&[RETRY, RECOMPUTE])
    .needs(Caps::TIMEOUT)
    .timing(),
];
