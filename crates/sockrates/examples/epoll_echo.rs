//! Echoes to many clients on one thread, with `epoll`.
//!
//! ```console
//! $ cargo run --example epoll_echo -- 127.0.0.1 50018
//! $ nc 127.0.0.1 50018
//! ```
//!
//! No socket ever waits; the one place that does is `epoll.poll`. A client that does not read what
//! comes back is not read from either, so that it cannot fill the memory. `select_echo` and
//! `poll_echo` are the same program on the older calls; `Selector` chooses between them, and
//! `server::EventLoop` is the whole of it ready made.

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use sockrates::poll::{Epoll, EpollEvents, EpollReady, Waker};
use sockrates::{Errno, Fault, Result, TcpListener, TcpStream};

/// Echo to many clients on one thread, with epoll.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The address to listen on
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; with 0 the system chooses one
    #[arg(default_value_t = 50018)]
    port: u16,
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("epoll_echo: {error}");
        ExitCode::FAILURE
    })
}

/// How many clients are served at once: fewer than the descriptors a process may have open.
const CLIENTS_MAX: usize = 200;
/// What an event is about: these two, or a client.
const LISTENER: u64 = 0;
const INTERRUPT: u64 = 1;

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let listener = TcpListener::bind((&args.host, args.port))?;
    listener.set_blocking(false)?;
    let interrupt = Waker::new()?;
    let waker = interrupt.clone();
    ctrlc::set_handler(move || waker.wake())?;
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;

    let epoll = Epoll::new()?;
    epoll.register(&listener, EpollEvents::IN, LISTENER)?;
    epoll.register(&interrupt, EpollEvents::IN, INTERRUPT)?;
    let mut clients = HashMap::new();
    let mut ready = EpollReady::new(256);
    let mut next = INTERRUPT + 1;
    loop {
        epoll.poll(&mut ready, None)?;
        for (about, _) in ready.iter() {
            match about {
                INTERRUPT => {
                    let _ = writeln!(io::stdout(), "interrupted");
                    return Ok(ExitCode::from(130));
                }
                LISTENER => {
                    let Some(client) = accept(&listener)? else { continue };
                    if clients.len() == CLIENTS_MAX {
                        continue; // It is hung up on.
                    }
                    epoll.register(&client.stream, EpollEvents::IN, next)?;
                    clients.insert(next, client);
                    next += 1;
                }
                about => {
                    let Some(client) = clients.get_mut(&about) else { continue };
                    if client.advance() {
                        epoll.modify(&client.stream, client.awaits(), about)?;
                    } else {
                        epoll.unregister(&client.stream)?;
                        clients.remove(&about);
                    }
                }
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

    fn awaits(&self) -> EpollEvents {
        if self.owed.is_empty() { EpollEvents::IN } else { EpollEvents::OUT }
    }
}
