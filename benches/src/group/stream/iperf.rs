//! iperf3, two processes of it: what it tells of its own throughput.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use sockrates_core::Mode;

use super::{KIB, across, contest};
use crate::contest::{Absent, Contest, Pair, Side};
use crate::ends;
use crate::place::Place;

/// What iperf3 sends at a time unless it is told otherwise.
const CHUNK_KIB: usize = 128;
/// So many that the time which each of its runs begins and ends with counts for little.
const CHUNKS: u64 = 512;

pub(super) fn contest_of_all() -> Contest {
    let case = format!("TCP one way, {CHUNK_KIB} KiB a send, 64 MiB, two threads, blocking");
    let start = Box::new(|| {
        let peer = side()?;
        let mut chunks = across(ends::our_tcp(Mode::Blocking), CHUNK_KIB * KIB);
        let ours: Side = Box::new(move |iterations| chunks(iterations * CHUNKS));
        Ok(Pair { ours, peer })
    });
    let bytes = CHUNKS as usize * CHUNK_KIB * KIB;
    contest(case, "TcpStream", "iperf3, two processes", None, bytes, start)
}

/// A server of iperf3, and a client of it for each sample. It tells the time itself, in which no
/// connecting counts.
fn side() -> Result<Side, Absent> {
    let mut server = Server::start()?;
    Ok(Box::new(move |iterations| server.receive(iterations)))
}

struct Server {
    process: Child,
    port: String,
    words: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Result<Self, Absent> {
        // It takes no port 0.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|one| one.local_addr());
        let port = free.expect("a free port").port().to_string();
        let mut command = Command::new("iperf3");
        command.args(["--server", "--bind", "127.0.0.1", "--forceflush", "--port", &port]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        // A process begins where the thread is that starts it.
        let start = move || {
            Place::There.take();
            command.spawn()
        };
        let mut process = thread::spawn(start)
            .join()
            .expect("a thread that starts it")
            .map_err(|error| Absent(format!("iperf3 cannot be started: {error}")))?;
        let words = BufReader::new(process.stdout.take().expect("its output is a pipe"));
        let mut server = Self { process, port, words };
        server.listens();
        Ok(server)
    }

    /// Waits until it says that it listens, as it does once more after each client: one that comes
    /// earlier is sent away.
    fn listens(&mut self) {
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            let len = self.words.read_line(&mut line).expect("its output");
            assert!(len > 0, "iperf3 ended before it listened");
        }
    }

    fn receive(&mut self, iterations: u64) -> Duration {
        let bytes = iterations * CHUNKS * (CHUNK_KIB * KIB) as u64;
        let (length, all) = (format!("{CHUNK_KIB}K"), bytes.to_string());
        let client = Command::new("iperf3")
            .args(["--client", "127.0.0.1", "--port", &self.port, "--json"])
            .args(["--length", &length, "--bytes", &all])
            .output()
            .expect("iperf3");
        let told: serde_json::Value = serde_json::from_slice(&client.stdout).expect("its JSON");
        let number = |name| told["end"]["sum_received"][name].as_f64();
        let (Some(seconds), Some(received)) = (number("seconds"), number("bytes")) else {
            panic!("iperf3 said `{told}`");
        };
        self.listens();
        // It does not wait for the last ones.
        Duration::from_secs_f64(seconds * bytes as f64 / received)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
