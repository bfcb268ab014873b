//! Servers by their policies: requests, processor time a request, connections.
//!
//! Each server is a process of its own, and its clients are this one; see [`crate::served`]. What
//! is on the wire is the same for all: an echo of 64 bytes, sockets as the system makes them.

use std::time::Instant;

use crate::contest::{Absent, Contest, Cost, Goal, Pair, Side, Start, Work, side};
use crate::load::{self, Load, REQUEST};
use crate::served::{Program, Served, descriptors};

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    for clients in [64, 1024, 8000] {
        contests.extend(loops(clients));
        contests.push(requests(clients));
        contests.push(threads(clients));
    }
    contests.extend(python());
    contests.extend(connections());
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
            start: pair(clients, cpu, Program::EventLoop, program),
        })
        .into()
}

/// Servers of one thread, by the time that requests take.
fn requests(clients: usize) -> Contest {
    Contest {
        group: "server",
        case: format!("requests, one thread, {clients} connections"),
        ours: "EventLoop",
        peer: "tokio current_thread",
        goal: None,
        work: Work::Elements(1),
        cost: Cost::Time,
        start: pair(clients, time, Program::EventLoop, Program::Tokio),
    }
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
        start: pair(clients, cpu, Program::Threads, Program::ThreadEach),
    }
}

/// Beside Python's, in whichever way a program serves here.
fn python() -> [Contest; 4] {
    let contest = |ours, program, case, cost, start, goal| Contest {
        group: "server",
        case: format!("{case}, 64 connections"),
        ours,
        peer: "CPython ThreadingTCPServer",
        goal,
        work: Work::Elements(1),
        cost,
        start: pair(64, start, program, Program::Python),
    };
    type Measure = fn(Program, usize) -> Result<Side, Absent>;
    let (time, cpu): (Measure, Measure) = (time, cpu);
    let goal = Some(Goal::AtLeast(1.8));
    let (threads, one) = (Program::Threads, Program::EventLoop);
    [
        contest("EventLoop", one, "requests", Cost::Time, time, goal),
        contest("Threads", threads, "requests", Cost::Time, time, goal),
        contest("EventLoop", one, "CPU a request", Cost::Cpu, cpu, goal),
        contest("Threads", threads, "CPU a request", Cost::Cpu, cpu, None),
    ]
}

/// Connections, some at a time.
fn connections() -> [Contest; 3] {
    let contest = |ours, our_program, peer, program, goal| Contest {
        group: "server",
        case: "connect, one request, close, 16 at a time".to_owned(),
        ours,
        peer,
        goal,
        work: Work::Elements(load::CALLS as u64),
        cost: Cost::Time,
        start: pair(1, caller, our_program, program),
    };
    let goal = Some(Goal::AtLeast(1.5));
    let (threads, each) = (Program::Threads, Program::ThreadEach);
    [
        contest("Threads", threads, "std, a new thread each", each, goal),
        contest("Threads", threads, "CPython ThreadingTCPServer", Program::Python, None),
        contest("EventLoop", Program::EventLoop, "tokio current_thread", Program::Tokio, None),
    ]
}

/// Both servers, and `clients` connections to each.
fn pair(
    clients: usize,
    start: fn(Program, usize) -> Result<Side, Absent>,
    ours: Program,
    peer: Program,
) -> Start {
    Box::new(move || {
        descriptors(2 * clients as u64 + 64)?;
        Ok(Pair { ours: start(ours, clients)?, peer: start(peer, clients)? })
    })
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

/// The time that connections take, from the first packet to the last.
fn caller(program: Program, _: usize) -> Result<Side, Absent> {
    let server = Served::start(program)?;
    Ok(side(move || load::calls(server.addr())))
}

const IN_FLIGHT: usize = 64;
const _: () = assert!(REQUEST == 64 && load::CALLS == 16, "the cases say so");
