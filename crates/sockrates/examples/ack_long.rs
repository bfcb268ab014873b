//! A long connection: many messages over one, each answered with `ACK!` before the next is sent.
//!
//! ```console
//! $ cargo run --example ack_long -- serve 127.0.0.1 50015
//! $ cargo run --example ack_long -- send 127.0.0.1 50015 one two three
//! ```
//!
//! What ends a message is the end of its line. The server serves all its clients on one thread; see
//! `ack_short` for one with a thread for each.

use std::error::Error;
use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::time::Duration;

use clap::{Parser, Subcommand};
use sockrates::framing::Lines;
use sockrates::server::{EventLoop, Options, Output, Protocol, StreamServer};
use sockrates::{Deadline, Framed, Result, TcpStream};

/// Acknowledge messages, or have them acknowledged, over one connection.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 0 done, 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Print each message and acknowledge it
    Serve {
        /// The address to listen on
        #[arg(default_value = "127.0.0.1")]
        host: String,
        /// The port to listen on; with 0 the system chooses one
        #[arg(default_value_t = 50015)]
        port: u16,
    },
    /// Send messages over one connection
    Send {
        /// The server's name or address
        host: String,
        /// The server's port
        #[arg(value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
        /// What to send
        #[arg(required = true)]
        messages: Vec<String>,
    },
}

/// The longest message, in bytes.
const LINE_MAX: usize = 4096;
/// How long either side waits for the other.
const PATIENCE: Duration = Duration::from_secs(30);
const ACK: &[u8] = b"ACK!";

fn main() -> ExitCode {
    let done = match Args::parse().role {
        Role::Serve { host, port } => serve(&host, port),
        Role::Send { host, port, messages } => send(&host, port, &messages),
    };
    done.unwrap_or_else(|error| {
        eprintln!("ack_long: {error}");
        ExitCode::FAILURE
    })
}

fn serve(host: &str, port: u16) -> Result<ExitCode, Box<dyn Error>> {
    let options = Options {
        idle_timeout: Some(PATIENCE),
        grace: Duration::from_secs(1),
        ..Options::default()
    };
    let server = StreamServer::bind_with((host, port), &options)?;
    let stopper = server.stopper();
    ctrlc::set_handler(move || stopper.stop())?;
    writeln!(io::stdout(), "listening on {}", server.local_addr()?)?;
    server.serve(EventLoop::new(), || Acknowledge)?;
    say("interrupted");
    Ok(ExitCode::from(130))
}

/// One client's messages.
struct Acknowledge;

impl Protocol for Acknowledge {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(0) };
        say(&String::from_utf8_lossy(&bytes[..end]));
        out.send(ACK);
        out.send(b"\n");
        Ok(end + 1)
    }

    fn window_max(&self) -> usize {
        LINE_MAX
    }
}

fn send(host: &str, port: u16, messages: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    ctrlc::set_handler(|| {
        say("interrupted");
        process::exit(130)
    })?;
    let stream = TcpStream::connect_by((host, port), Deadline::after(PATIENCE))?;
    stream.set_timeout(Some(PATIENCE))?;
    let server = stream.peer_addr()?;
    tell(stream, messages).map_err(|error| format!("{server}: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Sends messages, and waits for the acknowledgement of each.
fn tell(stream: TcpStream, messages: &[String]) -> Result<(), Box<dyn Error>> {
    let mut lines = Framed::new(stream, Lines::lf(LINE_MAX));
    for message in messages {
        lines.send(message.as_bytes())?;
        match lines.next()?.ok_or("the server has hung up")? {
            ACK => say(&format!("{message}: ACK!")),
            other => return Err(format!("answered with \"{}\"", other.escape_ascii()).into()),
        }
    }
    Ok(())
}

/// Prints a line, without the control characters that play tricks on a terminal. Whether anybody
/// still reads what is printed is no matter of the connection's.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{}", line.replace(char::is_control, " "));
}
