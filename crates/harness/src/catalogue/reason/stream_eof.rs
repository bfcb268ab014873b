//! Why the clauses stream.eof.* matter: the end of a stream.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.eof.drained",
        why: "An answer is often sent and the connection closed at once: its bytes must outrun \
              the end.",
        how: "Sends, ends, and receives to the end: all bytes, then the end.",
    },
    Reason {
        id: "stream.eof.sticky",
        why: "A loop that asks once more after the end hangs, or takes an error for data, if \
              the end comes only once. Buffered readers do ask again.",
        how: "Ends one side and receives three times on the other: each receive must bring 0 \
              bytes, and no error.",
    },
    Reason {
        id: "stream.eof.half",
        why: "“That was all I have to say” is how requests end where the answer is still to \
              come. Wrappers lose it: proxies in Docker (libnetwork, pull request 1598) and \
              Tailscale (21359) cut answers off.",
        how: "Sends a question, ends that side, reads the question to its end on the other, and \
              gets an answer back.",
    },
    Reason {
        id: "stream.eof.own",
        why: "After its last word a client waits for the answer, which must not look like an end.",
        how: "",
    },
    Reason {
        id: "stream.eof.unread-input",
        why: "A server that has given its last answer may still have input before it. Closing \
              would reset the connection and cost the client the answer; ending one side must not.",
        how: "",
    },
    Reason {
        id: "stream.eof.write-after",
        why: "Bytes taken after the end was promised can reach nobody.",
        how: "",
    },
    Reason {
        id: "stream.eof.queued",
        why: "Large answers still wait for room when their sender closes; cutting them off \
              loses the tail alone.",
        how: "Sends more than fits, ends at once, and reads all of it on the other side.",
    },
    Reason {
        id: "stream.eof.unconnected",
        why: "A shutdown that succeeds on nothing hides that the wrong socket was meant.",
        how: "",
    },
    Reason {
        id: "stream.eof.wrong-number",
        why: "The numbers differ by one between systems' habits; a side shut down by mistake \
              looks like a broken peer.",
        how: "",
    },
    Reason {
        id: "stream.eof.read-side",
        why: "A thread that is done reading must not hang on a receive, nor lose its other \
              direction.",
        how: "",
    },
    Reason {
        id: "stream.eof.simultaneous",
        why: "Both peers say good-bye at once more often than one thinks; neither has made an \
              error.",
        how: "",
    },
    Reason {
        id: "stream.eof.wakes-reader",
        why: "A reader that sleeps through the end holds its thread and its socket for ever.",
        how: "",
    },
    Reason {
        id: "stream.eof.unsupported",
        why: "A transport such as old TLS cannot end one side; one that pretends to leaves the \
              peer waiting.",
        how: "",
    },
];
