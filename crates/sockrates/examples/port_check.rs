//! Tells which ports of a host take TCP connections, and what the others answer.
//!
//! ```console
//! $ cargo run --example port_check -- localhost 22,80,8000-8010 --timeout 0.5
//! ```
//!
//! Each port is one `connect_ex`, which returns the error number instead of failing; several are
//! under way at once.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use clap::Parser;
use sockrates::socket::{Address, Family};
use sockrates::{Deadline, Errno, TcpSocket};

/// Tell which TCP ports of a host are open.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 0 all open, 1 failed or not all open, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The host's name or address
    host: String,
    /// Ports and ranges of ports: 22,80,8000-8010
    #[arg(value_parser = ports)]
    ports: Arc<BTreeSet<u16>>,
    /// How long to wait for each port, in seconds
    #[arg(long, default_value = "1", value_parser = seconds, allow_negative_numbers = true)]
    timeout: Duration,
    /// How many ports are asked at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=512))]
    jobs: u16,
    /// Tell of the open ports alone
    #[arg(long)]
    open: bool,
    /// Check the host's IPv6 address, where it has both
    #[arg(long, short = '6')]
    ipv6: bool,
}

fn ports(list: &str) -> Result<Arc<BTreeSet<u16>>, String> {
    let port = |text: &str| match text.trim().parse() {
        Ok(0) | Err(_) => Err(format!("{text:?} is no port: use 1 to 65535")),
        Ok(port) => Ok(port),
    };
    let mut ports = BTreeSet::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u16, u16) = (port(first)?, port(last)?);
        if first > last {
            return Err(format!("{part} runs backwards: write {last}-{first}"));
        }
        ports.extend(first..=last);
    }
    Ok(Arc::new(ports))
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or("write a number of seconds, such as 0.5")
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("port_check: {error}");
        ExitCode::FAILURE
    })
}

/// What the thread that prints is told.
enum News {
    Answer(u16, sockrates::Result<Errno>),
    Interrupted,
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let (tell, news) = mpsc::channel();
    let interrupt = tell.clone();
    ctrlc::set_handler(move || drop(interrupt.send(News::Interrupted)))?;

    let family = if args.ipv6 { Family::INET6 } else { Family::UNSPEC };
    let host = (&args.host, 0).resolve(family, Deadline::after(args.timeout))?;
    let ip = host.ip().ok_or("no IP address")?;
    let mut out = io::stdout();
    writeln!(out, "{} is {ip}", args.host)?;

    let ports: Vec<u16> = args.ports.iter().copied().collect();
    let (queue, timeout) = (Arc::new(Mutex::new(ports.clone().into_iter())), args.timeout);
    for _ in 0..ports.len().min(args.jobs.into()) {
        let (queue, tell) = (Arc::clone(&queue), tell.clone());
        let next = move || queue.lock().ok()?.next();
        thread::Builder::new().spawn(move || {
            while let Some(port) = next() {
                let answer = check(SocketAddr::new(ip, port), timeout);
                if tell.send(News::Answer(port, answer)).is_err() {
                    return;
                }
            }
        })?;
    }
    // Answers come in any order; they are printed in the order of the ports.
    let (mut early, mut open) = (BTreeMap::new(), 0);
    for port in &ports {
        while !early.contains_key(port) {
            match news.recv()? {
                News::Interrupted => {
                    eprintln!("port_check: interrupted");
                    return Ok(ExitCode::from(130));
                }
                News::Answer(port, answer) => drop(early.insert(port, answer)),
            }
        }
        let answer = early.remove(port).ok_or("no answer")??;
        open += usize::from(answer.is_success());
        if args.open && !answer.is_success() {
            continue;
        }
        let number = answer.code().to_string();
        writeln!(out, "{port:>5}  {:<11}  {}", state(answer), answer.name().unwrap_or(&number))?;
    }
    writeln!(out, "{open} of {} open", ports.len())?;
    Ok(ExitCode::from(u8::from(open < ports.len())))
}

/// What connecting to `addr` ends with: 0, or the number of the error.
fn check(addr: SocketAddr, timeout: Duration) -> sockrates::Result<Errno> {
    let socket = if addr.is_ipv4() { TcpSocket::v4() } else { TcpSocket::v6() }?;
    socket.set_timeout(Some(timeout))?;
    let answer = socket.connect_ex(addr)?;
    // A port of this machine that nobody has may be lent to this very socket, which then talks to
    // itself.
    if answer.is_success() && socket.local_addr()? == addr {
        return Ok(Errno::ECONNREFUSED);
    }
    Ok(answer)
}

fn state(answer: Errno) -> &'static str {
    match answer {
        Errno::SUCCESS => "open",
        Errno::ECONNREFUSED => "closed",
        // Our own timeout, in Python's words; a timeout of 0; the system's own.
        Errno::EAGAIN | Errno::EINPROGRESS | Errno::ETIMEDOUT => "no answer",
        _ => "unreachable",
    }
}
