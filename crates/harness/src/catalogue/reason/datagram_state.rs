//! Why the clauses datagram.state.* matter: what sockets say in each state.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.state.fresh",
        why: "An error made up for a wait is blamed on the next datagram.",
        how: "",
    },
    Reason {
        id: "datagram.state.failed-connect",
        why: "A wrong address that costs the peer sends the next datagram nowhere, or lets \
              strangers in.",
        how: "Connects, connects to the other family, then asks for the peer and sends to it.",
    },
    Reason {
        id: "datagram.state.wait-idle",
        why: "A wait that returns for nothing makes an event loop spin; one that sleeps loses \
              time or datagrams.",
        how: "",
    },
    Reason {
        id: "datagram.state.wait-empty",
        why: "A keep-alive without bytes must wake the loop that counts it.",
        how: "",
    },
];
