//! Why the clauses stream.concurrent.* matter: several threads.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.concurrent.send-while-recv",
        why: "Threads for reading and writing are the simplest design there is; a common lock \
              stops it.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.recv-while-send",
        why: "The same, the other way: two peers that both send would block each other for ever.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.readers",
        why: "A byte that two workers get is done twice, an end that only one sees leaves the \
              others waiting.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.cancelled-recv",
        why: "Cancelling is how a timeout is made in many libraries; what had arrived must not \
              go with it.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.cancelled-send",
        why: "Without the count nobody can say what the peer has.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.recv-buffer",
        why: "Memory written to after it was given back is corruption.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.send-buffer",
        why: "Changes that are still sent are corruption of the peer's data.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.all-at-once",
        why: "Modes, names and options are asked from other threads while one waits; a lock \
              held over a wait, or a borrow, stops or kills them.",
        how: "Runs every operation in threads beside each other, then hangs up, and waits for all.",
    },
    Reason {
        id: "stream.concurrent.close-race",
        why: "Shutting down is when threads meet on one socket.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.shutdown-race",
        why: "The same, for the shutdown that comes before.",
        how: "",
    },
    Reason {
        id: "stream.concurrent.peer-gone",
        why: "A peer that vanishes under load must not leave a thread behind.",
        how: "",
    },
];
