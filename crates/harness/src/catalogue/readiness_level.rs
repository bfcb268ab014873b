//! The clauses readiness.level.*: what an end is ready for, told as long as it is.

use crate::About::Readiness;
use crate::{Caps, Cite, Clause, cite};

const FOR_READING: Cite = cite(
    "POSIX.1-2017 select",
    "considered ready for reading when a call to an input function with O_NONBLOCK clear would \
     not block",
);
const FOR_WRITING: Cite = cite(
    "POSIX.1-2017 select",
    "ready for writing when a call to an output function with O_NONBLOCK clear would not block, \
     whether or not the function would transfer data successfully",
);
const AT_END: Cite = cite("Linux select(2)", "a file descriptor is also ready on end-of-file");
const REQUESTED: Cite = cite("Linux poll(2)", "any of those specified in events, or one of");
const UNASKED: Cite =
    cite("Linux poll(2)", "set in the revents field whenever the corresponding condition is true");
const SAME_AS_POLL: Cite = cite("Linux epoll(7)", "it shares the same semantics");
const LISTENING: Cite = cite(
    "POSIX.1-2017 select",
    "marked as readable if an incoming connection request has been received",
);
const ATTEMPT: Cite = cite(
    "POSIX.1-2017 select",
    "either succeeded or failed leaving a pending error, the socket shall be marked as writable",
);
const ROOM: Cite = cite("Linux poll(2)", "a write larger than the available space");
const MEANS_CLOSED: Cite =
    cite("Linux poll(2)", "this event merely indicates that the peer closed its end");
const EXCLUDES: Cite = cite("POSIX.1-2017 poll", "This event and POLLOUT are mutually-exclusive");
const ONE_EACH: Cite = cite("Python selectors", "one for each ready file object");

const OBSERVED: Caps = Caps::READY;
const FROM_OUTSIDE: Caps = OBSERVED.and(Caps::SOCKET).and(Caps::CONNECT_EX).and(Caps::NONBLOCK);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Readiness,
        "readiness.level.idle",
        "An idle connection is ready to send, and not to receive",
    )
    .cites(&[FOR_READING, FOR_WRITING]),
    Clause::must(
        Readiness,
        "readiness.level.data",
        "An end at which data has arrived is ready to receive, at every wait while it is there",
    )
    .cites(&[FOR_READING, SAME_AS_POLL])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.level.partial",
        "What a receive leaves behind keeps the end ready to receive",
    )
    .cites(&[FOR_READING, cite("Linux epoll(7)", "Level-triggered and edge-triggered")])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.level.drained",
        "An end whose data was all received is ready to receive no more",
    )
    .cites(&[FOR_READING])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.level.interest",
        "Of receiving and sending, only what is asked for is told",
    )
    .cites(&[REQUESTED, cite("Python selectors", "must be waited for on this file object")])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.level.both",
        "An end that is ready to receive and to send is told once, with both",
    )
    .cites(&[ONE_EACH, cite("Linux epoll(7)", "They will be combined.")])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.level.end",
        "The end of the stream makes an end ready to receive, before and after it was received",
    )
    .cites(&[AT_END])
    .needs(OBSERVED.and(Caps::HALF_CLOSE)),
    Clause::must(
        Readiness,
        "readiness.level.half-close",
        "That the peer sends no more is no hang-up and no error",
    )
    .cites(&[
        cite("Linux poll(2)", "Stream socket peer closed connection, or shut down writing half"),
        cite("POSIX.1-2024 poll", ""),
    ])
    .needs(OBSERVED.and(Caps::HALF_CLOSE).and(Caps::HANGUP)),
    Clause::must(
        Readiness,
        "readiness.level.full",
        "An end that can send nothing without waiting is not ready to send",
    )
    .cites(&[FOR_WRITING, ROOM])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Readiness,
        "readiness.level.room",
        "It is ready to send again once the peer has received",
    )
    .cites(&[FOR_WRITING, ROOM])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Readiness,
        "readiness.level.listener",
        "A listener is ready to receive while a connection waits to be accepted, and only then",
    )
    .cites(&[LISTENING])
    .needs(OBSERVED.and(Caps::SOCKET).and(Caps::CONNECT)),
    Clause::must(
        Readiness,
        "readiness.level.pending",
        "A connection attempt that nobody has answered is ready for nothing",
    )
    .cites(&[ATTEMPT])
    .needs(FROM_OUTSIDE.and(Caps::CONNECT).and(Caps::STALL)),
    Clause::must(
        Readiness,
        "readiness.level.connected",
        "A connection attempt that has succeeded is ready to send",
    )
    .cites(&[
        ATTEMPT,
        cite(
            "Linux connect(2)",
            "After select(2) indicates writability, use getsockopt(2) to read the SO_ERROR option",
        ),
    ])
    .needs(FROM_OUTSIDE.and(Caps::LISTEN)),
    Clause::must(
        Readiness,
        "readiness.level.refused",
        "A connection attempt that has failed is ready to send",
    )
    .cites(&[ATTEMPT])
    .needs(FROM_OUTSIDE),
    Clause::must(
        Readiness,
        "readiness.level.refused-error",
        "Of a connection attempt that has failed, the error is told",
    )
    .cites(&[cite("POSIX.1-2024 poll", ""), UNASKED])
    .needs(FROM_OUTSIDE.and(Caps::HANGUP)),
    Clause::must(
        Readiness,
        "readiness.level.reset",
        "An end that the peer has reset is ready to receive and to send",
    )
    .cites(&[FOR_READING, FOR_WRITING])
    .needs(OBSERVED.and(Caps::ABORT)),
    Clause::must(
        Readiness,
        "readiness.level.reset-error",
        "Of an end that the peer has reset, the error and the hang-up are told",
    )
    .cites(&[cite("POSIX.1-2024 poll", ""), UNASKED])
    .needs(OBSERVED.and(Caps::ABORT).and(Caps::HANGUP)),
    Clause::must(
        Readiness,
        "readiness.level.unasked",
        "An error is told whichever of receiving and sending was asked for",
    )
    .cites(&[UNASKED, cite("Linux epoll_ctl(2)", "it is not necessary to set it in events")])
    .needs(OBSERVED.and(Caps::ABORT).and(Caps::HANGUP)),
    Clause::must(
        Readiness,
        "readiness.level.hangup",
        "A connection that both sides have ended is told as hung up",
    )
    .cites(&[MEANS_CLOSED, cite("POSIX.1-2024 poll", "")])
    .needs(Caps::HALF_CLOSE.and(Caps::HANGUP)),
    Clause::must(
        Readiness,
        "readiness.level.hangup-write",
        "An end that is told as hung up is not told as ready to send",
    )
    .cites(&[EXCLUDES])
    .needs(Caps::HALF_CLOSE.and(Caps::HANGUP)),
    Clause::must(
        Readiness,
        "readiness.level.own-end",
        "An end that has ended its sending stays ready to send: a send would fail, not wait",
    )
    .cites(&[
        cite(
            "POSIX.1-2017 select",
            "would not block, whether or not the function would transfer data successfully",
        ),
        cite("POSIX.1-2024 shutdown", ""),
    ])
    .needs(Caps::HALF_CLOSE),
    Clause::should(
        Readiness,
        "readiness.level.receive",
        "A receive where it was told ready does not wait, whatever there was to tell",
    )
    .cites(&[
        FOR_READING,
        cite("Linux select(2)", "a file descriptor is spuriously reported as ready"),
    ])
    .needs(OBSERVED.and(Caps::NONBLOCK).and(Caps::HALF_CLOSE)),
    Clause::must(
        Readiness,
        "readiness.level.send",
        "A send where it was told ready takes at least one byte, as often as it is told",
    )
    .cites(&[FOR_WRITING, cite("Linux poll(2)", "Writing is now possible")])
    .needs(Caps::NONBLOCK),
    Clause::observe(
        Readiness,
        "readiness.level.unconnected",
        "What a socket that was never connected is ready for is left open",
        &["nothing", "write", "read+write", "hangup", "write+hangup", "read+write+hangup"],
    )
    .cites(&[
        cite("Linux poll(2)", ""),
        cite("Python select.poll", ""),
        cite("POSIX.1-2024 poll", ""),
    ])
    .needs(Caps::SOCKET),
];
