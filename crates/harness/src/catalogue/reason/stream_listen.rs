//! Why the clauses stream.listen.* matter: listeners.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.listen.chosen-port",
        why: "Tests and services that register themselves depend on a port of their own.",
        how: "",
    },
    Reason {
        id: "stream.listen.in-use",
        why: "Two servers at one address would get each other's clients by chance.",
        how: "",
    },
    Reason {
        id: "stream.listen.foreign",
        why: "An address that is not here is a mistake of configuration, to be heard at the start.",
        how: "",
    },
    Reason {
        id: "stream.listen.bound-twice",
        why: "A listener that moves has told its old address to everybody.",
        how: "",
    },
    Reason {
        id: "stream.listen.accept-unlistening",
        why: "Waiting where nobody can connect lasts for ever.",
        how: "",
    },
    Reason {
        id: "stream.listen.accept-accepted",
        why: "Mixing the listener up with the connection should fail at once.",
        how: "",
    },
    Reason {
        id: "stream.listen.accept-empty",
        why: "An event loop that waits in accept serves nobody else.",
        how: "",
    },
    Reason {
        id: "stream.listen.accept-deadline",
        why: "A server looks after itself between clients, and for that accept has to return.",
        how: "",
    },
    Reason {
        id: "stream.listen.accept-address",
        why: "Who may enter is often decided by it.",
        how: "",
    },
    Reason {
        id: "stream.listen.early-data",
        why: "Clients send at once, and do not wait for a server that is busy.",
        how: "",
    },
    Reason {
        id: "stream.listen.early-close",
        why: "Short requests are over before they are accepted, and count all the same.",
        how: "",
    },
    Reason {
        id: "stream.listen.early-reset",
        why: "One client that gave up must not end the loop that accepts the others.",
        how: "",
    },
    Reason {
        id: "stream.listen.once-each",
        why: "A connection lost or handed out twice is a request lost or answered twice.",
        how: "",
    },
    Reason {
        id: "stream.listen.order",
        why: "Who came first waits longest; last-come-first-served starves clients.",
        how: "",
    },
    Reason {
        id: "stream.listen.overflow",
        why: "A client that was told it is connected relies on it.",
        how: "",
    },
    Reason {
        id: "stream.listen.negative-backlog",
        why: "Programs pass -1 for “default”; a huge number by conversion, or a refusal, \
              surprises them.",
        how: "",
    },
    Reason {
        id: "stream.listen.close-resets",
        why: "A client that waits for a server that is gone should know.",
        how: "",
    },
    Reason {
        id: "stream.listen.close-keeps-accepted",
        why: "A graceful stop closes the door first and serves those who are in.",
        how: "",
    },
    Reason {
        id: "stream.listen.close-wakes",
        why: "Without this no thread that waits in accept can be stopped.",
        how: "",
    },
    Reason {
        id: "stream.listen.close-on-exec",
        why: "A child with a copy of the connection keeps it open after everybody has closed it.",
        how: "",
    },
    Reason {
        id: "stream.listen.accepted-mode",
        why: "Systems differ in what is inherited; a program that does not know it gets EAGAIN \
              on one of them.",
        how: "",
    },
];
