//! The checks of the clauses stream.io.*

mod flags;
mod odd;
mod progress;

use std::mem::MaybeUninit;

use sockrates_core::{RecvBuf, SendFlags};

use crate::checks::checks;
use crate::checks::stream::pattern::{carry, nothing_between};
use crate::expect::{ensure, equal, holds, same_bytes};
use crate::{Case, Observation};

use flags::{dontwait_recv, dontwait_send, more, peek, peek_end};
use flags::{queued, waitall, waitall_deadline, waitall_end};
use odd::{destination, empty_recv_idle, many_parts, source};
use progress::{partial, recv_exact_end, recv_exact_progress, send_all_progress};

fn intact(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let data = case.bytes(400_000);
    carry(&a, &b, &data, case.seed(), case.soon())?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn both_ways(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (one, other) = (case.bytes(200_000), case.bytes(200_000));
    let (seed, soon) = (case.seed(), case.soon());
    std::thread::scope(|scope| {
        let back = scope.spawn(|| carry(&b, &a, &other, !seed, soon));
        let forth = carry(&a, &b, &one, seed, soon);
        back.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).and(forth)
    })?;
    holds()
}

fn available(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"a few bytes", case.soon())?;
    let got = b.recv_until(1000, case.soon())?;
    ensure(
        !got.is_empty() && b"a few bytes".starts_with(&got),
        "a receive returns the bytes that have arrived",
        "it returns others",
    )?;
    holds()
}

fn boundaries(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let data = case.bytes(100);
    a.send_all(&data, case.soon())?;
    let mut smaller = Vec::new();
    while smaller.len() < data.len() {
        let piece = b.recv_until(7, case.soon())?;
        ensure(!piece.is_empty(), "a large send is received in small pieces", "the end")?;
        smaller.extend(piece);
    }
    same_bytes("received in smaller pieces", &data, &smaller)?;
    for piece in data.chunks(9) {
        a.send_all(piece, case.soon())?;
    }
    let larger = b.recv_exact(data.len(), case.soon())?;
    same_bytes("received in larger pieces", &data, &larger)?;
    holds()
}

fn prompt(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for _ in 0..30 {
        let question = case.bytes(1 + case.below(100));
        a.send_all(&question, case.soon())?;
        let asked = b.recv_exact(question.len(), case.soon())?;
        same_bytes("the question", &question, &asked)?;
        b.send_all(&asked, case.soon())?;
        same_bytes("the answer", &question, &a.recv_exact(question.len(), case.soon())?)?;
    }
    holds()
}

fn empty_send(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let soon = case.soon();
    let (got, sent) = case.while_blocked(
        || b.recv_until(10, soon),
        || {
            let nothing = a.send(b"")?;
            a.send_all(b"x", case.soon())?;
            Ok::<_, sockrates_core::Error>(nothing)
        },
    );
    equal("the count of an empty send", &0, &sent?)?;
    equal("what is received next", b"x".as_slice(), got?.as_slice())?;
    holds()
}

fn send_all_empty(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"", case.soon())?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn empty_recv(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"abc", case.soon())?;
    equal("the first byte", b"a".as_slice(), b.recv_exact(1, case.soon())?.as_slice())?;
    for _ in 0..2 {
        equal("what an empty receive returns", &0, &b.recv_until(0, case.soon())?.len())?;
    }
    equal("the rest", b"bc".as_slice(), b.recv_exact(2, case.soon())?.as_slice())?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn vectored(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let data = case.bytes(6_011);
    let (one, rest) = data.split_at(1);
    let (two, rest) = rest.split_at(10);
    let (three, four) = rest.split_at(1000);
    let sent = a.send_with(&[one, two, three, four], SendFlags::NONE, case.soon())?;
    ensure((1..=data.len()).contains(&sent), "a count of bytes taken", "another count")?;
    same_bytes("the parts", &data[..sent], &b.recv_exact(sent, case.soon())?)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn empty_parts(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let sent = a.send_with(&[b"", b"ab", b"", b"", b"cd", b""], SendFlags::NONE, case.soon())?;
    ensure((1..=4).contains(&sent), "a count of bytes taken", "another count")?;
    same_bytes("the parts", &b"abcd"[..sent], &b.recv_exact(sent, case.soon())?)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn append(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"0123456789", case.soon())?;
    let mut memory = [b'.'; 8];
    let mut buf = RecvBuf::new(&mut memory);
    buf.append(b"head");
    let mut counted = 0;
    while buf.remaining() > 0 {
        let before = buf.len();
        let len = b.recv_into(&mut buf, case.soon())?;
        equal("the count of a receive", &(buf.len() - before), &len)?;
        ensure(len > 0, "bytes", "the end")?;
        counted += len;
    }
    equal("the bytes counted", &4, &counted)?;
    equal("the buffer", b"head0123".as_slice(), buf.filled())?;
    equal("the rest", b"456789".as_slice(), b.recv_exact(6, case.soon())?.as_slice())?;
    holds()
}

fn uninit(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let data = case.bytes(300);
    a.send_all(&data, case.soon())?;
    let mut memory = [MaybeUninit::uninit(); 300];
    let mut buf = RecvBuf::uninit(&mut memory);
    while buf.remaining() > 0 {
        let before = buf.len();
        let len = b.recv_into(&mut buf, case.soon())?;
        equal("the count of a receive", &(buf.len() - before), &len)?;
        ensure(len > 0, "bytes", "the end")?;
    }
    same_bytes("memory that was not initialised", &data, buf.filled())?;
    holds()
}

checks!("stream.io" {
    intact, both_ways, available, boundaries, prompt, empty_send, send_all_empty,
    empty_recv, empty_recv_idle, vectored, empty_parts, many_parts, append,
    uninit, partial, send_all_progress, recv_exact_progress, recv_exact_end, peek, peek_end,
    waitall, waitall_end, waitall_deadline, dontwait_recv, dontwait_send, more, queued, source,
    destination,
});
