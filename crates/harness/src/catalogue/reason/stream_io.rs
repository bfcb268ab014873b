//! Why the clauses stream.io.* matter: what is sent is what is received.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.io.intact",
        why: "Everything above a stream trusts this; one lost byte and every frame after it is \
              read wrongly.",
        how: "Sends blocks of many sizes with positions in them and compares what arrives byte \
              by byte.",
    },
    Reason {
        id: "stream.io.both-ways",
        why: "Two peers that each send before they receive must not stop each other.",
        how: "",
    },
    Reason {
        id: "stream.io.available",
        why: "A protocol of questions and answers stands still where a receive waits for a full \
              buffer.",
        how: "",
    },
    Reason {
        id: "stream.io.boundaries",
        why: "Programs that count on one receive for one send work on loopback and fail on a \
              network.",
        how: "",
    },
    Reason {
        id: "stream.io.prompt",
        why: "A last short message that waits for more is an answer that never comes.",
        how: "",
    },
    Reason {
        id: "stream.io.empty-send",
        why: "Taken for a message or for the end, an empty write ends a connection that is well.",
        how: "",
    },
    Reason {
        id: "stream.io.send-all-empty",
        why: "An empty body is a body: a loop that needs one byte to end never ends.",
        how: "",
    },
    Reason {
        id: "stream.io.empty-recv",
        why: "A full buffer makes such a call by accident; taken for the end it loses the rest \
              of the stream.",
        how: "",
    },
    Reason {
        id: "stream.io.vectored",
        why: "Headers and bodies are sent in one call this way; a part left out or swapped \
              corrupts the protocol.",
        how: "",
    },
    Reason {
        id: "stream.io.empty-parts",
        why: "Bodies may be empty, and a loop that stops at the first empty part cuts off the \
              rest.",
        how: "",
    },
    Reason {
        id: "stream.io.append",
        why: "Overwriting loses what was received before; writing past the room is worse.",
        how: "",
    },
    Reason {
        id: "stream.io.uninit",
        why: "Clearing a buffer that is filled anyway costs more than the receive; reading what \
              was not filled is unsound.",
        how: "",
    },
    Reason {
        id: "stream.io.partial",
        why: "A count that is off by one repeats or loses a byte under load only, where nobody \
              looks.",
        how: "Fills the connection without a reader, adds up the counts, then reads and compares.",
    },
    Reason {
        id: "stream.io.send-all-progress",
        why: "Without the count a broken transfer cannot be resumed; Python's sendall cannot \
              tell it.",
        how: "",
    },
    Reason {
        id: "stream.io.recv-exact-progress",
        why: "What was received before an error is gone for good if it is not handed over.",
        how: "",
    },
    Reason {
        id: "stream.io.recv-exact-end",
        why: "A file cut off must be told from a whole one, and how much of it is there.",
        how: "",
    },
    Reason {
        id: "stream.io.peek",
        why: "Servers that tell protocols apart by the first bytes need them twice.",
        how: "",
    },
    Reason {
        id: "stream.io.peek-end",
        why: "A peek that waits at the end hangs the very servers that look before they read.",
        how: "",
    },
    Reason {
        id: "stream.io.waitall",
        why: "Whoever asked for sixteen bytes reads the header from them without a second look.",
        how: "",
    },
    Reason {
        id: "stream.io.waitall-end",
        why: "A short last block is data as well; waiting for the rest of it lasts for ever.",
        how: "",
    },
    Reason {
        id: "stream.io.dontwait-recv",
        why: "A flag that sticks turns later blocking calls into errors, far away from its cause.",
        how: "",
    },
    Reason {
        id: "stream.io.dontwait-send",
        why: "A server sends to many slow clients by one thread only if no send waits.",
        how: "",
    },
    Reason {
        id: "stream.io.queued",
        why: "Buffers are made by this number: too small a one loses nothing, too large a one \
              waits.",
        how: "",
    },
];
