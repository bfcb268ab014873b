//! Why the clauses stream.state.* matter: what sockets say in each state.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.state.fresh",
        why: "An error made up for a wait ends a connection that is well.",
        how: "",
    },
    Reason {
        id: "stream.state.no-room-at-end",
        why: "A full buffer at the end of a file makes such a call; an error in its place fails \
              a whole transfer.",
        how: "Receives into no room before the last byte, at the end and after it.",
    },
    Reason {
        id: "stream.state.peer-after-end",
        why: "Answers to half-closed requests are logged and limited by the address too.",
        how: "Ends one side, receives the end on the other, and asks for both addresses again.",
    },
    Reason {
        id: "stream.state.listen-connected",
        why: "A pool that mixes sockets up must hear of it before the connection is lost.",
        how: "",
    },
    Reason {
        id: "stream.state.linger-taken-back",
        why: "A socket that once was to be reset must not cut off later answers.",
        how: "Sets a linger time of zero, takes it back, sends and closes: data, then an \
              orderly end.",
    },
    Reason {
        id: "stream.state.wait-idle",
        why: "A wait that returns for nothing makes an event loop spin; one that sees no room \
              stops it.",
        how: "",
    },
    Reason {
        id: "stream.state.wait-data",
        why: "A loop that reads a part and waits again sleeps on what is left.",
        how: "Receives three bytes one by one and waits before each.",
    },
    Reason {
        id: "stream.state.wait-end",
        why: "An end told once is missed by whoever looks again, and the connection is never \
              closed.",
        how: "",
    },
    Reason {
        id: "stream.state.wait-shutdown",
        why: "The thread that waits must learn of the shutdown, or it sleeps for ever.",
        how: "",
    },
];
