//! Datagrams one by one, in batches, and in trains that the kernel cuts and joins.
//!
//! All over the loopback, on one thread: what is sent is received before more is sent, so that
//! nothing waits, nothing is lost, and what is measured is what a datagram costs both ways.

use sockrates_core::Mode;
use sockrates_udp::{RecvBatch, SendBatch};

use crate::contest::{Contest, Cost, Goal, Pair, Side, Start, Work, side};
use crate::ends;
use crate::{Layer, RawSocket};

mod quinn;

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    let mut all = Vec::new();
    for length in [64, 1200] {
        all.extend(singles(length));
    }
    for length in [64, 1200] {
        all.extend(batches(length));
    }
    for (length, goal) in [(64, 45.0), (1200, 25.0)] {
        all.extend(trains(length, goal));
    }
    all
}

/// How many datagrams of `length` bytes the kernel takes as one: no more than 128, and together
/// 65,507 bytes.
fn train_of(length: usize) -> usize {
    (65_507 / length).min(128)
}

/// So many datagrams at once that no default receive buffer loses any.
const BATCH: usize = 32;

fn contest(
    case: String,
    ours: &'static str,
    peer: &'static str,
    datagrams: usize,
    start: Start,
) -> Contest {
    let work = Work::Elements(datagrams as u64);
    Contest { group: "datagram", case, ours, peer, goal: None, work, cost: Cost::Time, start }
}

fn start(ours: impl Fn() -> Side + 'static, peer: impl Fn() -> Side + 'static) -> Start {
    Box::new(move || Ok(Pair { ours: ours(), peer: peer() }))
}

fn singles(length: usize) -> Vec<Contest> {
    let case = format!("send, recv of {length} B, connected");
    let ours = move || one_by_one(ends::our_udp(Mode::Blocking), length, 1);
    let against = |peer, start| contest(case.clone(), "ConnectedUdp", peer, 1, start);
    vec![
        against("libc", start(ours, move || one_by_one(raw(), length, 1))),
        against("std", start(ours, move || one_by_one(ends::udp(), length, 1))),
        against(
            "socket2",
            start(ours, move || one_by_one(ends::udp().map(socket2::Socket::from), length, 1)),
        ),
        against("quinn-udp", start(ours, move || quinn::train(length, 1))),
    ]
}

fn batches(length: usize) -> Vec<Contest> {
    let case = format!("{BATCH} x {length} B, connected, in a batch, not cut by the kernel");
    let libc = move || one_by_one(raw(), length, BATCH);
    vec![contest(
        case,
        "SendBatch, RecvBatch",
        "libc, send/recv loop",
        BATCH,
        start(move || batch(length, BATCH, false), libc),
    )]
}

fn trains(length: usize, least: f64) -> Vec<Contest> {
    let full = train_of(length);
    let common = full.min(quinn::TRAIN_MAX);
    let connected = format!("{full} x {length} B, connected, GSO + GRO");
    let plain = format!("{common} x {length} B, connected, GSO + GRO, without metadata");
    let told = format!("{common} x {length} B, GSO + GRO, with address, ECN, PKTINFO, time");
    let libc = move || one_by_one(raw(), length, full);
    let quinn = move || quinn::train(length, common);
    let goal = |contest: Contest, least| Contest { goal: Some(Goal::AtLeast(least)), ..contest };
    vec![
        goal(
            contest(
                connected.clone(),
                "send_segments, RecvBatch",
                "libc, send/recv loop",
                full,
                start(move || train(length, full), libc),
            ),
            least,
        ),
        contest(
            connected,
            "SendBatch, RecvBatch",
            "libc, send/recv loop",
            full,
            start(move || batch(length, full, true), libc),
        ),
        goal(
            contest(
                told,
                "send_segments, RecvBatch",
                "quinn-udp",
                common,
                start(move || quinn::told_train(length, common), quinn),
            ),
            1.05,
        ),
        goal(
            contest(
                plain,
                "send_segments, RecvBatch",
                "quinn-udp, with them",
                common,
                start(move || train(length, common), quinn),
            ),
            1.15,
        ),
    ]
}

fn raw() -> [RawSocket; 2] {
    ends::udp().map(RawSocket::from)
}

/// Sends so many, one after the other, then receives them.
fn one_by_one<L: Layer>(ends: [L; 2], length: usize, count: usize) -> Side {
    let [near, far] = ends;
    let message = vec![7; length];
    let mut room = vec![0; length];
    side(move || {
        for _ in 0..count {
            assert_eq!(near.send(&message), length);
        }
        for _ in 0..count {
            assert_eq!(far.recv(&mut room), length);
        }
    })
}

/// Copies so many into a batch, sends that, and receives into another.
fn batch(length: usize, count: usize, offload: bool) -> Side {
    let [near, far] = ends::our_udp(Mode::Blocking);
    near.set_gso(offload);
    far.set_gro(offload).expect("UDP_GRO");
    let mut out = SendBatch::new(count, count * length).expect("a batch");
    let room = if offload { RecvBatch::for_gro(1) } else { RecvBatch::new(count, length) };
    let (mut got, message) = (room.expect("a batch"), vec![7; length]);
    side(move || {
        for _ in 0..count {
            out.push(&message).expect("room");
        }
        near.send_many(&mut out).expect("send");
        let mut left = count;
        while left > 0 {
            far.recv_many(&mut got).expect("recv");
            left -= got.iter().filter(|one| one.bytes().len() == length).count();
        }
    })
}

/// Sends so many that lie one after the other already, and receives them, cut and joined.
fn train(length: usize, count: usize) -> Side {
    let [near, far] = ends::our_udp(Mode::Blocking);
    quinn::never_fragment(&near);
    far.set_gro(true).expect("UDP_GRO");
    let bytes = vec![7; count * length];
    let mut got = RecvBatch::for_gro(1).expect("a batch");
    side(move || {
        near.send_segments(&bytes, length).expect("send");
        let mut left = count;
        while left > 0 {
            far.recv_many(&mut got).expect("recv");
            left -= got.iter().filter(|one| one.bytes().len() == length).count();
        }
    })
}
