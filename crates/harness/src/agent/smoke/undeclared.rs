//! What an agent does not declare, it refuses: the run probes it, and nobody else would notice.

use serde_json::{Value, json};
use sockrates_core::{Errno, Kind};

use super::Step;
use super::visit::{Fault, Visit, receiving, unsupported};
use crate::Caps;
use crate::agent::reply::{Failure, What};

pub(super) const STEPS: &[Step] = &[
    Step {
        title: "refuses commands that it does not declare",
        needs: Caps::NONE,
        mend: "answer {\"id\":…,\"unsupported\":true}; or declare the capability, if your sockets \
               have it",
        run: commands,
    },
    Step {
        title: "refuses flags that it does not declare",
        needs: Caps::NONE,
        mend: "answer {\"id\":…,\"unsupported\":true} for each of `flags` that you do not hand to \
               the system; or declare them",
        run: flags,
    },
];

/// What stands under a capability, to be asked of an end that has a byte to receive, so that
/// nothing waits.
const COMMANDS: &[(Caps, &str)] = &[
    (Caps::ADDRESSES, r#"{"cmd":"local_addr"}"#),
    (Caps::SO_ERROR, r#"{"cmd":"take_error"}"#),
    (Caps::READY, r#"{"cmd":"wait","read":true,"write":false}"#),
    (Caps::NONBLOCK, r#"{"cmd":"set_timeout","ms":0}"#),
    (Caps::TIMEOUT, r#"{"cmd":"set_timeout","ms":1000}"#),
    (Caps::DEADLINE, r#"{"cmd":"recv","max":1,"limit_ms":1000}"#),
    (Caps::HALF_CLOSE.and(Caps::SHUTDOWN), r#"{"cmd":"close_send"}"#),
    (Caps::SHUTDOWN, r#"{"cmd":"shutdown","how":"both"}"#),
    (Caps::QUEUED, r#"{"cmd":"queued"}"#),
    (Caps::ABORT, r#"{"cmd":"abort"}"#),
    (Caps::CLOSE, r#"{"cmd":"close"}"#),
    (Caps::DISCONNECT, r#"{"cmd":"disconnect"}"#),
    (Caps::BUFFERS, r#"{"cmd":"set_option","option":"SO_SNDBUF","value":65536}"#),
    (Caps::OPTIONS, r#"{"cmd":"get_option","option":"SO_TYPE"}"#),
    (Caps::HOPS, r#"{"cmd":"set_option","option":"IP_TTL","value":9}"#),
];

/// What makes a socket.
const MAKING: &[(Caps, &str)] = &[(Caps::LISTEN, "listener"), (Caps::SOCKET, "socket")];

/// The flags of a receive that say no more than the plain one where they are ignored.
const FLAGS: &[(Caps, &str)] =
    &[(Caps::PEEK, "peek"), (Caps::DONTWAIT, "dontwait"), (Caps::TRUNC, "trunc")];

/// What a stream alone can do: a datagram is always whole.
const STREAM_FLAGS: &[(Caps, &str)] = &[(Caps::WAITALL, "waitall")];

fn commands(visit: &Visit<'_>) -> Result<(), Fault> {
    for (cap, command) in lacking(visit, COMMANDS) {
        probe(visit, cap, |b| {
            let mut command: Value = serde_json::from_str(command).unwrap_or_default();
            command["on"] = json!(b);
            command
        })?;
    }
    for (cap, cmd) in lacking(visit, MAKING) {
        let command = visit.making(cmd, &visit.name());
        visit.ask(command, &expected(cap), |what| refused(cap, what))?;
    }
    Ok(())
}

fn flags(visit: &Visit<'_>) -> Result<(), Fault> {
    let of_kind = if visit.kind == Kind::Stream { STREAM_FLAGS } else { &[] };
    for (cap, flag) in lacking(visit, FLAGS).chain(lacking(visit, of_kind)) {
        probe(visit, cap, |b| {
            let mut command = receiving(b, 1);
            command["flags"] = json!([flag]);
            command
        })?;
    }
    Ok(())
}

/// Those of `table` of which nothing is declared.
fn lacking<'a>(
    visit: &Visit<'_>,
    table: &'a [(Caps, &'a str)],
) -> impl Iterator<Item = (Caps, &'a str)> + use<'a> {
    let declared = visit.caps;
    table.iter().copied().filter(move |(cap, _)| cap.common(declared).is_empty())
}

/// Gives a command to the second end of a pair, which has a byte to receive.
fn probe(visit: &Visit<'_>, cap: Caps, command: impl Fn(&str) -> Value) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    // Where there is nothing that tells addresses, nothing can be sent to one.
    if !visit.caps.contains(Caps::SENDTO) || visit.caps.contains(Caps::ADDRESSES) {
        visit.send(b"x", &a, &b)?;
    }
    visit.ask(command(&b), &expected(cap), |what| refused(cap, what))?;
    visit.release([&a, &b])
}

/// Whether it refuses, or the system does.
fn refused(cap: Caps, what: &What) -> Option<()> {
    let What::Failed(Failure::Os(errno)) = what else { return unsupported(what) };
    let says_no = [Errno::EOPNOTSUPP, Errno::ENOPROTOOPT].contains(errno);
    // A stream has no datagrams whose length it could tell.
    (says_no || cap == Caps::TRUNC && *errno == Errno::EINVAL).then_some(())
}

fn expected(cap: Caps) -> String {
    let name = cap.names().next().unwrap_or_default();
    format!("{{\"unsupported\":true}}, as {name} is not declared")
}
