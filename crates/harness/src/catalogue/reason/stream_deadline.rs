//! Why the clauses stream.deadline.* matter: how long operations wait.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.deadline.past-recv",
        why: "Whoever is late already must not wait once more.",
        how: "",
    },
    Reason {
        id: "stream.deadline.past-send",
        why: "A send that waits after the deadline, or sends half and says nothing, breaks \
              resuming.",
        how: "",
    },
    Reason {
        id: "stream.deadline.recv-fires",
        why: "Too early gives up on peers that answer; much too late is no deadline.",
        how: "",
    },
    Reason {
        id: "stream.deadline.send-fires",
        why: "A peer that stops reading must not stop its server.",
        how: "",
    },
    Reason {
        id: "stream.deadline.timeout-fires",
        why: "Python's settimeout is what most programs have against silent peers.",
        how: "",
    },
    Reason {
        id: "stream.deadline.minimum",
        why: "A limit of the whole request must not be stretched by that of the socket, nor the \
              other way round.",
        how: "",
    },
    Reason {
        id: "stream.deadline.recv-leaves-send",
        why: "A quiet peer is no reason to stop talking to it.",
        how: "",
    },
    Reason {
        id: "stream.deadline.send-leaves-recv",
        why: "The peer may be slow because it is answering.",
        how: "",
    },
    Reason {
        id: "stream.deadline.cleared",
        why: "A time-out that was for the log-in must not end the session.",
        how: "",
    },
    Reason {
        id: "stream.deadline.recv-resumes",
        why: "A byte lost to a time-out shifts everything that follows.",
        how: "",
    },
    Reason { id: "stream.deadline.send-resumes", why: "A byte sent twice does the same.", how: "" },
    Reason {
        id: "stream.deadline.nonblock-empty",
        why: "Event loops live by this error; a wait in its place stops all connections of the \
              loop.",
        how: "",
    },
    Reason {
        id: "stream.deadline.nonblock-full",
        why: "Likewise, and room that is not used again leaves a transfer unfinished.",
        how: "",
    },
    Reason {
        id: "stream.deadline.mode-kept",
        why: "A library that changes the mode in secret makes a blocking program fail with EAGAIN.",
        how: "",
    },
    Reason {
        id: "stream.deadline.send-all-total",
        why: "A limit for each part is none: a peer that takes a byte a second holds the sender \
              for days. Python's sendall had this fault until 3.5.",
        how: "Lets a slow peer take a little at a time, and wants the one deadline to end it.",
    },
    Reason {
        id: "stream.deadline.timeout-total",
        why: "The same, where the limit is the socket's.",
        how: "",
    },
    Reason {
        id: "stream.deadline.recv-exact-total",
        why: "A peer that drips bytes (slow loris) otherwise never runs out of time.",
        how: "Lets a slow peer send byte by byte past one deadline, and counts what came.",
    },
    Reason {
        id: "stream.deadline.interrupted-recv",
        why: "A profiler or a window's resize sends signals; reads must not fail for that.",
        how: "",
    },
    Reason {
        id: "stream.deadline.interrupted-send",
        why: "A send repeated after a signal sends its first bytes twice.",
        how: "",
    },
    Reason {
        id: "stream.deadline.interrupted-timeout",
        why: "Started anew at each signal a time-out never ends; not corrected it ends too early.",
        how: "",
    },
];
