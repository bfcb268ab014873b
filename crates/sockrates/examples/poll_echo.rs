//! Echoes to many clients on one thread, with `poll`.
//!
//! ```console
//! $ cargo run --example poll_echo -- 127.0.0.1 50017
//! $ nc 127.0.0.1 50017
//! ```
//!
//! No socket ever waits; the one place that does is `poll.poll`. A client that does not read what
//! comes back is not read from either, so that it cannot fill the memory. `select_echo` and
//! `epoll_echo` are the same program on the other calls; `Selector` chooses between them, and
//! `server::EventLoop` is the whole of it ready made.

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::process::ExitCode;

use clap::Parser;
use sockrates::poll::{Poll, PollEvents, Waker};
use sockrates::{Errno, Fault, Result, TcpListener, TcpStream};

/// Echo to many clients on one thread, with poll.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The address to listen on
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; with 0 the system chooses one
    #[arg(default_value_t = 50017)]
    port: u16,
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("poll_echo: {error}");
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

    let mut poll = Poll::new();
    poll.register(&listener, PollEvents::IN)?;
    poll.register(&interrupt, PollEvents::IN)?;
    let mut clients = HashMap::new();
    loop {
        // What is ready is told by the number of its descriptor.
        for (fd, _) in poll.poll(None)? {
            if fd == interrupt.as_raw_fd() {
                let _ = writeln!(io::stdout(), "interrupted");
                return Ok(ExitCode::from(130));
            }
            if fd == listener.as_raw_fd() {
                let Some(client) = accept(&listener)? else { continue };
                if clients.len() == CLIENTS_MAX {
                    continue; // It is hung up on.
                }
                poll.register(&client.stream, PollEvents::IN)?;
                clients.insert(client.stream.as_raw_fd(), client);
                continue;
            }
            let Some(client) = clients.get_mut(&fd) else { continue };
            if client.advance() {
                poll.modify(&fd, client.awaits())?;
            } else {
                poll.unregister(&fd)?;
                clients.remove(&fd);
            }
        }
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

    fn awaits(&self) -> PollEvents {
        if self.owed.is_empty() { PollEvents::IN } else { PollEvents::OUT }
    }
}
