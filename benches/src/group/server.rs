//! Servers by their policies: requests, processor time a request, connections.
//!
//! Each server is a process of its own, and its clients are this one; see [`crate::served`]. What
//! is on the wire is the same for all: an echo of 64 bytes, sockets as the system makes them.

use std::time::Instant;

use crate::contest::{Absent, Contest, Cost, Goal, Pair, Side, Start, Work, bytes};
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
    contests.extend(memory());
    contests
}

/// Servers of one thread, by the processor time that a request costs them.
fn loops(clients: usize) -> Vec<Contest> {
    let goal = |most| (clients < 8000).then_some(Goal::AtMost(most));
    let peers = [
        (Program::Mio, "mio, drained", goal(1.00)),
        (Program::MioShort, "mio, tuned: drained by a short read", goal(1.00)),
        (Program::Tokio, TOKIO, goal(0.97)),
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
        peer: TOKIO,
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
    let most = Some(Goal::AtMost(0.55));
    let (threads, one) = (Program::Threads, Program::EventLoop);
    [
        contest("EventLoop", one, "requests", Cost::Time, time, goal),
        contest("Threads", threads, "requests", Cost::Time, time, goal),
        contest("EventLoop", one, "CPU a request", Cost::Cpu, cpu, most),
        contest("Threads", threads, "CPU a request", Cost::Cpu, cpu, None),
    ]
}

/// Connections, some at a time or one after the other.
fn connections() -> Vec<Contest> {
    let contest = |at_once: usize, ours, our_program, peer, program, goal| Contest {
        group: "server",
        case: match at_once {
            1 => "connect, one request, close, one after the other".to_owned(),
            some => format!("connect, one request, close, {some} at a time"),
        },
        ours,
        peer,
        goal,
        work: Work::Elements(at_once as u64),
        cost: Cost::Time,
        start: pair(at_once, caller, our_program, program),
    };
    let goal = Some(Goal::AtLeast(1.5));
    let (threads, each) = (Program::Threads, Program::ThreadEach);
    let (new, python) = ("std, a new thread each", "CPython ThreadingTCPServer");
    let mut all = vec![
        contest(64, "Threads", threads, new, each, goal),
        contest(16, "Threads", threads, new, each, goal),
        contest(1, "Threads", threads, new, each, None),
        contest(16, "Threads", threads, python, Program::Python, None),
        contest(16, "EventLoop", Program::EventLoop, TOKIO, Program::Tokio, None),
    ];
    let policies = [
        ("Sequential", Program::Sequential, "CPython TCPServer", Program::PythonSequential),
        ("Processes", Program::Processes, "CPython ForkingTCPServer", Program::PythonForking),
    ];
    all.extend(policies.map(|(ours, our, peer, its)| contest(16, ours, our, peer, its, None)));
    all.push(Contest {
        case: "CPU a connection: connect, one request, close, 16 at a time".to_owned(),
        work: Work::Elements(16),
        cost: Cost::Cpu,
        start: pair(16, called, threads, each),
        ..contest(16, "Threads", threads, new, each, None)
    });
    all
}

/// What a connection takes of the server's memory. Not of `Sequential`, which serves one at a time
/// and so takes the same for any number.
fn memory() -> [Contest; 5] {
    let contest = |of: usize, ours, our_program, peer, program| Contest {
        group: "server",
        case: format!("memory a connection, of {of}"),
        ours,
        peer,
        goal: None,
        work: Work::Elements(1),
        cost: Cost::Memory,
        start: Box::new(move || {
            descriptors(of as u64 + 64)?;
            Ok(Pair { ours: takes(our_program, of)?, peer: takes(program, of)? })
        }),
    };
    let (one, threads, processes) = (Program::EventLoop, Program::Threads, Program::Processes);
    let forking = "CPython ForkingTCPServer";
    [
        contest(MANY, "EventLoop", one, TOKIO, Program::Tokio),
        contest(MANY, "EventLoop", one, "mio, drained", Program::Mio),
        contest(MANY, "Threads", threads, "std, a thread each", Program::ThreadEach),
        contest(MANY, "Threads", threads, "CPython ThreadingTCPServer", Program::Python),
        contest(PROCESSES, "Processes", processes, forking, Program::PythonForking),
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
fn caller(program: Program, at_once: usize) -> Result<Side, Absent> {
    let server = Served::start(program)?;
    Ok(Box::new(move |times| {
        let start = Instant::now();
        load::calls(server.addr(), at_once, times);
        start.elapsed()
    }))
}

/// The processor time of a server that connections come to.
fn called(program: Program, at_once: usize) -> Result<Side, Absent> {
    let server = Served::start(program)?;
    Ok(Box::new(move |times| {
        let before = server.cpu();
        load::calls(server.addr(), at_once, times);
        server.cpu() - before
    }))
}

/// The memory of a server for each of `many` connections, once each has been answered. It is much
/// the same each time, and so a few servers are asked, and what they say told in turn.
fn takes(program: Program, many: usize) -> Result<Side, Absent> {
    let ask = |_| {
        let server = Served::start(program)?;
        // What the server itself takes, it has taken by the first answer.
        let _one = Load::new(server.addr(), 1, 1);
        let before = server.memory();
        let _many = Load::new(server.addr(), many, 1);
        Ok(server.memory().saturating_sub(before) / many as u64)
    };
    let asked = (0..SERVERS).map(ask).collect::<Result<Vec<_>, Absent>>()?;
    let mut turns = asked.into_iter().cycle();
    Ok(Box::new(move |times| bytes(turns.next().unwrap_or(0).saturating_mul(times))))
}

const IN_FLIGHT: usize = 64;
/// Of how many connections the memory is told.
const MANY: usize = 250;
/// The same where each takes a process: CPython serves 40 at a time at most.
const PROCESSES: usize = 30;
/// How many servers are asked.
const SERVERS: usize = 3;
const TOKIO: &str = "tokio current_thread";
const _: () = assert!(REQUEST == 64, "the cases say so");
