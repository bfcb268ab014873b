//! Making a program that diverges smaller.

use std::io;

use serde_json::Value;

use super::generation::Program;
use super::operation::{Family, Flag, Operation, Slot, Timeout};

/// Where a program diverges, if it does.
pub(crate) type Check<'a> = dyn FnMut(&[Operation]) -> io::Result<Option<usize>> + 'a;

/// The smallest program found that diverges as `first` does, which is the part of `grown` up to
/// where it diverges.
///
/// First proptest leaves operations out, each at most once. That leaves pairs that only make sense
/// together, and wordy operations: so then every one and every two are left out and sockets are
/// merged until that brings nothing more, and each operation is made plainer.
pub(crate) fn shrunk(
    grown: &mut Program,
    first: &[Operation],
    diverges: &mut Check<'_>,
) -> io::Result<Vec<Operation>> {
    let mut best = first.to_vec();
    let mut attempts = 0;
    let mut more = grown.simplify();
    while more && attempts < ATTEMPTS_MAX {
        attempts += 1;
        let operations = grown.operations(None);
        more = match diverges(&operations)? {
            Some(at) => {
                if at + 1 < best.len() {
                    best = operations[..=at].to_vec();
                }
                grown.simplify()
            }
            None => grown.complicate(),
        };
    }
    while attempts < ATTEMPTS_MAX {
        let Some(smaller) = smaller(&best, diverges, &mut attempts)? else { break };
        best = smaller;
    }
    Ok(best)
}

/// A smaller or plainer program that diverges too.
fn smaller(
    best: &[Operation],
    diverges: &mut Check<'_>,
    attempts: &mut u32,
) -> io::Result<Option<Vec<Operation>>> {
    for candidate in candidates(best) {
        *attempts += 1;
        if *attempts > ATTEMPTS_MAX {
            break;
        }
        if let Some(at) = diverges(&candidate)? {
            return Ok(Some(candidate[..=at].to_vec()));
        }
    }
    Ok(None)
}

fn candidates(best: &[Operation]) -> impl Iterator<Item = Vec<Operation>> + '_ {
    let without = |left_out: Vec<usize>| {
        let kept = best.iter().enumerate().filter(move |(at, _)| !left_out.contains(at));
        kept.map(|(_, operation)| operation.clone()).collect()
    };
    let ones = (0..best.len()).map(move |at| without(vec![at]));
    let pairs = (0..best.len()).flat_map(move |one| (0..one).map(move |two| vec![one, two]));
    let plain = (0..best.len()).flat_map(move |at| {
        plainer(&best[at]).into_iter().map(move |operation| {
            let mut candidate = best.to_vec();
            candidate[at] = operation;
            candidate
        })
    });
    ones.chain(merged(best)).chain(pairs.map(without)).chain(plain)
}

/// The same with one socket fewer: another takes its part too.
fn merged(best: &[Operation]) -> impl Iterator<Item = Vec<Operation>> + '_ {
    let made = || best.iter().enumerate().filter_map(|(at, made)| Some((at, made.makes()?)));
    made().flat_map(move |(at, gone)| {
        made().filter(move |&(_, kept)| kept != gone).map(move |(_, kept)| {
            let others = best.iter().enumerate().filter(|(number, _)| *number != at);
            others.map(|(_, operation)| renamed(operation, gone, kept)).collect()
        })
    })
}

/// The operation with socket `to` wherever it has `from`.
fn renamed(operation: &Operation, from: Slot, to: Slot) -> Operation {
    fn rename(value: &mut Value, from: Slot, to: Slot) {
        for (key, value) in value.as_object_mut().into_iter().flatten() {
            let names = matches!(key.as_str(), "slot" | "into" | "reader" | "of");
            if names && *value == from {
                *value = to.into();
            }
            rename(value, from, to);
        }
    }
    let mut value = serde_json::to_value(operation).unwrap_or_default();
    rename(&mut value, from, to);
    serde_json::from_value(value).unwrap_or_else(|_| operation.clone())
}

/// The same operation, made plainer in one respect each. Each is plainer in an order that ends.
fn plainer(operation: &Operation) -> Vec<Operation> {
    match operation.clone() {
        Operation::Create { slot, family, kind, timeout } => {
            let mut plainer = Vec::new();
            if family == Family::V6 {
                plainer.push(Operation::Create { slot, family: Family::V4, kind, timeout });
            }
            if timeout != Timeout::None {
                plainer.push(Operation::Create { slot, family, kind, timeout: Timeout::None });
            }
            plainer
        }
        Operation::ConnectEx { slot, to } => vec![Operation::Connect { slot, to }],
        Operation::SendAll { slot, len } => vec![Operation::Send { slot, len }],
        Operation::Send { slot, len } if len > 1 => vec![Operation::Send { slot, len: 1 }],
        Operation::SendTo { slot, len, to } if len > 1 => {
            vec![Operation::SendTo { slot, len: 1, to }]
        }
        Operation::RecvFrom { slot, len, flag } => vec![Operation::Recv { slot, len, flag }],
        Operation::Recv { slot, len, flag } if flag != Flag::Plain => {
            vec![Operation::Recv { slot, len, flag: Flag::Plain }]
        }
        Operation::Recv { slot, len, flag } if len > 10 => {
            vec![Operation::Recv { slot, len: 10, flag }]
        }
        _ => Vec::new(),
    }
}

/// How many programs are tried at most.
const ATTEMPTS_MAX: u32 = 1500;
