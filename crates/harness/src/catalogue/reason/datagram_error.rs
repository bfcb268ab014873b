//! Why the clauses datagram.error.* matter: refusals.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.error.once",
        why: "A refusal told again is blamed on datagrams that arrived.",
        how: "",
    },
    Reason {
        id: "datagram.error.usable",
        why: "One dead server must not cost the client its socket.",
        how: "",
    },
    Reason {
        id: "datagram.error.keeps-queue",
        why: "The answer that did arrive must not be lost to the refusal of another request.",
        how: "",
    },
    Reason {
        id: "datagram.error.so-error",
        why: "Event loops read the reason there; told twice, it is blamed on what follows.",
        how: "",
    },
    Reason {
        id: "datagram.error.loop-survives",
        why: "A server's receive loop that ends at the first refusal can be stopped by anyone \
              with one packet: error 10054 on Windows did it to tokio (issue 2017) and s2n-quic \
              (pull request 1662).",
        how: "Sends to closed ports between others' datagrams, and counts errors and datagrams.",
    },
    Reason { id: "datagram.error.listen", why: "A mistake of kind should fail at once.", how: "" },
    Reason {
        id: "datagram.error.accept",
        why: "Waiting to accept where nothing connects lasts for ever.",
        how: "",
    },
];
