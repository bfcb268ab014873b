//! The clauses readiness.edge.*: readiness told once for each arrival, or once until armed again,
//! or to one of several; and back ends that watch back ends.

use crate::About::Readiness;
use crate::{Caps, Cite, Clause, cite};

const ON_CHANGES: Cite = cite(
    "Linux epoll(7)",
    "edge-triggered mode delivers events only when changes occur on the monitored file descriptor",
);
const UNTIL_EAGAIN: Cite =
    cite("Linux epoll(7)", "You must consider it ready until the next (nonblocking) read/write");
const CHUNKS: Cite = cite(
    "Linux epoll(7)",
    "multiple events can be generated upon receipt of multiple chunks of data",
);
const REREAD: Cite = cite("Linux epoll(7)", "Modify will reread available I/O.");
const DISABLED: Cite =
    cite("Linux epoll_ctl(2)", "the file descriptor is disabled in the interest list");
const REARM: Cite = cite("Linux epoll(7)", "the caller's responsibility to rearm");
const ONE_OR_MORE: Cite =
    cite("Linux epoll_ctl(2)", "one or more of the epoll file descriptors will receive an event");
const INDICATES: Cite = cite(
    "Linux epoll(7)",
    "If an epoll file descriptor has events waiting, then it will indicate as being readable.",
);

const EDGE: Caps = Caps::EDGE.and(Caps::READY);
const ONESHOT: Caps = Caps::ONESHOT.and(Caps::READY);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Readiness,
        "readiness.edge.arrival",
        "An arrival is told once, and not again while nothing more arrives",
    )
    .cites(&[ON_CHANGES])
    .needs(EDGE),
    Clause::must(
        Readiness,
        "readiness.edge.leftovers",
        "What a receive leaves behind is not told again",
    )
    .cites(&[ON_CHANGES, cite("Linux epoll(7)", "the event is consumed in 3")])
    .needs(EDGE),
    Clause::must(
        Readiness,
        "readiness.edge.again",
        "Each further arrival is told, whether or not the one before was received",
    )
    .cites(&[CHUNKS, ON_CHANGES])
    .needs(EDGE.and(Caps::QUEUED)),
    Clause::must(
        Readiness,
        "readiness.edge.registered",
        "What is ready when it is registered is told",
    )
    .cites(&[cite("Linux epoll_ctl(2)", ""), UNTIL_EAGAIN])
    .needs(EDGE),
    Clause::must(Readiness, "readiness.edge.modified", "Modifying tells again what is ready then")
        .cites(&[REREAD])
        .needs(EDGE),
    Clause::must(
        Readiness,
        "readiness.edge.room",
        "That there is room to send is told once, and again after it had run out",
    )
    .cites(&[ON_CHANGES, UNTIL_EAGAIN])
    .needs(EDGE.and(Caps::NONBLOCK)),
    Clause::must(
        Readiness,
        "readiness.edge.end",
        "The end of the stream is told, though data told before was not received",
    )
    .cites(&[
        ON_CHANGES,
        cite("Linux epoll_ctl(2)", "detect peer shutdown when using edge-triggered monitoring"),
    ])
    .needs(EDGE.and(Caps::HALF_CLOSE)),
    Clause::must(
        Readiness,
        "readiness.edge.drain",
        "Who receives until there is nothing more at each telling misses nothing",
    )
    .cites(&[
        cite("Linux epoll(7)", "by waiting for an event only after read(2) or write(2) return"),
        UNTIL_EAGAIN,
    ])
    .needs(EDGE.and(Caps::NONBLOCK).and(Caps::HALF_CLOSE)),
    Clause::must(
        Readiness,
        "readiness.edge.oneshot-disarms",
        "A one-shot that has told is silent, though what it told is still there",
    )
    .cites(&[DISABLED])
    .needs(ONESHOT),
    Clause::must(
        Readiness,
        "readiness.edge.oneshot-silent",
        "A one-shot that has told is silent at further arrivals, and at the end",
    )
    .cites(&[cite("Linux epoll_ctl(2)", "no other events will be reported by the epoll interface")])
    .needs(ONESHOT.and(Caps::HALF_CLOSE)),
    Clause::must(
        Readiness,
        "readiness.edge.oneshot-once",
        "A one-shot for receiving and sending tells once in all, not once for each",
    )
    .cites(&[DISABLED])
    .needs(ONESHOT),
    Clause::must(
        Readiness,
        "readiness.edge.oneshot-rearmed",
        "A one-shot that is armed again tells what is there at once, and once",
    )
    .cites(&[REARM, REREAD])
    .needs(ONESHOT),
    Clause::must(
        Readiness,
        "readiness.edge.exclusive",
        "Of several that watch a listener exclusively, at least one is told of a connection",
    )
    .cites(&[ONE_OR_MORE])
    .needs(Caps::EXCLUSIVE.and(Caps::WAKE).and(Caps::SOCKET).and(Caps::CONNECT)),
    Clause::must(
        Readiness,
        "readiness.edge.exclusive-modified",
        "What is watched exclusively cannot be modified",
    )
    .cites(&[cite(
        "Linux epoll_ctl(2)",
        "a subsequent EPOLL_CTL_MOD on the same epfd, fd pair yields an error",
    )])
    .needs(Caps::EXCLUSIVE),
    Clause::must(
        Readiness,
        "readiness.edge.nesting",
        "A back end that has something to tell is ready to receive for one that watches it",
    )
    .cites(&[INDICATES])
    .needs(Caps::NESTING.and(Caps::READY)),
    Clause::must(Readiness, "readiness.edge.nesting-itself", "A back end cannot watch itself")
        .cites(&[cite("Linux epoll(7)", "The epoll_ctl(2) call fails (EINVAL).")])
        .needs(Caps::NESTING),
    Clause::must(
        Readiness,
        "readiness.edge.nesting-circle",
        "Back ends cannot watch each other in a circle",
    )
    .cites(&[cite(
        "Linux epoll_ctl(2)",
        "would result in a circular loop of epoll instances monitoring one another",
    )])
    .needs(Caps::NESTING),
];
