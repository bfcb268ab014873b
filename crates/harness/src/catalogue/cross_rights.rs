//! The clauses cross.rights.*: descriptors that travel beside bytes, on transports of either kind.

use crate::About::Transport;
use crate::{Caps, Cite, Clause, cite};

const PASSES: Cite =
    cite("POSIX.1-2017 sys/socket.h", "the data array contains the access rights to be sent or");
const NO_ROOM: Cite = cite(
    "Linux unix(7)",
    "the excess file descriptors are automatically closed in the receiving process",
);
const TRUNCATED: Cite = cite("POSIX.1-2017 recvmsg", "Control data was truncated.");
const DUPLICATE: Cite =
    cite("Linux unix(7)", "this operation is equivalent to duplicating (dup(2)) a file descriptor");
const NEVER_PRETEND: Cite = cite(
    "sockrates-core Endpoint",
    "an operation must work as POSIX says or say that it is not there, never pretend",
);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Transport,
        "cross.rights.arrives",
        "A descriptor arrives with the bytes that it was sent with, and is the same open file",
    )
    .cites(&[
        PASSES,
        cite("Linux unix(7)", "what is being passed is a reference to an open file description"),
    ])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.order",
        "Several descriptors arrive in the order in which they were sent",
    )
    .cites(&[cite(
        "Linux unix(7)",
        "The data portion contains an integer array of the file descriptors.",
    )])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.close-on-exec",
        "A descriptor that arrives is closed on exec",
    )
    .cites(&[
        cite("sockrates-core Control", "descriptors are open, closed on `exec`"),
        cite(
            "POSIX.1-2024 sys/socket.h",
            "Atomically set the FD_CLOEXEC flag on any file descriptors created via SCM_RIGHTS",
        ),
    ])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.none",
        "No descriptor comes with bytes that were sent without one, nor one a second time",
    )
    .cites(&[PASSES])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.sender-gone",
        "A descriptor on its way stays open when its sender closes it, and when the sender is gone",
    )
    .cites(&[DUPLICATE])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.peek",
        "A peek may show a descriptor, as a duplicate, and leaves it for the receive that follows",
    )
    .cites(&[
        cite("Linux recv(2)", "a subsequent receive call will return the same data"),
        DUPLICATE,
    ])
    .needs(Caps::RIGHTS.and(Caps::PEEK))
    .permits(&["a duplicate", "not shown"]),
    Clause::must(
        Transport,
        "cross.rights.most",
        "More descriptors than one message carries are refused, and nothing is sent",
    )
    .cites(&[
        cite(
            "Linux unix(7)",
            "Attempting to send an array larger than this limit causes sendmsg(2) to fail",
        ),
        cite("sockrates-core Endpoint::send_with_control", "for more descriptors than one message"),
    ])
    .needs(Caps::RIGHTS)
    .permits(&["invalid", "EINVAL", "EMSGSIZE", "ETOOMANYREFS", "ENOBUFS"]),
    Clause::must(
        Transport,
        "cross.rights.unknown",
        "A control message of a kind that there is not is refused, and nothing is sent",
    )
    .cites(&[NEVER_PRETEND])
    .needs(Caps::RIGHTS)
    .permits(&["EINVAL", "invalid", "unsupported"]),
    Clause::must(
        Transport,
        "cross.rights.no-room",
        "Without room for it a descriptor is closed, which shows, and its bytes are received",
    )
    .cites(&[NO_ROOM, TRUNCATED])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.some-room",
        "Descriptors beyond the room for them are closed, which shows; those before may arrive",
    )
    .cites(&[
        NO_ROOM,
        TRUNCATED,
        cite("Linux unix(7)", "the list of file descriptors may be truncated"),
    ])
    .needs(Caps::RIGHTS)
    .permits(&["the first ones", "none"]),
    Clause::must(
        Transport,
        "cross.rights.no-numbers",
        "A descriptor that this process has no number left for is closed, which shows",
    )
    .cites(&[
        cite("Linux unix(7)", "would cause the process to exceed its RLIMIT_NOFILE resource limit"),
        cite("sockrates-core RecvControl", "of free numbers for descriptors in this process"),
    ])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.plain-receive",
        "A receive that does not ask for descriptors closes those that come",
    )
    .cites(&[cite("Linux unix(7)", "then the incoming ancillary data is discarded"), NO_ROOM])
    .needs(Caps::RIGHTS),
    Clause::must(
        Transport,
        "cross.rights.receiver-gone",
        "A descriptor that was on its way to an end that is closed is closed too",
    )
    .cites(&[
        cite("POSIX.1-2017 close", "close() shall cause the socket to be destroyed"),
        DUPLICATE,
    ])
    .needs(Caps::RIGHTS),
];
