//! The clauses datagram.rights.*: which message descriptors come with.

use crate::About::Datagram;
use crate::{Caps, Clause, cite};

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.rights.apart",
        "Each datagram brings its own descriptors, and no other's",
    )
    .cites(&[cite(
        "POSIX.1-2017 sys/socket.h",
        "the data array contains the access rights to be sent or",
    )])
    .needs(Caps::RIGHTS),
    Clause::must(
        Datagram,
        "datagram.rights.empty",
        "Descriptors without a byte arrive with an empty datagram, or are refused, and never lost",
    )
    .cites(&[cite(
        "Linux unix(7)",
        "it is not necessary on Linux to send any accompanying real data",
    )])
    .needs(Caps::RIGHTS)
    .permits(&["arrives", "invalid", "EINVAL"]),
    Clause::must(
        Datagram,
        "datagram.rights.truncated",
        "A datagram whose tail is lost brings its descriptors all the same",
    )
    .cites(&[
        cite("POSIX.1-2017 recvmsg", "Normal data was truncated."),
        cite("POSIX.1-2017 recvmsg", "Control data was truncated."),
    ])
    .needs(Caps::RIGHTS.and(Caps::TRUNC)),
];
