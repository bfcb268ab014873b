//! A program on the terminal, the two sides next to each other.

use std::fmt::Write;

use super::operation::{Operation, Place, Step};
use super::sides::Comparison;

/// The steps, what each came to, and a mark where they differ.
pub(crate) fn table(steps: &[Step], comparison: &Comparison) -> String {
    let mut text = String::new();
    let none = String::new;
    let rows: Vec<[String; 3]> = steps
        .iter()
        .enumerate()
        .map(|(number, step)| {
            let ours = comparison.ours.get(number).map_or_else(none, ToString::to_string);
            let theirs = comparison.theirs.get(number).map_or_else(none, ToString::to_string);
            [spelled(&step.operation), ours, theirs]
        })
        .collect();
    let width = |column: usize, title: &str| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.chain([title.len()]).max().unwrap_or(0)
    };
    let (call, ours) = (width(0, "call"), width(1, "sockrates"));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "      {:call$}  {:ours$}  CPython", "call", "sockrates");
    for (number, [what, here, there]) in rows.iter().enumerate() {
        let named = comparison.named.iter().find(|(at, _)| *at == number);
        let mark = if comparison.divergence == Some(number) { "!" } else { " " };
        let note = named.map_or_else(none, |(_, name)| format!("  ({name})"));
        let line = format!("{mark} {number:>2}  {what:call$}  {here:ours$}  {there}{note}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// An operation as one would write it.
pub(crate) fn spelled(operation: &Operation) -> String {
    let s = operation.slot();
    match *operation {
        Operation::Create { slot, family, kind, timeout } => {
            let kind = format!("{kind:?}{family:?}").to_lowercase();
            format!("s{slot} = {kind}, timeout {}", named(timeout))
        }
        Operation::Bind { to, .. } => format!("s{s}.bind({})", place(to)),
        Operation::Listen { backlog: None, .. } => format!("s{s}.listen()"),
        Operation::Listen { backlog: Some(backlog), .. } => format!("s{s}.listen({backlog})"),
        Operation::Connect { to, .. } => format!("s{s}.connect({})", place(to)),
        Operation::ConnectEx { to, .. } => format!("s{s}.connect_ex({})", place(to)),
        Operation::Accept { into, .. } => format!("s{into} = s{s}.accept()"),
        Operation::Send { len, .. } => format!("s{s}.send({len} bytes)"),
        Operation::SendTo { len, to, .. } => format!("s{s}.sendto({len} bytes, {})", place(to)),
        Operation::SendAll { len, .. } => format!("s{s}.sendall({len} bytes)"),
        Operation::SendAllSlowly { reader, .. } => format!("s{s}.sendall(much), s{reader} slow"),
        Operation::Recv { len, flag, .. } => format!("s{s}.recv({len}, {})", named(flag)),
        Operation::RecvFrom { len, flag, .. } => format!("s{s}.recvfrom({len}, {})", named(flag)),
        Operation::Shutdown { how, .. } => format!("s{s}.shutdown({how})"),
        Operation::SetTimeout { timeout, .. } => format!("s{s}.settimeout({})", named(timeout)),
        Operation::SetBlocking { on, .. } => format!("s{s}.setblocking({on})"),
        Operation::GetTimeout { .. } => format!("s{s}.gettimeout(), getblocking()"),
        Operation::GetSockName { .. } => format!("s{s}.getsockname()"),
        Operation::GetPeerName { .. } => format!("s{s}.getpeername()"),
        Operation::GetOption { option, .. } => format!("s{s}.getsockopt({})", named(option)),
        Operation::SetOption { option, value, .. } => {
            format!("s{s}.setsockopt({}, {value})", named(option))
        }
        Operation::Dup { into, .. } => format!("s{into} = s{s}.dup()"),
        Operation::Close { .. } => format!("s{s}.close()"),
    }
}

fn place(to: Place) -> String {
    match to {
        Place::Of(slot) => format!("address of s{slot}"),
        other => named(other),
    }
}

fn named(word: impl std::fmt::Debug) -> String {
    format!("{word:?}").to_lowercase()
}
