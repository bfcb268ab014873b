//! What is ready costs one system call: shown by strace.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use sockrates_core::{Deadline, Ready, RecvBuf, RecvFlags};
use sockrates_socket::{Family, Socket, Type};

const STEPS: &str = "SOCKRATES_TRACED_STEPS";

/// Each operation, and the one system call it may make.
const EXPECTED: &[(&str, &str)] = &[
    ("recv", "recvfrom"),
    ("recv by a deadline", "recvfrom"),
    ("recv_exact", "recvfrom"),
    ("send", "sendto"),
    ("send_all", "sendto"),
    ("accept", "accept4"),
    ("datagram recv", "recvfrom"),
    ("datagram recv_from", "recvfrom"),
    ("datagram send_to", "sendto"),
    ("blocking recv", "recvfrom"),
    ("blocking recv by a deadline", "recvfrom"),
];

#[test]
fn what_is_ready_costs_one_system_call() {
    let log = std::env::temp_dir().join(format!("one-call-{}.strace", std::process::id()));
    let this = std::env::current_exe().unwrap();
    let traced = Command::new("strace")
        .args(["-f", "-s", "100", "-o"])
        .arg(&log)
        .arg(this)
        .args(["--exact", "the_steps_that_are_traced", "--nocapture"])
        .env(STEPS, "1")
        .output();
    let output = match traced {
        Ok(output) => output,
        Err(error) => {
            println!("SKIPPED: strace does not run ({error}); install the package strace");
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("ptrace") {
        println!("SKIPPED: strace may not trace here: {said}");
        return;
    }
    assert!(output.status.success(), "{said}");
    let trace = std::fs::read_to_string(&log).unwrap();
    std::fs::remove_file(&log).unwrap();
    let calls = calls_by_step(&trace);
    for (step, call) in EXPECTED {
        assert_eq!(calls.get(*step), Some(&vec![(*call).to_owned()]), "{step}");
        println!("{step}: {call}, and nothing else");
    }
    assert_eq!(calls.len(), EXPECTED.len());
}

/// The system calls between `begin NAME` and `end`, which the steps write to a descriptor that is
/// not there.
fn calls_by_step(trace: &str) -> BTreeMap<String, Vec<String>> {
    let mut steps = BTreeMap::new();
    let mut step: Option<(String, String)> = None;
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if let Some((_, rest)) = call.split_once("\"begin ") {
            let name = rest.split('"').next().unwrap().to_owned();
            steps.insert(name.clone(), Vec::new());
            step = Some((thread.to_owned(), name));
        } else if call.contains("\"end\"") {
            step = None;
        } else if let Some((_, name)) = step.as_ref().filter(|(by, _)| by == thread) {
            let call = call.split('(').next().unwrap().to_owned();
            steps.get_mut(name).unwrap().push(call);
        }
    }
    steps
}

#[test]
fn the_steps_that_are_traced() {
    if std::env::var_os(STEPS).is_none() {
        return; // They are for the test above.
    }
    let timeout = Some(Duration::from_secs(60));
    let listener = new(Type::STREAM, timeout);
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    let client = new(Type::STREAM, timeout);
    client.connect(listener.local_addr().unwrap()).unwrap();
    ready(&listener);
    let server = step("accept", || listener.accept()).unwrap().0;
    server.set_timeout(timeout).unwrap();

    let mut buf = [0; 64];
    let later = Deadline::after(Duration::from_secs(60));
    step("send", || client.send(b"x")).unwrap();
    ready(&server);
    let _ = step("recv", || server.recv(&mut buf)).unwrap();
    step("send_all", || client.send_all(b"xy")).unwrap();
    ready(&server);
    step("recv_exact", || server.recv_exact(&mut buf[..2])).unwrap();
    for (name, blocking) in [("recv by a deadline", false), ("blocking recv by a deadline", true)] {
        server.set_timeout(if blocking { None } else { timeout }).unwrap();
        client.send(b"x").unwrap();
        ready(&server);
        let receive = || server.recv_by(&mut RecvBuf::new(&mut buf), RecvFlags::NONE, later);
        let _ = step(name, receive).unwrap();
    }
    client.send(b"x").unwrap();
    let _ = step("blocking recv", || server.recv(&mut buf)).unwrap();
    datagrams(timeout);
}

fn datagrams(timeout: Option<Duration>) {
    let mut buf = [0; 64];
    let one = new(Type::DGRAM, timeout);
    one.bind(("127.0.0.1", 0)).unwrap();
    let there = one.local_addr().unwrap();
    let other = new(Type::DGRAM, timeout);
    step("datagram send_to", || other.send_to(b"x", &there)).unwrap();
    ready(&one);
    let _ = step("datagram recv_from", || one.recv_from(&mut buf)).unwrap();
    other.send_to(b"x", &there).unwrap();
    ready(&one);
    let _ = step("datagram recv", || one.recv(&mut buf)).unwrap();
}

fn new(socket_type: Type, timeout: Option<Duration>) -> Socket {
    let socket = Socket::new(Family::INET, socket_type, None).unwrap();
    socket.set_timeout(timeout).unwrap();
    socket
}

fn ready(socket: &Socket) {
    socket.wait(Ready::READ, Deadline::NEVER).unwrap();
}

fn step<T>(name: &str, work: impl FnOnce() -> T) -> T {
    mark(&format!("begin {name}"));
    let done = work();
    mark("end");
    done
}

#[expect(unsafe_code, reason = "std writes to no descriptor that is not there")]
fn mark(text: &str) {
    // SAFETY: reads the text, and fails: no descriptor is negative.
    unsafe { libc::write(-1, text.as_ptr().cast(), text.len()) };
}
