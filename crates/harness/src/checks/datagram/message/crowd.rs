//! Many datagrams at once: batches, both ways, from several threads, by several threads.

use std::thread;

use sockrates_core::Datagram;

use crate::checks::datagram::ends::{WINDOW, next, send, taken};
use crate::checks::datagram::ledger::{Budget, Ledger};
use crate::expect::{equal, holds, same_bytes};
use crate::{Case, Conn, Observation, Stop};

/// How many threads send or receive at the same time.
const THREADS: usize = 4;

/// How often they do.
const ROUNDS: usize = 6;

pub(super) fn batches(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let slot = 64;
    let mut ledger = Ledger::new(Budget::LOCAL);
    for sizes in [vec![1], vec![64, 0, 63, 1, 200, 65, 2, 64], vec![0, 0, 7]] {
        let datagrams: Vec<Vec<u8>> = sizes.iter().map(|len| case.bytes(*len)).collect();
        let batch: Vec<(&[u8], Option<()>)> =
            datagrams.iter().map(|bytes| (bytes.as_slice(), None)).collect();
        equal("datagrams sent", &batch.len(), &a.send_batch(&batch, case.soon())?)?;
        datagrams.iter().for_each(|bytes| ledger.sent(&bytes[..bytes.len().min(slot)]));
        receive_batches(case, &b, slot, &datagrams, &mut ledger)?;
    }
    ledger.settle()?;
    holds()
}

/// Receives batches of at most three until as many datagrams have come as were sent.
fn receive_batches(
    case: &Case<'_>,
    end: &Conn,
    slot: usize,
    sent: &[Vec<u8>],
    ledger: &mut Ledger,
) -> Result<(), Stop> {
    let mut memory = vec![0; 3 * slot + slot / 2];
    let (mut messages, mut count, mut cut) = (Vec::new(), 0, 0);
    while count < sent.len() {
        end.recv_batch(&mut memory, slot, &mut messages, case.soon())?;
        equal("a batch has one to three datagrams", &true, &(1..=3).contains(&messages.len()))?;
        for message in &messages {
            ledger.received(&memory[message.range.clone()])?;
            cut += usize::from(message.truncated);
        }
        count += messages.len();
    }
    if case.has(crate::Caps::TRUNC) {
        let longer = sent.iter().filter(|bytes| bytes.len() > slot).count();
        equal("datagrams that lost their tail", &longer, &cut)?;
    }
    equal("datagrams received", &sent.len(), &count)
}

/// Each end sends while the other does.
pub(super) fn both_ways(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let rounds = |count| (0..count).map(|_| (case.bytes(90), case.bytes(70)));
    let (to_b, to_a): (Vec<_>, Vec<_>) = rounds(ROUNDS * WINDOW).unzip();
    let deadline = case.soon();
    let play = |end: &Conn, mine: &[Vec<u8>], theirs: &[Vec<u8>]| -> Result<(), Stop> {
        for (out, back) in mine.iter().zip(theirs) {
            taken(out, end.send_until(out, deadline))?;
            same_bytes("the datagram", back, &end.recv_until(200, deadline)?)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| play(&b, &to_a, &to_b));
        let here = play(&a, &to_b, &to_a);
        here.and(other.join().unwrap_or_else(|_| Err(panicked())))
    })?;
    holds()
}

/// Threads that share an end send at the same time; each datagram is one thread's.
pub(super) fn concurrent_senders(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::LOCAL);
    for _ in 0..ROUNDS {
        let datagrams: Vec<Vec<u8>> =
            (0..WINDOW).map(|_| case.bytes(1 + case.below(1000))).collect();
        datagrams.iter().for_each(|bytes| ledger.sent(bytes));
        let deadline = case.soon();
        in_parallel(datagrams.chunks(WINDOW / THREADS), |mine| {
            for bytes in mine {
                taken(bytes, a.send_until(bytes, deadline))?;
            }
            Ok(())
        })?;
        for _ in &datagrams {
            ledger.received(&next(case, &b)?)?;
        }
    }
    ledger.settle()?;
    holds()
}

/// Threads that share an end receive at the same time; each datagram is received by one.
pub(super) fn concurrent_receivers(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::LOCAL);
    for _ in 0..ROUNDS {
        let datagrams: Vec<Vec<u8>> =
            (0..WINDOW).map(|_| case.bytes(1 + case.below(1000))).collect();
        let deadline = case.soon();
        let (sender, receivers) = thread::scope(|scope| {
            let receivers = scope.spawn(|| {
                in_parallel(0..THREADS, |_| {
                    let share = 0..WINDOW / THREADS;
                    share.map(|_| Ok(b.recv_until(2000, deadline)?)).collect::<Result<_, Stop>>()
                })
            });
            let sent = datagrams.iter().try_for_each(|bytes| send(case, &a, bytes));
            (sent, receivers.join().unwrap_or_else(|_| Err(panicked())))
        });
        sender?;
        datagrams.iter().for_each(|bytes| ledger.sent(bytes));
        let received: Vec<Vec<Vec<u8>>> = receivers?;
        received.iter().flatten().try_for_each(|bytes| ledger.received(bytes))?;
    }
    ledger.settle()?;
    holds()
}

/// Does `work` on each item in a thread of its own, all at the same time.
fn in_parallel<I: Send, T: Send>(
    items: impl Iterator<Item = I>,
    work: impl Fn(I) -> Result<T, Stop> + Sync,
) -> Result<Vec<T>, Stop> {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = items.map(|item| scope.spawn(move || work(item))).collect();
        let joined = threads.into_iter().map(|thread| thread.join().unwrap_or(Err(panicked())));
        joined.collect()
    })
}

fn panicked() -> Stop {
    Stop::Fail { permitted: "success".to_owned(), observed: "a panic in a thread".to_owned() }
}
