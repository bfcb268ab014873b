//! Why the clauses datagram.deadline.* matter: how long operations wait.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.deadline.past-recv",
        why: "Whoever is late already must not wait once more.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.recv-fires",
        why: "Datagrams get lost: the deadline is what starts the next try.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.timeout-fires",
        why: "The same, where the limit is the socket's.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.minimum",
        why: "A limit of the whole request must not be stretched by that of the socket.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.mode-kept",
        why: "A mode that changes in secret makes a blocking program fail with EAGAIN.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.cleared",
        why: "A time-out that was for one question must not end the next.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.nonblock-send",
        why: "A datagram goes out whole or not at all.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.usable",
        why: "A question that was not answered is asked again, on the same socket.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.arrival-wakes",
        why: "A receiver that sleeps through a datagram is a lost datagram.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.loses-nothing",
        why: "What arrives just when time runs out must be there for the next receive.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.interrupted-recv",
        why: "Signals of profilers and timers must not fail a receive.",
        how: "",
    },
    Reason {
        id: "datagram.deadline.interrupted-timeout",
        why: "Started anew at each signal a time-out never ends.",
        how: "",
    },
];
