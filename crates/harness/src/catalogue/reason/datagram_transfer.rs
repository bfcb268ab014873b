//! Why the clauses datagram.transfer.* matter: many datagrams.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.transfer.sizes",
        why: "Faults hide at the lengths that nobody tries by hand.",
        how: "",
    },
    Reason {
        id: "datagram.transfer.batches",
        why: "What is right for one datagram may fail for a queue of them.",
        how: "",
    },
    Reason {
        id: "datagram.transfer.cut",
        why: "A tail kept by mistake shows only in the datagram after it.",
        how: "",
    },
    Reason {
        id: "datagram.transfer.directions",
        why: "Orders of operations that no example has are where state goes wrong.",
        how: "",
    },
    Reason {
        id: "datagram.transfer.two-senders",
        why: "Two senders are the least that tells addresses and queues apart.",
        how: "",
    },
];
