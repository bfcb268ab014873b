//! What the oracle has to find, and what it must not.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use sockrates_core::Errno;
use sockrates_socket::{Socket, Type};

use super::coverage;
use super::difference;
use super::generation::steps;
use super::hunt::{Findings, Found, Plan, hunt};
use super::operation::{Family, Flag, Kind, Operation, Place, Timeout};
use super::ours::Sockets;
use super::planted::{Fault, Planted};
use super::ports::Ports;
use super::sides::{Make, Pace, Sides};

mod repro;

fn sockets() -> Make {
    Arc::new(|| Box::<Sockets>::default())
}

/// What a run of `make` finds; `None`, and a line that says so, where there is no CPython.
fn found(make: &Make, cases: u32, seed: u64) -> Option<Findings> {
    match hunt(Plan { cases, seed, jobs: 2 }, make, &|_| {}) {
        Ok(findings) => Some(findings),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("SKIPPED: no python3 here; install the package python3 to compare with it");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn find_planted(fault: Fault) {
    let make: Make = Arc::new(move || Box::new(Planted::new(fault)));
    let Some(findings) = found(&make, 2000, 1) else { return };
    let Some(Found { steps, comparison, .. }) = findings.first else {
        panic!("{fault:?} was not found in {} programs", findings.cases);
    };
    let shown = super::table::table(&steps, &comparison);
    assert!(steps.len() <= 6, "{fault:?} is {} operations:\n{shown}", steps.len());
    assert_eq!(comparison.divergence, Some(steps.len() - 1), "{shown}");
    // What is found is the fault's doing: without it, there is no divergence.
    let sound = Sides::start(&sockets()).and_then(|mut sides| sides.compare(&steps, Pace::Patient));
    assert_eq!(sound.unwrap().divergence, None, "{shown}");
}

/// Lists the faults, a test for each.
macro_rules! planted {
    ($($name:ident $fault:ident;)*) => {$(
        #[test]
        fn $name() {
            find_planted(Fault::$fault);
        }
    )*};
}

planted! {
    finds_a_negative_backlog_that_is_not_clamped ListenUnclamped;
    finds_a_connect_ex_that_returns_etimedout ConnectExTimedOut;
    finds_a_send_all_with_a_deadline_for_each_send SendAllPerSend;
    finds_a_waitall_that_loops WaitAllLoops;
    finds_an_empty_receive_that_takes_a_datagram EmptyRecvTakes;
    finds_a_broadcast_that_is_unknown BroadcastUnknown;
    finds_a_shutdown_that_succeeds_unconnected ShutdownUnconnected;
}

#[test]
fn our_sockets_diverge_from_cpython_only_where_that_is_meant() {
    let Some(findings) = found(&sockets(), 400, 7) else { return };
    let first = findings.first.map(|found| super::table::table(&found.steps, &found.comparison));
    assert_eq!(first, None);
    assert_eq!(findings.unsettled, [], "the reference is wrong about these cases");
    assert_eq!(findings.cases, 400);
    for (scene, what) in coverage::SCENES {
        let share = findings.coverage.share(scene);
        assert!(share >= 2.0, "{what}: in {share} of a hundred programs");
    }
}

#[test]
fn every_meant_difference_is_really_there() {
    let mut sides = match Sides::start(&sockets()) {
        Ok(sides) => sides,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("SKIPPED: no python3 here; install the package python3 to compare with it");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let mut seen = BTreeSet::new();
    for operations in showing() {
        let steps = steps(&operations).expect("one of these is a gamble");
        let comparison = sides.compare(&steps, Pace::Patient).unwrap();
        let shown = super::table::table(&steps, &comparison);
        assert_eq!(comparison.divergence, None, "{shown}");
        seen.extend(comparison.named.iter().map(|(_, name)| *name));
    }
    let all: BTreeSet<_> = difference::ALL.iter().map(|difference| difference.name).collect();
    assert_eq!(seen, all);
}

#[test]
fn the_port_of_a_closed_datagram_socket_is_held_by_one_that_refuses() {
    let new = || Socket::new(INET, Type::DGRAM, None).unwrap();
    let (closed, peer, mut ports) = (new(), new(), Ports::default());
    closed.bind(("127.0.0.1", 0)).unwrap();
    let name = closed.local_addr().unwrap();
    peer.connect(&name).unwrap();
    closed.close().unwrap();
    ports.hold(&name);
    assert_eq!(new().bind(&name).unwrap_err().errno(), Some(Errno::EADDRINUSE));
    peer.set_timeout(Some(Duration::from_secs(10))).unwrap();
    peer.send(b"x").unwrap();
    assert_eq!(peer.recv(&mut [0; 1]).unwrap_err().errno(), Some(Errno::ECONNREFUSED));
}

#[test]
fn one_number_is_as_many_ports_as_there_are_kinds_of_socket() {
    let mut ports = Ports::default();
    let kinds = [(INET, Type::DGRAM), (INET, Type::STREAM), (INET6, Type::STREAM)];
    let seen = [0, 7, 9, 7].map(|port| kinds.map(|kind| ports.nth(kind, port)));
    assert_eq!(seen, [[0, 0, 0], [1, 2, 3], [4, 5, 6], [1, 2, 3]]);
}

#[test]
fn a_mode_that_a_duplicate_has_changed_is_a_gamble() {
    // CPython would wait for ever: the system's mode is that of the last duplicate.
    let mut program = pair();
    program.extend([
        Operation::Send { slot: 1, len: 3 },
        Operation::Dup { slot: 2, into: 3 },
        Operation::SetTimeout { slot: 2, timeout: Timeout::Short },
        Operation::Recv { slot: 2, len: 10, flag: Flag::WaitAll },
    ]);
    assert!(steps(&program).is_some());
    program.insert(program.len() - 1, Operation::Dup { slot: 3, into: 4 });
    assert!(steps(&program).is_none());
}

/// Programs that show every meant difference.
fn showing() -> Vec<Vec<Operation>> {
    let recv = |slot, len, flag| Operation::Recv { slot, len, flag };
    let all = |made: Operation, rest: Vec<Operation>| {
        let mut program = vec![made];
        program.extend(rest);
        program
    };
    let to_itself = |slot, len| Operation::SendTo { slot, len, to: Place::Of(slot) };
    let bound = |slot| Operation::Bind { slot, to: Place::Loopback };
    let message = |last: Operation| all(udp(0), vec![bound(0), to_itself(0, 10), last]);
    let data = |timeout: Operation, last: Operation| {
        let mut program = pair();
        program.extend([Operation::Send { slot: 1, len: 3 }, timeout, last]);
        program
    };
    let short = |slot| Operation::SetTimeout { slot, timeout: Timeout::Short };
    let closed = Operation::Close { slot: 0 };
    vec![
        all(
            tcp(0),
            vec![Operation::Listen { slot: 0, backlog: None }, short(0), recv(0, 1, PLAIN)],
        ),
        all(udp(0), vec![short(0), recv(0, 1, Flag::DontWait)]),
        data(short(2), recv(2, 10, Flag::WaitAll)),
        // What it sent is there, and then it is gone without having read.
        data(Operation::Send { slot: 2, len: 1 }, Operation::Close { slot: 1 })
            .into_iter()
            .chain([recv(2, 10, Flag::WaitAll)])
            .collect(),
        data(short(2), recv(2, 10, Flag::Trunc)),
        message(recv(0, 3, Flag::Trunc)),
        message(recv(0, 0, Flag::Trunc)),
        message(recv(0, 3, PLAIN)),
        all(tcp(0), vec![Operation::RecvFrom { slot: 0, len: 0, flag: PLAIN }]),
        all(tcp(0), vec![closed.clone(), recv(0, 0, PLAIN)]),
        all(
            tcp(0),
            vec![
                closed,
                Operation::SetBlocking { slot: 0, on: false },
                Operation::GetTimeout { slot: 0 },
            ],
        ),
        data(short(1), Operation::Recv { slot: 2, len: 3, flag: PLAIN })
            .into_iter()
            .chain([Operation::SendAllSlowly { slot: 1, reader: 2 }])
            .collect(),
        all(six(0), vec![Operation::Bind { slot: 0, to: Place::Zone }]),
        all(six(0), vec![Operation::Bind { slot: 0, to: Place::Broadcast }]),
    ]
}

/// A listener, socket 0, and a connection from 1 to 2.
fn pair() -> Vec<Operation> {
    vec![
        tcp(0),
        Operation::Listen { slot: 0, backlog: None },
        tcp(1),
        Operation::Connect { slot: 1, to: Place::Of(0) },
        Operation::Accept { slot: 0, into: 2 },
    ]
}

fn tcp(slot: u8) -> Operation {
    Operation::Create { slot, family: Family::V4, kind: Kind::Tcp, timeout: Timeout::None }
}

fn six(slot: u8) -> Operation {
    Operation::Create { slot, family: Family::V6, kind: Kind::Udp, timeout: Timeout::None }
}

fn udp(slot: u8) -> Operation {
    Operation::Create { slot, family: Family::V4, kind: Kind::Udp, timeout: Timeout::None }
}

const PLAIN: Flag = Flag::Plain;
const INET: sockrates_socket::Family = sockrates_socket::Family::INET;
const INET6: sockrates_socket::Family = sockrates_socket::Family::INET6;
