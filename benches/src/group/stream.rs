//! Bulk one way over TCP: slices of 4 KiB to 1 MiB, files, and many slices as one.
//!
//! On one thread nothing waits, as far as the kernel's buffers hold a chunk. On two the scheduler
//! has its say, and the ratios scatter: there they have no goal.

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use sockrates_core::Mode;

use crate::contest::{Contest, Cost, Goal, Pair, Side, Start, Work, side};
use crate::ends::{self, TIMEOUT};
use crate::place::Place;
use crate::{Layer, RawSocket};

mod file;
mod iperf;
mod slices;

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    let mut all = Vec::new();
    for kib in [4, 8, 64] {
        all.extend(one_thread(kib));
    }
    for kib in [4, 8, 64, 256, 1024] {
        all.extend(two_threads(kib));
    }
    all.push(iperf::contest_of_all());
    all.extend(file::contests());
    all.extend(slices::contests());
    all
}

const KIB: usize = 1024;
/// As fast as libc, but for what cannot be measured.
const LIBC: Option<Goal> = Some(Goal::AtLeast(0.98));

fn one_thread(kib: usize) -> Vec<Contest> {
    let bytes = kib * KIB;
    let blocking = move || through(ends::our_tcp(Mode::Blocking), bytes);
    let timeout = move || through(ends::our_tcp(TIMEOUT), bytes);
    let libc = move || through(ends::tcp().map(RawSocket::from), bytes);
    let std = move || through(ends::tcp(), bytes);
    let case = |mode| format!("TCP one way, {kib} KiB a send, one thread, {mode}");
    vec![
        contest(case("blocking"), "TcpStream", "libc", LIBC, bytes, start(blocking, libc)),
        contest(case("blocking"), "TcpStream", "std", None, bytes, start(blocking, std)),
        contest(case("timeout"), "TcpStream", "libc, blocking", LIBC, bytes, start(timeout, libc)),
    ]
}

fn two_threads(kib: usize) -> Vec<Contest> {
    let bytes = kib * KIB;
    let blocking = move || across(ends::our_tcp(Mode::Blocking), bytes);
    let libc = move || across(ends::tcp().map(RawSocket::from), bytes);
    let std = move || across(ends::tcp(), bytes);
    let case = || format!("TCP one way, {kib} KiB a send, two threads, blocking");
    vec![
        contest(case(), "TcpStream", "libc", None, bytes, start(blocking, libc)),
        contest(case(), "TcpStream", "std", None, bytes, start(blocking, std)),
    ]
}

fn contest(
    case: String,
    ours: &'static str,
    peer: &'static str,
    goal: Option<Goal>,
    bytes: usize,
    start: Start,
) -> Contest {
    let (work, cost) = (Work::Bytes(bytes as u64), Cost::Time);
    Contest { group: "stream", case, ours, peer, goal, work, cost, start }
}

fn start(ours: impl Fn() -> Side + 'static, peer: impl Fn() -> Side + 'static) -> Start {
    Box::new(move || Ok(Pair { ours: ours(), peer: peer() }))
}

/// One thread sends a chunk and receives it.
fn through<L: Layer>(ends: [L; 2], bytes: usize) -> Side {
    let [near, far] = ends;
    let chunk = vec![7; bytes];
    let mut room = vec![0; bytes];
    side(move || {
        near.send_all(&chunk);
        far.recv_exact(&mut room);
    })
}

/// One thread sends chunks and another receives them; the time is up when that has all of them.
fn across<L: Layer>(ends: [L; 2], bytes: usize) -> Side {
    let [near, far] = ends;
    let chunk = vec![7; bytes];
    draining(far, bytes, move || near.send_all(&chunk))
}

/// Does `once` in each iteration, and waits until `bytes` for each have come out at `far`, on a
/// thread of its own. That ends with the side.
fn draining<L: Layer>(far: L, bytes: usize, mut once: impl FnMut() + 'static) -> Side {
    let (orders, ordered) = mpsc::channel::<u64>();
    let (done, all) = mpsc::channel();
    Place::Here.take();
    thread::spawn(move || {
        Place::There.take();
        let mut room = vec![0; bytes];
        for chunks in ordered {
            (0..chunks).for_each(|_| far.recv_exact(&mut room));
            if done.send(()).is_err() {
                return;
            }
        }
    });
    Box::new(move |iterations| {
        let start = Instant::now();
        orders.send(iterations).expect("the receiving thread");
        (0..iterations).for_each(|_| once());
        all.recv().expect("the receiving thread");
        start.elapsed()
    })
}
