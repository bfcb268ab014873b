//! The differences that are meant to be: each with a name and a reason.

use super::operation::{Flag, Operation, Place, Step};
use super::outcome::{Outcome, Value};

/// A difference that is meant to be.
pub(crate) struct Difference {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What CPython does, what we do, and why.
    pub(crate) reason: &'static str,
    /// Whether what an operation came to, after others, differs so: here, and in CPython.
    is: fn(&[Step], &Operation, &Outcome, &Outcome) -> bool,
    /// Whether the sockets are in different states from there on.
    pub(crate) parts: bool,
}

/// Every difference that is meant to be.
pub(crate) const ALL: &[Difference] = &[
    Difference {
        name: "poll-first",
        reason: "With a timeout CPython polls before it calls, so that what fails whatever comes \
                 (receiving from a listener, accepting where nothing listens) times out. We call \
                 first, and say at once what is wrong.",
        is: |_, operation, ours, theirs| {
            let at_once = ours.errno.is_some_and(|errno| errno != libc::EAGAIN);
            waits(operation) && theirs.is_timeout() && at_once
        },
        parts: false,
    },
    Difference {
        name: "dontwait",
        reason: "With a timeout CPython waits for it although MSG_DONTWAIT is given. The flag \
                 makes the one call non-blocking here, whatever the mode.",
        is: |_, operation, ours, theirs| {
            flag(operation) == Some(Flag::DontWait)
                && theirs.is_timeout()
                && ours.is("BlockingIOError", Some(libc::EAGAIN))
        },
        parts: false,
    },
    Difference {
        name: "waitall",
        reason: "CPython's MSG_WAITALL is a short read as soon as there is a timeout. We fill the \
                 buffer in every mode, or fail and say which bytes had come.",
        is: |_, operation, ours, theirs| {
            flag(operation) == Some(Flag::WaitAll)
                && theirs.is_ok()
                && (ours.is_timeout() || ours.is("BlockingIOError", Some(libc::EAGAIN)))
                && bytes(&theirs.value) == bytes(&ours.done)
                && bytes(&theirs.value).is_some()
        },
        parts: false,
    },
    Difference {
        name: "waitall-told",
        reason: "CPython's MSG_WAITALL returns what came before a reset as if nothing had \
                 happened, and the next call tells of the reset. We tell at once, with the bytes \
                 that had come.",
        is: |_, operation, ours, theirs| {
            flag(operation) == Some(Flag::WaitAll)
                && theirs.is_ok()
                && ours.is("ConnectionResetError", Some(libc::ECONNRESET))
                && bytes(&theirs.value) == bytes(&ours.done)
                && bytes(&theirs.value).is_some()
        },
        parts: true,
    },
    Difference {
        name: "trunc-stream",
        reason: "MSG_TRUNC on a stream has Linux throw data away, and CPython return bytes that \
                 were never received. We answer EINVAL.",
        is: |_, operation, ours, _| {
            flag(operation) == Some(Flag::Trunc) && ours.is("OSError", Some(libc::EINVAL))
        },
        parts: true,
    },
    Difference {
        name: "trunc-datagram",
        reason: "With MSG_TRUNC CPython returns as many bytes as the datagram had, of which those \
                 past the buffer are whatever memory held. We tell the length, and show what was \
                 received.",
        is: |_, operation, ours, theirs| {
            let shown = |hex: &str| hex.trim_end_matches('.').len();
            match (flag(operation), bytes(&ours.value), bytes(&theirs.value)) {
                (Some(Flag::Trunc), Some(ours), Some(theirs)) => {
                    ours.len() == theirs.len() && ours[..shown(ours)] == theirs[..shown(ours)]
                }
                _ => false,
            }
        },
        parts: false,
    },
    Difference {
        name: "trunc-empty",
        reason: "CPython's recv(0, MSG_TRUNC) makes no call and returns nothing. With an empty \
                 buffer we do call: that is how to ask how long a datagram is.",
        is: |_, operation, ours, theirs| {
            matches!(operation, Operation::Recv { len: 0, flag: Flag::Trunc, .. })
                && bytes(&theirs.value) == Some("")
                && *ours != *theirs
        },
        parts: true,
    },
    Difference {
        name: "recvfrom-empty",
        reason: "CPython's recvfrom(0) on a stream makes a call, which waits for data that it does \
                 not take. An empty buffer is full at once: we make no call.",
        is: |_, operation, ours, theirs| {
            matches!(operation, Operation::RecvFrom { len: 0, .. })
                && ours.value == Value::Message(String::new(), None)
                && !theirs.is_ok()
        },
        parts: true,
    },
    Difference {
        name: "closed-empty",
        reason: "CPython's recv(0) returns nothing on a closed socket too. A closed socket says \
                 EBADF here, whatever is asked of it.",
        is: |_, operation, ours, theirs| {
            matches!(operation, Operation::Recv { len: 0, .. })
                && theirs.is_ok()
                && ours.is("OSError", Some(libc::EBADF))
        },
        parts: false,
    },
    Difference {
        name: "closed-mode",
        reason: "CPython's settimeout fails on a closed socket, and has set the timeout all the \
                 same. A call that fails changes nothing here.",
        is: |before, operation, ours, theirs| {
            let slot = operation.slot();
            let of_it = before.iter().map(|step| &step.operation).filter(|op| op.slot() == slot);
            let sets = |op: &&Operation| {
                matches!(op, Operation::SetTimeout { .. } | Operation::SetBlocking { .. })
            };
            let mut after_close = of_it.skip_while(|op| !matches!(op, Operation::Close { .. }));
            matches!(operation, Operation::GetTimeout { .. })
                && ours.is_ok()
                && theirs.is_ok()
                && after_close.any(|op| sets(&op))
        },
        parts: false,
    },
    Difference {
        name: "truncation-told",
        reason: "CPython's recv and recvfrom cut a datagram silently. We say that its tail is \
                 lost.",
        is: |_, _, ours, theirs| {
            ours.truncated && Outcome { truncated: false, ..ours.clone() } == *theirs
        },
        parts: false,
    },
    Difference {
        name: "done-told",
        reason: "CPython's sendall does not say how much it had sent when it failed. We do.",
        is: |_, operation, ours, theirs| {
            matches!(operation, Operation::SendAll { .. } | Operation::SendAllSlowly { .. })
                && Outcome { done: Value::None, ..ours.clone() } == *theirs
        },
        parts: false,
    },
    Difference {
        name: "zone",
        reason: "CPython parses the zone of an IPv6 address and overwrites it with its tuple's \
                 default, 0, which is EINVAL. We pass it on.",
        is: |_, operation, ours, theirs| {
            matches!(operation, Operation::Bind { to: Place::Zone, .. })
                && theirs.is("OSError", Some(libc::EINVAL))
                && ours.is("OSError", Some(libc::EADDRNOTAVAIL))
        },
        parts: false,
    },
    Difference {
        name: "broadcast-on-v6",
        reason: "`<broadcast>` on an IPv6 socket is an OSError without a number in CPython. Here \
                 it is the error of a literal of the wrong family, with its number.",
        is: |_, _, ours, theirs| {
            theirs.is("OSError", None) && ours.is("gaierror", Some(EAI_ADDRFAMILY))
        },
        parts: false,
    },
];

/// The meant difference that the last of `steps` shows, if it is one.
pub(crate) fn named(
    steps: &[Step],
    ours: &Outcome,
    theirs: &Outcome,
) -> Option<&'static Difference> {
    let (last, before) = steps.split_last()?;
    ALL.iter().find(|difference| (difference.is)(before, &last.operation, ours, theirs))
}

fn waits(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Accept { .. }
            | Operation::Send { .. }
            | Operation::SendTo { .. }
            | Operation::SendAll { .. }
            | Operation::Recv { .. }
            | Operation::RecvFrom { .. }
    )
}

fn flag(operation: &Operation) -> Option<Flag> {
    match *operation {
        Operation::Recv { flag, .. } | Operation::RecvFrom { flag, .. } => Some(flag),
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<&str> {
    match value {
        Value::Bytes(hex) | Value::Message(hex, _) => Some(hex),
        _ => None,
    }
}

/// `getaddrinfo`'s code for a literal of another family than the one asked for, on Linux.
const EAI_ADDRFAMILY: i32 = -9;
