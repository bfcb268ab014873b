//! CPython as a side: a process that runs so many iterations when told, and says what they took.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::contest::{Absent, Side};

/// A round trip on one thread, over sockets with a timeout.
pub(super) const TCP: &str = "\
import socket
listener = socket.create_server(('127.0.0.1', 0))
near = socket.create_connection(listener.getsockname())
far = listener.accept()[0]
for end in (near, far):
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    end.settimeout(10)
def run(times):
    message = bytes([7]) * 64
    for _ in range(times):
        near.send(message)
        back = far.recv(64)
        far.send(back)
        back = near.recv(64)
        assert len(back) == 64
";

/// A round trip on one thread, each datagram with its address.
pub(super) const UDP: &str = "\
import socket
near, far = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
near.bind(('127.0.0.1', 0))
far.bind(('127.0.0.1', 0))
to = far.getsockname()
def run(times):
    message = bytes([7]) * 64
    for _ in range(times):
        near.sendto(message, to)
        there, back_to = far.recvfrom(64)
        far.sendto(there, back_to)
        back, _ = near.recvfrom(64)
        assert len(back) == 64
";

/// Runs as often as each line says, and answers with nanoseconds; ends with its input.
const SERVE: &str = "
import sys, time
for line in sys.stdin:
    times = int(line)
    begun = time.perf_counter_ns()
    run(times)
    print(time.perf_counter_ns() - begun, flush=True)
";

/// A process that runs `script`, which defines `run(times)`.
pub(super) fn side(script: &str) -> Result<Side, Absent> {
    let program = format!("{script}{SERVE}");
    let child = Command::new("python3")
        .args(["-I", "-c", &program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Absent(format!("python3 cannot be started: {error}")))?;
    let mut python = Python::new(child);
    Ok(Box::new(move |times| python.run(times)))
}

struct Python {
    child: Child,
    /// `None` once it has been told to end.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    fn new(mut child: Child) -> Self {
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        Self { child, orders, answers }
    }

    fn run(&mut self, times: u64) -> Duration {
        let orders = self.orders.as_mut().expect("its input is a pipe");
        writeln!(orders, "{times}").expect("python3 listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("python3 answers");
        let ns = answer.trim().parse();
        Duration::from_nanos(ns.unwrap_or_else(|_| panic!("python3 said `{answer}`")))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.orders = None;
        // It ends by itself once its input has.
        let _ = self.child.wait();
    }
}
