//! The clauses stream.rights.*: which bytes of a stream descriptors come with.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const BARRIER: Cite =
    cite("Linux unix(7)", "ancillary data forms a kind of barrier for the received data");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.rights.needs-byte",
        "Descriptors without a byte are refused, or come with the next one, and are never lost",
    )
    .cites(&[
        cite(
            "Linux unix(7)",
            "At least one byte of real data should be sent when sending ancillary data.",
        ),
        cite("sockrates-core Endpoint::send_with_control", "without a byte on a stream"),
    ])
    .needs(Caps::RIGHTS)
    .permits(&["invalid", "EINVAL", "with the next byte"]),
    Clause::must(
        Stream,
        "stream.rights.apart",
        "The bytes of two sends that both carry descriptors are not received as one",
    )
    .cites(&[BARRIER])
    .needs(Caps::RIGHTS),
    Clause::must(
        Stream,
        "stream.rights.after",
        "What was sent after descriptors is not received with them; what was before may be",
    )
    .cites(&[
        BARRIER,
        cite("Linux unix(7)", "The next call will receive the remaining four bytes of data."),
    ])
    .needs(Caps::RIGHTS)
    .permits(&["with those before", "apart from those before"]),
    Clause::must(
        Stream,
        "stream.rights.first-byte",
        "Descriptors come with the first byte of their send, and not again with the others",
    )
    .cites(&[cite(
        "sockrates-core Endpoint::send_with_control",
        "On a stream the control messages go with the first byte",
    )])
    .needs(Caps::RIGHTS),
];
