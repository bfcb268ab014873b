//! The clauses framing.whole.*: all there is, a datagram as a rule.

use crate::About::Format;
use crate::{Clause, cite};

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("whole"),
        "framing.whole.untouched",
        "The body is sent as it is, with nothing around it",
    )
    .cites(&[cite("RFC 768", ""), cite("sockrates-core Whole", "nothing is added to the body")]),
    Clause::must(
        Format("whole"),
        "framing.whole.at-end",
        "All there is is one frame once nothing follows, none at all too; before there is no frame",
    )
    .cites(&[cite(
        "sockrates-core Whole",
        "The whole datagram is the frame, an empty one included",
    )]),
    Clause::must(
        Format("whole"),
        "framing.whole.datagrams",
        "Each datagram is a frame, an empty one too; one over the maximum is an error of its own",
    )
    .cites(&[
        cite("Linux udp(7)", "All receive operations return only one packet."),
        cite("sockrates-core Framed, on datagrams", "An empty datagram is not the end"),
    ]),
];
