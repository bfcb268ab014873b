//! Why the clauses datagram.shutdown.* matter: ends and closing.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.shutdown.write",
        why: "Sends after the shutdown reach nobody and must say so; those before it must arrive.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.close-send",
        why: "The same, by the word that streams have for it.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.reverse",
        why: "One direction's end is not the other's.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.no-end",
        why: "There is no end to tell: one made up is an empty datagram that nobody sent.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.not-connected",
        why: "A shutdown that succeeds on nothing hides a mistake.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.close-wakes",
        why: "Without this no receiving thread can be stopped.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.frees-address",
        why: "A server that restarts needs its port at once.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.closed",
        why: "The number is given out again: a late send goes out by a stranger's socket.",
        how: "",
    },
    Reason { id: "datagram.shutdown.close-twice", why: "Clean-up code runs twice.", how: "" },
    Reason {
        id: "datagram.shutdown.sent-survives",
        why: "Whoever sends its last report and ends has done its part.",
        how: "",
    },
    Reason {
        id: "datagram.shutdown.dup",
        why: "A child goes on with the socket after the parent has closed it.",
        how: "",
    },
];
