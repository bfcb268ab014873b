//! Echoes to many clients on one thread, with `select`.
//!
//! ```console
//! $ cargo run --example select_echo -- 127.0.0.1 50016
//! $ nc 127.0.0.1 50016
//! ```
//!
//! No socket ever waits; the one place that does is `select`. A client that does not read what
//! comes back is not read from either, so that it cannot fill the memory. `poll_echo` and
//! `epoll_echo` are the same program on the younger calls. With many clients `select` falls behind
//! them: it is told of every one each time. `Selector` chooses between the three, and
//! `server::EventLoop` is the whole of it ready made.

use std::error::Error;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

use clap::Parser;
use sockrates::poll::{Waker, select};
use sockrates::{Errno, Fault, Result, TcpListener, TcpStream};

/// Echo to many clients on one thread, with select.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The address to listen on
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; with 0 the system chooses one
    #[arg(default_value_t = 50016)]
    port: u16,
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("select_echo: {error}");
        ExitCode::FAILURE
    })
}

/// How many clients are served at once: fewer than the descriptors a process may have open.
const CLIENTS_MAX: usize = 200;

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let listener = TcpListener::bind((&args.host, args.port))?;
    listener.set_blocking(false)?;
    let interrupt = Waker::new()?;
    let waker = interrupt.clone();
    ctrlc::set_handler(move || waker.wake())?;
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;

    let mut clients = Vec::<Client>::new();
    loop {
        // Clients that are owed nothing are read from, the others written to.
        let (reading, writing): (Vec<_>, Vec<_>) =
            (0..clients.len()).partition(|at| clients[*at].owed.is_empty());
        let fd = |at: &usize| clients[*at].stream.as_fd();
        let mut read = vec![interrupt.as_fd(), listener.as_fd()];
        read.extend(reading.iter().map(fd));
        let write: Vec<_> = writing.iter().map(fd).collect();
        let ready = select(&read, &write, &[], None)?;

        if ready.read.contains(&0) {
            let _ = writeln!(io::stdout(), "interrupted");
            return Ok(ExitCode::from(130));
        }
        let come = if ready.read.contains(&1) { accept(&listener)? } else { None };
        let readable = ready.read.iter().filter_map(|at| Some(reading[at.checked_sub(2)?]));
        let writable = ready.write.iter().map(|at| writing[*at]);
        let mut gone: Vec<_> =
            readable.chain(writable).filter(|at| !clients[*at].advance()).collect();
        gone.sort_unstable();
        for at in gone.into_iter().rev() {
            clients.swap_remove(at);
        }
        // One too many is hung up on.
        clients.extend(come.filter(|_| clients.len() < CLIENTS_MAX));
    }
}

/// The client that has come, unless it has gone again.
fn accept(listener: &TcpListener) -> Result<Option<Client>> {
    match listener.accept() {
        Ok((stream, _)) => {
            stream.set_blocking(false)?;
            Ok(Some(Client { stream, owed: Vec::new() }))
        }
        // It has gone again, or reset the connection.
        Err(error) if matches!(error.fault(), Fault::Nobody | Fault::Peer) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A client, and what it has still to get back.
struct Client {
    stream: TcpStream,
    owed: Vec<u8>,
}

impl Client {
    /// Receives or sends once; `false` when the client has gone.
    fn advance(&mut self) -> bool {
        self.exchange().unwrap_or_else(|error| error.errno() == Some(Errno::EAGAIN))
    }

    fn exchange(&mut self) -> Result<bool> {
        if self.owed.is_empty() {
            let mut buf = [0; 16 * 1024];
            let len = self.stream.recv(&mut buf)?;
            self.owed.extend_from_slice(&buf[..len]);
            if len == 0 {
                return Ok(false);
            }
        }
        let len = self.stream.send(&self.owed)?;
        self.owed.drain(..len);
        Ok(true)
    }
}
