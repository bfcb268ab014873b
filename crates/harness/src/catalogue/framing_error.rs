//! The clauses framing.error.*: what every framing, and Framed over it, has to do when something is
//! wrong.

use crate::About::Framing;
use crate::{Clause, cite};

const LAW_5: &[crate::Cite] = &[cite(
    "sockrates-core Framing, law 5",
    "Need then means that the stream ended inside a frame",
)];
const LAW_6: &[crate::Cite] = &[cite(
    "sockrates-core Framing, law 6",
    "no number that a peer sent is ever memory to allocate",
)];
const LAW_7: &[crate::Cite] =
    &[cite("sockrates-core Framing, law 7", "if it can't, every later call fails the same way")];

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Framing,
        "framing.error.clean-end",
        "The end between two frames is a clean end, and stays one",
    )
    .cites(LAW_5)
    .permits(&["holds", "takes-all"]),
    Clause::must(
        Framing,
        "framing.error.cut-short",
        "The end inside a frame is an error, and what had arrived can still be read",
    )
    .cites(LAW_5)
    .permits(&["holds", "takes-all"]),
    Clause::must(
        Framing,
        "framing.error.arbitrary",
        "Arbitrary bytes neither make it panic nor keep it from making progress",
    )
    .cites(&[cite("sockrates-core Framing, laws 2 and 6", "")]),
    Clause::must(
        Framing,
        "framing.error.same-however-cut",
        "Arbitrary bytes give the same frames and the same errors however they are cut",
    )
    .cites(&[cite(
        "sockrates-core Framing, law 3",
        "The answer depends on the bytes alone, not on how they were cut into windows",
    )])
    .permits(&["holds", "takes-all"]),
    Clause::must(
        Framing,
        "framing.error.sticky",
        "An error without a way on is the answer to every later call",
    )
    .cites(LAW_7),
    Clause::observe(
        Framing,
        "framing.error.resync",
        "After a frame that is too long the next one is decoded, or the error stays",
        &["goes on", "stays", "one-size", "takes-all"],
    )
    .cites(LAW_7),
    Clause::must(
        Framing,
        "framing.error.declared",
        "A length that is announced is refused, or waited for within the maximum, never reserved",
    )
    .cites(LAW_6),
    Clause::must(
        Framing,
        "framing.error.before-error",
        "Frames before the bad one are given first, and what follows it can still be read",
    )
    .cites(LAW_7)
    .permits(&["holds", "one-size", "takes-all"]),
    Clause::must(
        Framing,
        "framing.error.interrupted",
        "A receive that would wait or times out between any two bytes loses none",
    )
    .cites(&[cite("sockrates-core Framed", "A timeout or EAGAIN loses nothing: call next again")])
    .permits(&["holds", "takes-all"]),
    Clause::must(
        Framing,
        "framing.error.partial-write",
        "A send that was cut short goes on where it stopped, and no frame starts inside another",
    )
    .cites(&[cite("sockrates-core Framed", "No frame ever starts inside another")])
    .permits(&["holds", "takes-all"]),
    Clause::must(
        Framing,
        "framing.error.datagrams",
        "A datagram gives each of its frames; what is wrong with one is no matter for the next",
    )
    .cites(&[cite(
        "sockrates-core Framed, on datagrams",
        "whatever is wrong with one is an error that names the sender, and the next call goes on \
         with the next datagram",
    )])
    .permits(&["holds", "takes-all"]),
    Clause::must(Framing, "framing.error.one-datagram", "A frame that is sent is one datagram")
        .cites(&[cite("sockrates-core Framed, on datagrams", "A send is one datagram")]),
    Clause::must(
        Framing,
        "framing.error.memory",
        "A peer that never ends its frame is refused after a bounded number of bytes",
    )
    .cites(LAW_6)
    .permits(&["holds", "takes-all", "one-size"]),
    Clause::must(
        Framing,
        "framing.error.linear",
        "The work for a frame that arrives in small pieces grows as its length",
    )
    .cites(&[cite(
        "sockrates-core Framing, law 1",
        "After Need, the next window is this one and more",
    )])
    .permits(&["holds", "takes-all", "one-size"])
    .timing(),
];
