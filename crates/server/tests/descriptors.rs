//! A server that has run out of descriptors: it does not spin, and serves when it can.
//!
//! The server is in a process of its own, whose limit is lowered: this program, started again.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sockrates_core::{Addr, Errno, Result};
use sockrates_server::{
    Cause, DatagramServer, Driven, EventLoop, Failure, Options, Output, Protocol, Protocols,
    StreamServer, Threads,
};

const LIMIT: u64 = 40;
const CLIENTS: usize = 60;
const LONG: Duration = Duration::from_secs(30);
const POLICY: &str = "SOCKRATES_TEST_POLICY";

struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(bytes);
        Ok(bytes.len())
    }
}

/// Counts how often it was told that there is no descriptor left.
struct Counting(Arc<AtomicUsize>);

impl Protocols for Counting {
    type Protocol = Echo;

    fn protocol(&self, _: &Addr) -> Echo {
        Echo
    }

    fn error(&self, failure: &Failure) {
        let Cause::Accept(error) = &failure.cause else { return };
        assert_eq!(error.errno(), Some(Errno::EMFILE));
        self.0.fetch_add(1, SeqCst);
    }
}

/// What the process is that serves: it says its port, and when it is told to end, how it went.
#[test]
fn serve_with_few_descriptors() {
    let Ok(policy) = std::env::var(POLICY) else { return };
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(LIMIT), ..limit }).unwrap();
    let told = Arc::<AtomicUsize>::default();
    let options = Options { grace: Duration::ZERO, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let service = Driven(Counting(told.clone()));
    let running = match policy.as_str() {
        "loop" => server.spawn(EventLoop::new(), service).unwrap(),
        _ => server.spawn(Threads::new(1000), service).unwrap(),
    };
    println!("\nport {}", running.addr().port().unwrap());
    std::io::stdin().lock().read_line(&mut String::new()).unwrap();
    let summary = running.stop().unwrap();
    println!("\nshed {} told {}", summary.shed, told.load(SeqCst));
}

struct Serving {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Serving {
    fn start(policy: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "--nocapture", "--test-threads=1", "serve_with_few_descriptors"]);
        command.env(POLICY, policy).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// What the process says after `word`.
    fn said(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the server has ended");
            if let Some(said) = line.strip_prefix(word) {
                return said.trim().to_owned();
            }
        }
    }

    /// How much time its threads have computed, in ticks of 10 ms; Linux only.
    fn ticks(&self) -> Option<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let words: Vec<_> = stat.rsplit_once(") ")?.1.split(' ').collect();
        Some(words.get(11)?.parse::<u64>().ok()? + words.get(12)?.parse::<u64>().ok()?)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(mut client: &TcpStream) -> std::io::Result<usize> {
    match client.read(&mut [0; 8]) {
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(0),
        other => other,
    }
}

/// How long it took the first of those who waited to be served once there were descriptors.
fn judge(policy: &str) -> Duration {
    let mut serving = Serving::start(policy);
    let port: u16 = serving.said("port ").parse().unwrap();
    let connect = || {
        let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        client.set_read_timeout(Some(LONG)).unwrap();
        client
    };
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| connect()).collect();
    clients.iter_mut().for_each(|client| client.write_all(b"hello").unwrap());
    // The first are served, for there are descriptors for them. Those after them are closed, one by
    // one, in ever longer intervals, in which the server must not compute.
    let served = clients.iter().take_while(|client| answer(client).unwrap() > 0).count();
    assert!((10..LIMIT as usize).contains(&served), "{policy}: {served}");
    let (start, before) = (Instant::now(), serving.ticks());
    for client in &clients[served + 1..served + 5] {
        assert_eq!(answer(client).unwrap(), 0, "{policy}");
    }
    let computed = before.zip(serving.ticks()).map(|(before, after)| after - before);
    let ticks = start.elapsed().as_millis() as u64 / 10;
    assert!(ticks >= 10, "{policy}: closed without a pause");
    assert!(computed.is_none_or(|computed| computed <= 2 + ticks / 5), "{policy}: {computed:?}");
    // When those go that were served, the others get their turn; on a busy machine some have been
    // closed before.
    let waiting = clients.split_off(served + 5);
    drop(clients);
    let returned = Instant::now();
    let mut first = None;
    let mut is_late = |client: &&TcpStream| match answer(client).unwrap() {
        0 => true,
        _ => {
            first.get_or_insert_with(|| returned.elapsed());
            false
        }
    };
    let late = waiting.iter().filter(|client| is_late(client)).count();
    assert!(late < waiting.len() / 2, "{policy}: {late} of {} closed", waiting.len());
    serving.child.stdin.take().unwrap().write_all(b"end\n").unwrap();
    assert_eq!(serving.said("shed "), format!("{} told 1", 5 + late), "{policy}");
    assert!(serving.child.wait().unwrap().success());
    first.unwrap()
}

#[test]
fn a_server_without_descriptors_neither_spins_nor_gives_up() {
    for policy in ["loop", "threads"] {
        // The pause that the server is in lasts 320 ms; descriptors that come back end it. One try
        // in time is enough, for a machine may be busy.
        let quick = (0..8).any(|_| judge(policy) < Duration::from_millis(160));
        assert!(quick, "{policy}: the pause was not cut short");
    }
}

/// What the process is that finds one descriptor where binding takes two.
#[test]
fn bind_with_one_descriptor() {
    if !std::env::var(POLICY).is_ok_and(|policy| policy == "bind") {
        return;
    }
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(LIMIT), ..limit }).unwrap();
    let mut held: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    let path = std::env::temp_dir().join(format!("sockrates-few-{}", std::process::id()));
    held.pop();
    for bound in [StreamServer::bind(&path).map(drop), DatagramServer::bind(&path).map(drop)] {
        assert_eq!(bound.unwrap_err().errno(), Some(Errno::EMFILE));
        assert!(!path.exists(), "a file is left that nobody can bind to");
    }
}

#[test]
fn binding_that_fails_leaves_no_file() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--test-threads=1", "bind_with_one_descriptor"]);
    let output = command.env(POLICY, "bind").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
