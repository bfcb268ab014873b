//! Short connections: one for each message, which is answered with `ACK!`. Each has a thread.
//!
//! ```console
//! $ cargo run --example ack_short -- serve 127.0.0.1 50014
//! $ cargo run --example ack_short -- send 127.0.0.1 50014 one two three
//! ```
//!
//! The end of the message is the end of the stream: the client shuts down its sending side and
//! still receives. See `ack_long` for many messages over one connection.

use std::error::Error;
use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::time::Duration;

use clap::{Parser, Subcommand};
use sockrates::server::{Connection, Options, StreamServer, Threads};
use sockrates::{Deadline, Result, Shutdown, Stream, TcpStream};

/// Acknowledge messages, or have them acknowledged, each over a connection of its own.
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
        #[arg(default_value_t = 50014)]
        port: u16,
    },
    /// Send messages, each over a new connection
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

/// The longest message that is taken, in bytes.
const MESSAGE_MAX: usize = 64 * 1024;
/// How long a whole exchange may take.
const PATIENCE: Duration = Duration::from_secs(30);
const ACK: &[u8] = b"ACK!";

fn main() -> ExitCode {
    let done = match Args::parse().role {
        Role::Serve { host, port } => serve(&host, port),
        Role::Send { host, port, messages } => send(&host, port, &messages),
    };
    done.unwrap_or_else(|error| {
        eprintln!("ack_short: {error}");
        ExitCode::FAILURE
    })
}

fn serve(host: &str, port: u16) -> Result<ExitCode, Box<dyn Error>> {
    let options =
        Options { lifetime: Some(PATIENCE), grace: Duration::from_secs(1), ..Options::default() };
    let server = StreamServer::bind_with((host, port), &options)?;
    let stopper = server.stopper();
    ctrlc::set_handler(move || stopper.stop())?;
    writeln!(io::stdout(), "listening on {}", server.local_addr()?)?;
    server.serve(Threads::new(64).named("ack"), acknowledge)?;
    say("interrupted");
    Ok(ExitCode::from(130))
}

/// One client's message.
fn acknowledge(conn: &mut Connection) -> Result<()> {
    let mut message = Vec::new();
    conn.read_to_end(&mut message, MESSAGE_MAX)?;
    say(&format!("{}: {}", conn.peer(), String::from_utf8_lossy(&message)));
    conn.send_all(ACK)
}

fn send(host: &str, port: u16, messages: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    ctrlc::set_handler(|| {
        say("interrupted");
        process::exit(130)
    })?;
    for message in messages {
        let deadline = Deadline::after(PATIENCE);
        let stream = TcpStream::connect_by((host, port), deadline)?;
        let server = stream.peer_addr()?;
        tell(&stream, message, deadline).map_err(|error| format!("{server}: {error}"))?;
        say(&format!("{message}: ACK!"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends one message, and waits for its acknowledgement.
fn tell(stream: &TcpStream, message: &str, deadline: Deadline) -> Result<(), Box<dyn Error>> {
    stream.send_all_by(message.as_bytes(), deadline)?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    stream.recv_to_end(&mut answer, ACK.len(), deadline)?;
    match &*answer {
        ACK => Ok(()),
        b"" => Err("no answer: the server has hung up".into()),
        other => Err(format!("answered with \"{}\"", other.escape_ascii()).into()),
    }
}

/// Prints a line, without the control characters that play tricks on a terminal. Whether anybody
/// still reads what is printed is no matter of the connection's.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{}", line.replace(char::is_control, " "));
}
