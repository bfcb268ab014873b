//! The clauses readiness.api.*: waiting, the list of what is watched, and waking.

use crate::About::Readiness;
use crate::{Caps, Cite, Clause, cite};

const ZERO: Cite =
    cite("Python selectors", "the call won't block, and will report the currently ready");
const NONE: Cite = cite("Python selectors", "the call will block until a monitored file object");
const AT_MOST: Cite = cite("Python selectors", "this specifies the maximum wait time, in seconds");
const ROUNDED_UP: Cite = cite(
    "Linux poll(2)",
    "the timeout interval will be rounded up to the system clock granularity",
);
const RETRIED: Cite =
    cite("Python selectors", "retried with a recomputed timeout when interrupted by a signal");
const RECOMPUTE: Cite = cite("PEP 475", "the timeout is recomputed");
const KEY: Cite = cite("Python selectors", "instance corresponding to a ready file object");
const DATA: Cite = cite(
    "Linux epoll_wait(2)",
    "the same data as was specified in the most recent call to epoll_ctl(2)",
);
const READY_LIST: Cite =
    cite("Python selectors", "a list of (key, events) tuples, one for each ready file object");
const ROUND_ROBIN: Cite = cite(
    "Linux epoll_wait(2)",
    "successive epoll_wait() calls will round robin through the set of ready file descriptors",
);
const TWICE: Cite = cite("Python selectors", "if the file object is already registered");
const ABSENT: Cite = cite("Python selectors", "if fileobj is not registered");
const REMOVED: Cite = cite("Python selectors", "removing it from monitoring");
const MODIFY: Cite =
    cite("Python selectors", "Change a registered file object's monitored events or attached data");
const CLOSED_FIRST: Cite =
    cite("Python selectors", "A file object shall be unregistered prior to being closed.");
const NOT_OPEN: Cite = cite("Linux poll(2)", "Invalid request: fd not open");
const BAD_DESCRIPTOR: Cite =
    cite("POSIX.1-2017 select", "a file descriptor that is not a valid open file descriptor");
const ALL_CLOSED: Cite = cite(
    "Linux epoll(7)",
    "only after all the file descriptors referring to the underlying open file description have \
     been closed",
);
const SELF_PIPE: Cite = cite("Linux select(2)", "The self-pipe trick");
const WAKER: Cite = cite("sockrates-harness Readiness::wake", "or the next one");
const LIVE: Cite = cite(
    "Linux epoll_wait(2)",
    "possible for another thread to add a file descriptor to the waited-upon epoll instance",
);
const NEVER_PRETEND: Cite = cite("sockrates-core Endpoint", "never pretend");

const OBSERVED: Caps = Caps::READY;
const LIVE_CAPS: Caps = OBSERVED.and(Caps::LIVE);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Readiness,
        "readiness.api.zero",
        "A timeout of zero tells what is ready and does not wait for more",
    )
    .cites(&[ZERO])
    .needs(OBSERVED)
    .timing(),
    Clause::must(
        Readiness,
        "readiness.api.none",
        "Without a timeout a wait lasts until something is ready",
    )
    .cites(&[NONE]),
    Clause::must(
        Readiness,
        "readiness.api.timeout",
        "A wait in which nothing happens ends at its timeout, neither before nor long after",
    )
    .cites(&[AT_MOST, ROUNDED_UP])
    .timing(),
    Clause::must(
        Readiness,
        "readiness.api.rounding",
        "A timeout shorter than the system counts in is rounded up, never down and never to zero",
    )
    .cites(&[
        ROUNDED_UP,
        cite(
            "Python select.poll",
            "the length of time in milliseconds which the system will wait for events",
        ),
    ]),
    Clause::must(
        Readiness,
        "readiness.api.empty",
        "A wait with nothing to watch ends at its timeout",
    )
    .cites(&[
        cite("Python select.select", "acceptance of three empty"),
        cite("Linux epoll_wait(2)", "whose interest list is currently empty"),
    ]),
    Clause::must(
        Readiness,
        "readiness.api.arrival",
        "What becomes ready during a wait ends it at once, however long the timeout",
    )
    .cites(&[AT_MOST])
    .timing(),
    Clause::must(
        Readiness,
        "readiness.api.longest",
        "The longest timeout that can be written neither fails nor wraps around",
    )
    .cites(&[AT_MOST, cite("Rust std::time::Duration::MAX", "The maximum duration.")]),
    Clause::must(Readiness, "readiness.api.interrupted", "A signal does not end a wait").cites(&[
        RETRIED,
        cite("PEP 475", "the Python wrapper retries the system call automatically"),
    ]),
    Clause::must(
        Readiness,
        "readiness.api.interrupted-timeout",
        "Signals neither shorten a wait nor lengthen it",
    )
    .cites(&[RETRIED, RECOMPUTE])
    .timing(),
    Clause::must(
        Readiness,
        "readiness.api.keys",
        "Each end is told under the key that it was registered with",
    )
    .cites(&[KEY, DATA])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.api.one-of-many",
        "Of a hundred ends, exactly the one that is ready is told",
    )
    .cites(&[READY_LIST])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.api.every-one",
        "Of a hundred ends that stay ready, each is told within a hundred waits",
    )
    .cites(&[READY_LIST, ROUND_ROBIN]),
    Clause::must(
        Readiness,
        "readiness.api.same-end",
        "An end that two back ends watch is told by both",
    )
    .cites(&[cite("Linux epoll(7)", "events would be reported to both")])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.api.twice",
        "Registering what is registered fails, and leaves the registration as it is",
    )
    .cites(&[TWICE, cite("Linux epoll_ctl(2)", "already registered with this epoll instance")])
    .needs(OBSERVED),
    Clause::must(Readiness, "readiness.api.again", "What was unregistered can be registered again")
        .cites(&[MODIFY, REMOVED])
        .needs(OBSERVED),
    Clause::must(Readiness, "readiness.api.absent", "Unregistering what is not registered fails")
        .cites(&[
            ABSENT,
            cite("Linux epoll_ctl(2)", "fd is not registered with this epoll instance"),
        ]),
    Clause::must(
        Readiness,
        "readiness.api.absent-modified",
        "Modifying what is not registered fails, and registers nothing",
    )
    .cites(&[ABSENT, cite("Python select.poll", "never registered causes")]),
    Clause::must(
        Readiness,
        "readiness.api.unregistered",
        "What is unregistered is told no more, ready as it is",
    )
    .cites(&[REMOVED])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.api.unregistered-others",
        "Unregistering one leaves the others watched, each under its key",
    )
    .cites(&[REMOVED, KEY])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.api.number-reused",
        "A new end with the number of one that was unregistered and closed is told as itself",
    )
    .cites(&[CLOSED_FIRST, cite("POSIX.1-2024 2.6", ""), KEY])
    .needs(OBSERVED.and(Caps::FD).and(Caps::DUP)),
    Clause::must(
        Readiness,
        "readiness.api.modified",
        "Modifying takes effect at the next wait: what is asked for now is told, and only that",
    )
    .cites(&[MODIFY])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.api.modified-key",
        "Modifying the key has an end told under the new one",
    )
    .cites(&[MODIFY, DATA])
    .needs(OBSERVED),
    Clause::must(
        Readiness,
        "readiness.api.sequence",
        "After each step of a long sequence a look tells what the sockets themselves tell",
    )
    .cites(&[READY_LIST, MODIFY, REMOVED])
    .needs(OBSERVED.and(Caps::QUEUED).and(Caps::HALF_CLOSE)),
    Clause::observe(
        Readiness,
        "readiness.api.nothing-asked",
        "A registration that asks for neither receiving nor sending is refused, or tells the \
         unasked alone, or nothing",
        &["refused", "silent", "tells a hang-up"],
    )
    .cites(&[
        cite("Linux poll(2)", "the only events that can be returned in revents are POLLHUP"),
        cite("Python selectors", "in case of invalid event mask"),
    ])
    .needs(OBSERVED.and(Caps::ABORT)),
    Clause::observe(
        Readiness,
        "readiness.api.closed",
        "An end that was closed while registered fails the wait, is told, or is not",
        &["EBADF", "told", "silent"],
    )
    .cites(&[BAD_DESCRIPTOR, NOT_OPEN, ALL_CLOSED, CLOSED_FIRST])
    .needs(Caps::FD),
    Clause::observe(
        Readiness,
        "readiness.api.closed-duplicate",
        "An end that was closed while registered and has a duplicate left is told, or is not",
        &["EBADF", "told as an error", "told as ready", "silent"],
    )
    .cites(&[
        cite("Linux epoll(7)", "events may be reported for that file descriptor"),
        NOT_OPEN,
        BAD_DESCRIPTOR,
    ])
    .needs(OBSERVED.and(Caps::FD).and(Caps::DUP)),
    Clause::observe(
        Readiness,
        "readiness.api.closed-reused",
        "A new end with the number of one that was closed while registered is taken, or not",
        &["registered", "refused"],
    )
    .cites(&[CLOSED_FIRST, ALL_CLOSED])
    .needs(Caps::FD.and(Caps::DUP)),
    Clause::must(Readiness, "readiness.api.wake", "A wake from another thread ends a wait")
        .cites(&[WAKER, SELF_PIPE])
        .needs(Caps::WAKE),
    Clause::must(
        Readiness,
        "readiness.api.wake-before",
        "A wake before the wait is not lost: the wait ends at once",
    )
    .cites(&[WAKER, SELF_PIPE])
    .needs(Caps::WAKE),
    Clause::must(Readiness, "readiness.api.wake-nothing", "A wake by itself tells nothing")
        .cites(&[cite("sockrates-harness Readiness::wait", "tells each end that is ready once")])
        .needs(Caps::WAKE),
    Clause::must(
        Readiness,
        "readiness.api.wake-ready",
        "A wait that is woken tells what is ready, at once or at the next wait",
    )
    .cites(&[WAKER, READY_LIST])
    .needs(Caps::WAKE.and(Caps::READY)),
    Clause::must(
        Readiness,
        "readiness.api.wake-once",
        "However many wakes come before a wait, they end that one and not the next",
    )
    .cites(&[cite("Linux eventfd(2)", "the counter's value is reset to zero"), WAKER])
    .needs(Caps::WAKE),
    Clause::must(
        Readiness,
        "readiness.api.wake-threads",
        "Of wakes from several threads while a loop waits, the last is never missed",
    )
    .cites(&[WAKER, SELF_PIPE])
    .needs(Caps::WAKE),
    Clause::must(
        Readiness,
        "readiness.api.live-registered",
        "What another thread registers during a wait ends the wait once it is ready",
    )
    .cites(&[LIVE])
    .needs(LIVE_CAPS),
    Clause::must(
        Readiness,
        "readiness.api.live-modified",
        "What another thread modifies during a wait takes effect in that wait",
    )
    .cites(&[LIVE, MODIFY])
    .needs(LIVE_CAPS),
    Clause::must(
        Readiness,
        "readiness.api.undeclared",
        "What a back end does not declare it refuses as unsupported, and pretends nothing",
    )
    .cites(&[NEVER_PRETEND]),
    Clause::must(
        Readiness,
        "readiness.api.descriptors",
        "A back end that is dropped leaves no descriptor behind",
    )
    .cites(&[cite("Python selectors", "to make sure that any underlying resource is freed")]),
    Clause::must(
        Readiness,
        "readiness.api.close-on-exec",
        "No descriptor of a back end is left to the programs that this one starts",
    )
    .cites(&[
        cite("PEP 446", "make newly created file descriptors non-inheritable by default"),
        cite("Linux proc(5)", "If the close-on-exec file descriptor flag is set"),
    ])
    .needs(Caps::FD),
];
