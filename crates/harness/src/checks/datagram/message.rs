//! The checks of the clauses datagram.message.*

mod crowd;
mod flags;
mod flow;
mod peek;
mod size;
mod truncation;

use std::mem::MaybeUninit;

use sockrates_core::{RecvBuf, SendFlags};

use super::ends::{WINDOW, exchange, next, send, taken};
use super::ledger::{Budget, Ledger};
use crate::checks::checks;
use crate::expect::{equal, holds, same_bytes, saw};
use crate::{Case, Observation};

use crowd::{batches, both_ways, concurrent_receivers, concurrent_senders};
use flags::{dont_wait, out_of_band, wait_all};
use flow::{overflow, would_block};
use peek::{peek, peek_short, queued};
use size::{longest, too_long};
use truncation::{length_told, no_room, truncation, truncation_told};

/// Unlike lengths, sent one after the other before any is received, so that whatever merges or
/// splits them shows.
fn boundaries(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::LOCAL);
    for lengths in [[1, 2, 3, 5, 8, 500, 1, 1], [500, 400, 300, 200, 100, 50, 20, 10]] {
        let datagrams = lengths.map(|len| case.bytes(len));
        exchange(case, (&a, &b), &datagrams, &mut ledger)?;
    }
    ledger.settle()?;
    holds()
}

fn empty(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::LOCAL);
    for datagrams in [vec![vec![]], vec![vec![], b"between".to_vec(), vec![], b"after".to_vec()]] {
        exchange(case, (&a, &b), &datagrams, &mut ledger)?;
    }
    ledger.settle()?;
    holds()
}

/// Every length around a power of two, random bytes; then bytes that a text mode or a terminator
/// would stumble over.
fn intact(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let around = (0..=10).map(|power| 1_usize << power).flat_map(|n| [n - 1, n, n + 1]);
    let mut contents: Vec<Vec<u8>> = around.map(|len| case.bytes(len)).collect();
    contents.extend([vec![0; 300], vec![0xff; 300], (0..=255).collect(), b"\r\n\0\x1a\n".to_vec()]);
    for bytes in contents {
        send(case, &a, &bytes)?;
        same_bytes("the datagram", &bytes, &next(case, &b)?)?;
    }
    holds()
}

fn accounted(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::LOCAL);
    let datagrams: Vec<Vec<u8>> = (0..25 * WINDOW).map(|_| case.bytes(case.below(1025))).collect();
    exchange(case, (&a, &b), &datagrams, &mut ledger)?;
    ledger.settle()?;
    holds()
}

fn order(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::LOCAL);
    let datagrams: Vec<Vec<u8>> = (0..4 * WINDOW).map(|_| case.bytes(16)).collect();
    exchange(case, (&a, &b), &datagrams, &mut ledger)?;
    saw(if ledger.in_order() { "in-order" } else { "reordered" })
}

fn gathered(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let slices: Vec<Vec<u8>> = (0..16).map(|_| case.bytes(case.below(40))).collect();
    let many: Vec<&[u8]> = slices.iter().map(Vec::as_slice).collect();
    let batches: [&[&[u8]]; 5] =
        [&[b"head", b"body", b"tail"], &[b"", b"x", b"", b"", b"y", b""], &[b"", b""], &[], &many];
    for parts in batches {
        let whole = parts.concat();
        taken(&whole, a.send_with(parts, SendFlags::NONE, case.soon()))?;
        same_bytes("the datagram", &whole, &next(case, &b)?)?;
    }
    holds()
}

/// A receive adds behind what the buffer holds, and no more than it has room for, whether or not
/// the memory has been written before.
fn appends(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut memory = [0; 24];
    let mut written = RecvBuf::new(&mut memory);
    let mut raw = [MaybeUninit::uninit(); 24];
    let mut unwritten = RecvBuf::uninit(&mut raw);
    for buf in [&mut written, &mut unwritten] {
        buf.append(b"head ");
        send(case, &a, b"and body")?;
        equal("bytes received", &8, &b.recv_into(buf, case.soon())?)?;
        same_bytes("the buffer", b"head and body", buf.filled())?;
        send(case, &a, b", and a tail that is too long")?;
        equal("bytes received", &11, &b.recv_into(buf, case.soon())?)?;
        same_bytes("the buffer", b"head and body, and a tai", buf.filled())?;
    }
    holds()
}

checks!("datagram.message" {
    boundaries,
    empty,
    truncation,
    truncation_told,
    length_told,
    no_room,
    peek,
    peek_short,
    longest,
    too_long,
    intact,
    accounted,
    order,
    would_block,
    overflow,
    gathered,
    appends,
    dont_wait,
    wait_all,
    out_of_band,
    queued,
    batches,
    both_ways,
    concurrent_senders,
    concurrent_receivers,
});
