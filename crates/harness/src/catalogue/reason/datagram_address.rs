//! Why the clauses datagram.address.* matter: who sends and who receives.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.address.source",
        why: "The source is the only thing to answer to, and to tell peers apart by.",
        how: "",
    },
    Reason {
        id: "datagram.address.reply",
        why: "That an answer finds its way back is what all of DNS rests on.",
        how: "",
    },
    Reason {
        id: "datagram.address.several-peers",
        why: "A server has one socket for all: one wrong address and an answer goes to a stranger.",
        how: "",
    },
    Reason {
        id: "datagram.address.peek-source",
        why: "Whoever looks decides by the sender, too.",
        how: "",
    },
    Reason {
        id: "datagram.address.autobind",
        why: "A client has to be reachable for its answer without having asked for a port.",
        how: "",
    },
    Reason {
        id: "datagram.address.bind-any",
        why: "A port that two have is one that loses datagrams by chance.",
        how: "",
    },
    Reason {
        id: "datagram.address.bind-taken",
        why: "Two servers at one port would get each other's requests.",
        how: "",
    },
    Reason {
        id: "datagram.address.bind-twice",
        why: "A socket that moves is no longer where its peers send.",
        how: "",
    },
    Reason {
        id: "datagram.address.bind-foreign",
        why: "A mistake of configuration, to be heard at the start.",
        how: "",
    },
    Reason {
        id: "datagram.address.no-destination",
        why: "A datagram to nowhere that counts as sent is lost without a word.",
        how: "",
    },
    Reason {
        id: "datagram.address.peer",
        why: "Programs ask this to know whether to name a destination.",
        how: "",
    },
    Reason {
        id: "datagram.address.connect",
        why: "Connecting must not move a socket that others send to.",
        how: "",
    },
    Reason {
        id: "datagram.address.filter",
        why: "This is why clients connect: forged answers from others must not get in.",
        how: "",
    },
    Reason {
        id: "datagram.address.reconnect",
        why: "A client that goes on to the next server must not hear, or answer, the last one.",
        how: "",
    },
    Reason {
        id: "datagram.address.disconnect",
        why: "Servers that were clients must hear anyone again.",
        how: "",
    },
    Reason {
        id: "datagram.address.wrong-family",
        why: "A wrong address is told, and nothing of the socket is lost for it.",
        how: "",
    },
    Reason {
        id: "datagram.address.broadcast",
        why: "One wrong address otherwise reaches every machine of the network.",
        how: "",
    },
    Reason {
        id: "datagram.address.broadcast-allowed",
        why: "Discovery protocols need it.",
        how: "",
    },
];
