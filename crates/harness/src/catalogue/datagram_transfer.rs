//! The clauses datagram.transfer.*: what holds for whatever is sent, in whatever order.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

/// One message, one receive.
const WHOLE: Cite =
    cite("POSIX.1-2024 recvfrom", "the entire message shall be read in a single operation");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.transfer.sizes",
        "Datagrams of any lengths, none to the protocol's longest, arrive as they were sent",
    )
    .cites(&[
        WHOLE,
        cite("RFC 768 Length", "the length in octets of this user datagram including this header"),
        cite("RFC 1122 3.3.2", ""),
    ]),
    Clause::must(
        Datagram,
        "datagram.transfer.batches",
        "However many datagrams are sent before any is received, they stay apart and are all there",
    )
    .cites(&[WHOLE]),
    Clause::must(
        Datagram,
        "datagram.transfer.cut",
        "Into whatever room datagrams are received, each loses its own tail and nothing else",
    )
    .cites(&[WHOLE, cite("POSIX.1-2024 recvfrom", "the excess bytes shall be discarded")]),
    Clause::must(
        Datagram,
        "datagram.transfer.directions",
        "In whatever order both ends send, peek and receive, each receives what the other sent",
    )
    .cites(&[WHOLE, cite("POSIX.1-2024 recvfrom", "The data is treated as unread")]),
    Clause::must(
        Datagram,
        "datagram.transfer.two-senders",
        "In whatever order two senders send, each datagram is received once and from its sender",
    )
    .cites(&[
        WHOLE,
        cite("POSIX.1-2024 recvfrom", "the source address of the received message shall be stored"),
    ])
    .needs(Caps::SENDTO.and(Caps::ADDRESSES)),
];
