//! Servers by their policies: requests, processor time a request, connections.
//!
//! Each server is a process of its own, and its clients are this one; see [`crate::served`]. What
//! is on the wire is the same for all: an echo of 64 bytes, sockets as the system makes them.

use std::time::Instant;

use crate::contest::{Absent, Contest, Cost, Goal, Pair, Side, Work, side};
use crate::load::{self, Load, REQUEST};
use crate::served::{Program, Served};

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    for clients in [64, 1024, 8000] {
        contests.extend(loops(clients));
    }
    contests.extend([64, 1024].map(threads));
    contests.push(python());
    contests.push(connections());
    contests
}

/// Servers of one thread, by the processor time that a request costs them.
fn loops(clients: usize) -> Vec<Contest> {
    let goal = |most| (clients < 8000).then_some(Goal::AtMost(most));
    let peers = [
        (Program::Mio, "mio, drained", goal(1.00)),
        (Program::MioShort, "mio, tuned: drained by a short read", goal(1.00)),
        (Program::Tokio, "tokio current_thread", goal(0.97)),
    ];
    peers
        .map(|(program, peer, goal)| Contest {
            group: "server",
            case: format!("CPU a request, one thread, {clients} connections"),
            ours: "EventLoop",
            peer,
            goal,
            work: Work::Elements(1),
            cost: Cost::Cpu,
            start: pair(move |program| cpu(program, clients), Program::EventLoop, program),
        })
        .into()
}

fn threads(clients: usize) -> Contest {
    Contest {
        group: "server",
        case: format!("CPU a request, a thread each, {clients} connections"),
        ours: "Threads",
        peer: "std, a thread each",
        goal: None,
        work: Work::Elements(1),
        cost: Cost::Cpu,
        start: pair(move |program| cpu(program, clients), Program::Threads, Program::ThreadEach),
    }
}

fn python() -> Contest {
    Contest {
        group: "server",
        case: "requests, a thread each, 64 connections".to_owned(),
        ours: "Threads",
        peer: "CPython ThreadingTCPServer",
        goal: Some(Goal::AtLeast(1.8)),
        work: Work::Elements(1),
        cost: Cost::Time,
        start: pair(|program| time(program, 64), Program::Threads, Program::Python),
    }
}

fn connections() -> Contest {
    Contest {
        group: "server",
        case: "connect, one request, close".to_owned(),
        ours: "Threads",
        peer: "std, a new thread each",
        goal: Some(Goal::AtLeast(1.5)),
        work: Work::Elements(1),
        cost: Cost::Time,
        start: pair(caller, Program::Threads, Program::ThreadEach),
    }
}

type Start = Box<dyn Fn() -> Result<Pair, Absent>>;

fn pair(
    start: impl Fn(Program) -> Result<Side, Absent> + 'static,
    ours: Program,
    peer: Program,
) -> Start {
    Box::new(move || Ok(Pair { ours: start(ours)?, peer: start(peer)? }))
}

/// The processor time of a server.
fn cpu(program: Program, clients: usize) -> Result<Side, Absent> {
    let server = Served::start(program)?;
    let mut load = Load::new(server.addr(), clients, IN_FLIGHT);
    Ok(Box::new(move |requests| {
        let before = server.cpu();
        load.run(requests);
        server.cpu() - before
    }))
}

/// The time until all is answered.
fn time(program: Program, clients: usize) -> Result<Side, Absent> {
    let server = Served::start(program)?;
    let mut load = Load::new(server.addr(), clients, IN_FLIGHT);
    Ok(Box::new(move |requests| {
        let start = Instant::now();
        load.run(requests);
        let _alive = server.addr();
        start.elapsed()
    }))
}

fn caller(program: Program) -> Result<Side, Absent> {
    let server = Served::start(program)?;
    Ok(side(move || load::call(server.addr())))
}

const IN_FLIGHT: usize = 64;
const _: () = assert!(REQUEST == 64, "the cases say so");
