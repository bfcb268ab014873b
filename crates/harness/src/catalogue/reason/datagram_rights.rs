//! Why the clauses datagram.rights.* matter: descriptors in datagrams.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.rights.apart",
        why: "A descriptor of another message is a file of another client.",
        how: "",
    },
    Reason {
        id: "datagram.rights.empty",
        why: "A descriptor lost on the way is a leak in the kernel and a hang in the program.",
        how: "",
    },
    Reason {
        id: "datagram.rights.truncated",
        why: "They were sent, and would leak with the tail.",
        how: "",
    },
];
