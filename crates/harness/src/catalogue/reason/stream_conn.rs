//! Why the clauses stream.conn.* matter: how connections begin.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.conn.addresses",
        why: "Logs, access lists and replies go by these addresses; a proxy that mixes them up \
              blames the wrong client.",
        how: "",
    },
    Reason {
        id: "stream.conn.refused",
        why: "A client that takes a refusal for a time-out waits for nothing, and tries the \
              next address late.",
        how: "",
    },
    Reason {
        id: "stream.conn.refused-leaks-nothing",
        why: "Whoever waits for a service to start tries for hours: a descriptor a try ends the \
              process.",
        how: "",
    },
    Reason {
        id: "stream.conn.again",
        why: "A pool that connects a socket twice by mistake must hear of it before bytes go to \
              the wrong place.",
        how: "",
    },
    Reason {
        id: "stream.conn.in-progress",
        why: "Every event loop connects this way; a writable socket with an error unread looks \
              like a success.",
        how: "",
    },
    Reason {
        id: "stream.conn.error-clears",
        why: "An error that is told again is blamed on the next operation, one that is not told \
              at all on nobody.",
        how: "",
    },
    Reason {
        id: "stream.conn.refused-receive",
        why: "A program that waits for room to send and then receives takes the end for \
              “connected, and the peer has nothing to say”.",
        how: "Begins an attempt where nobody listens, waits until it has failed, and receives.",
    },
    Reason {
        id: "stream.conn.completed",
        why: "Loops that call connect until it succeeds know by this that it has.",
        how: "",
    },
    Reason {
        id: "stream.conn.pending",
        why: "Taken for a failure it starts a second attempt; taken for success it sends into \
              nothing.",
        how: "",
    },
    Reason {
        id: "stream.conn.pending-name",
        why: "A peer told too early is a peer that may never answer.",
        how: "",
    },
    Reason {
        id: "stream.conn.deadline",
        why: "The system alone gives up after two minutes; a program that answers people cannot.",
        how: "",
    },
    Reason {
        id: "stream.conn.mode-timeout",
        why: "Python's programs set one time-out and trust that connect keeps it too.",
        how: "",
    },
    Reason {
        id: "stream.conn.abandoned",
        why: "An attempt that goes on in secret connects later, and holds a place in the \
              server's queue.",
        how: "",
    },
    Reason {
        id: "stream.conn.invalid-peer",
        why: "TCP has no broadcast: an attempt could only time out, and late.",
        how: "",
    },
    Reason {
        id: "stream.conn.local-address",
        why: "Hosts with several addresses choose the way out by it, and firewalls let through \
              by it.",
        how: "",
    },
    Reason {
        id: "stream.conn.chosen-address",
        why: "The answer needs an address to come back to, unused by others.",
        how: "",
    },
    Reason {
        id: "stream.conn.several",
        why: "Hosts have addresses of two families and one may not work: this is why names \
              still connect.",
        how: "",
    },
    Reason {
        id: "stream.conn.several-errors",
        why: "The last error alone hides the one that matters, as in “no route” by IPv6 after \
              “refused” by IPv4.",
        how: "Lets three addresses refuse and compares the list of errors with them.",
    },
    Reason {
        id: "stream.conn.several-deadline",
        why: "A deadline for each address makes ten seconds a minute.",
        how: "",
    },
    Reason {
        id: "stream.conn.wrong-family",
        why: "A wrong family is a wrong configuration: the error should say so and not time out.",
        how: "",
    },
    Reason {
        id: "stream.conn.unconnected-name",
        why: "A name made up for no peer ends up in logs and access lists.",
        how: "",
    },
    Reason {
        id: "stream.conn.unconnected-receive",
        why: "Waiting for ever on a socket that nobody can send to is a hang without a cause.",
        how: "",
    },
    Reason {
        id: "stream.conn.unconnected-send",
        why: "Bytes taken for a connection that there is not are lost without a word.",
        how: "",
    },
];
