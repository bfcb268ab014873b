//! Why the clauses datagram.message.* matter: what a datagram is.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.message.boundaries",
        why: "A message is what was sent in one call: merged or split, it is another message.",
        how: "",
    },
    Reason {
        id: "datagram.message.empty",
        why: "An empty datagram is a message, such as a keep-alive; taken for the end it stops \
              the receiver.",
        how: "Sends empty datagrams between others, and receives each in its place.",
    },
    Reason {
        id: "datagram.message.truncation",
        why: "The tail of one datagram read as the start of the next is garbage taken for data.",
        how: "",
    },
    Reason {
        id: "datagram.message.truncation-told",
        why: "A message cut off without a word is parsed as if it were whole.",
        how: "",
    },
    Reason {
        id: "datagram.message.no-room",
        why: "Left in the queue it would be received for ever.",
        how: "",
    },
    Reason {
        id: "datagram.message.peek",
        why: "Looked at twice, received once: taken by the look, it is lost.",
        how: "",
    },
    Reason {
        id: "datagram.message.peek-short",
        why: "The look is for finding out how much room it needs.",
        how: "",
    },
    Reason {
        id: "datagram.message.longest",
        why: "What the protocol promises should not fail at a lower limit in secret.",
        how: "",
    },
    Reason {
        id: "datagram.message.too-long",
        why: "Cut to fit, it would be another message; a socket that is broken by it loses \
              others too.",
        how: "",
    },
    Reason {
        id: "datagram.message.intact",
        why: "A datagram has one check sum and no second try.",
        how: "",
    },
    Reason {
        id: "datagram.message.accounted",
        why: "Nothing is lost within a machine but at a full queue; anything else is a fault of \
              the layer.",
        how: "",
    },
    Reason {
        id: "datagram.message.would-block",
        why: "Event loops live by this error; 0 bytes in its place are an empty datagram.",
        how: "",
    },
    Reason {
        id: "datagram.message.overflow",
        why: "Loss is permitted, a half message is not.",
        how: "",
    },
    Reason {
        id: "datagram.message.gathered",
        why: "Header and body in two datagrams are two wrong messages.",
        how: "",
    },
    Reason {
        id: "datagram.message.appends",
        why: "Overwriting loses what was received before.",
        how: "",
    },
    Reason {
        id: "datagram.message.dont-wait",
        why: "A flag that sticks turns later blocking calls into errors.",
        how: "",
    },
    Reason {
        id: "datagram.message.wait-all",
        why: "A datagram is all there is: waiting for more merges or hangs.",
        how: "",
    },
    Reason {
        id: "datagram.message.out-of-band",
        why: "A request for urgent data that is ignored takes an ordinary datagram.",
        how: "",
    },
    Reason {
        id: "datagram.message.batches",
        why: "A batch is for speed; what is received must not depend on it.",
        how: "",
    },
    Reason { id: "datagram.message.both-ways", why: "Peers talk at the same time.", how: "" },
    Reason {
        id: "datagram.message.concurrent-senders",
        why: "Threads that log to one socket must not mix their lines.",
        how: "",
    },
    Reason {
        id: "datagram.message.concurrent-receivers",
        why: "Workers share a socket: a request done twice is as wrong as one not done.",
        how: "",
    },
];
