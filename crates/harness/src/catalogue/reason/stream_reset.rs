//! Why the clauses stream.reset.* matter: connections that break.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.reset.close-twice",
        why: "Clean-up code runs twice; by number, the second close would hit somebody else's \
              descriptor.",
        how: "",
    },
    Reason {
        id: "stream.reset.closed",
        why: "A number is given out again at once: a late write lands in a stranger's connection.",
        how: "",
    },
    Reason {
        id: "stream.reset.write-to-closed",
        why: "A sender that never hears of it fills the void for ever.",
        how: "",
    },
    Reason {
        id: "stream.reset.stays-broken",
        why: "A connection that seems to work again after an error has lost bytes between.",
        how: "",
    },
    Reason {
        id: "stream.reset.abort",
        why: "A body cut off by a reset and taken for whole is corrupt data that nobody notices \
              (Bun, pull request 39600).",
        how: "Resets from one side and receives on the other: the reset, and not an end.",
    },
    Reason {
        id: "stream.reset.pending-error",
        why: "Event loops read the reason by SO_ERROR; told twice, it is blamed on what follows.",
        how: "",
    },
    Reason {
        id: "stream.reset.close-wakes",
        why: "Without this a server cannot stop a thread that waits for a silent client.",
        how: "",
    },
    Reason {
        id: "stream.reset.shutdown-wakes",
        why: "This is the portable way to end a reader from another thread.",
        how: "",
    },
    Reason {
        id: "stream.reset.abort-wakes",
        why: "A reader that waits for a peer that is gone waits for ever.",
        how: "",
    },
    Reason {
        id: "stream.reset.wakes-writer",
        why: "A sender that waits for room at a dead peer holds its thread and its buffer.",
        how: "",
    },
    Reason {
        id: "stream.reset.last-reference",
        why: "A child or a duplicate still talks: the first close must not hang up on it.",
        how: "",
    },
    Reason {
        id: "stream.reset.graceful",
        why: "Whoever sends and closes has done all that it can; the rest is the transport's word.",
        how: "",
    },
    Reason {
        id: "stream.reset.linger-bounded",
        why: "A close that waits for a stuck peer without limit stops the server that closes.",
        how: "",
    },
    Reason {
        id: "stream.reset.linger-delivers",
        why: "Lingering is asked for to know that the data went out; waiting longer than that \
              is waste.",
        how: "",
    },
];
