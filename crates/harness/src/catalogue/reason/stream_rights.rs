//! Why the clauses stream.rights.* matter: descriptors in streams.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.rights.needs-byte",
        why: "A descriptor lost on the way is a leak in the kernel and a hang in the program.",
        how: "",
    },
    Reason {
        id: "stream.rights.apart",
        why: "Whose descriptors these are is told by the bytes that they came with.",
        how: "",
    },
    Reason {
        id: "stream.rights.after",
        why: "The next message's bytes must not claim them.",
        how: "",
    },
    Reason {
        id: "stream.rights.first-byte",
        why: "Received again they would be two descriptors, of which one is never closed.",
        how: "",
    },
];
