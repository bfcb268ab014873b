//! Greets whoever comes, by name: a server with a thread for each client, and its client.
//!
//! ```console
//! $ cargo run --example greeter -- serve 127.0.0.1 50013
//! $ cargo run --example greeter -- visit 127.0.0.1 50013 Ann Bob Cy
//! ```
//!
//! The server says `Welcome!`, answers each line with `Hello` and what it says, and hangs up after
//! `exit`.

use std::error::Error;
use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::time::Duration;

use clap::{Parser, Subcommand};
use sockrates::framing::Lines;
use sockrates::server::{Connection, Options, StreamServer, Threads};
use sockrates::{Deadline, Framed, Result, TcpStream};

/// Greet, or be greeted.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 0 done, 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Greet whoever comes
    Serve {
        /// The address to listen on
        #[arg(default_value = "127.0.0.1")]
        host: String,
        /// The port to listen on; with 0 the system chooses one
        #[arg(default_value_t = 50013)]
        port: u16,
    },
    /// Tell the server names, and print what it says
    Visit {
        /// The server's name or address
        #[arg(default_value = "127.0.0.1")]
        host: String,
        /// The server's port
        #[arg(default_value_t = 50013, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
        /// Who is to be greeted
        #[arg(default_values = ["Michael", "Tracy", "Sarah"])]
        names: Vec<String>,
    },
}

/// The longest line, in bytes.
const LINE_MAX: usize = 1024;
/// How long either side waits for the other.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let done = match Args::parse().role {
        Role::Serve { host, port } => serve(&host, port),
        Role::Visit { host, port, names } => visit(&host, port, &names),
    };
    done.unwrap_or_else(|error| {
        eprintln!("greeter: {error}");
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
    server.serve(Threads::new(64).named("greeter"), greet)?;
    say("interrupted");
    Ok(ExitCode::from(130))
}

/// One client's visit.
fn greet(conn: &mut Connection) -> Result<()> {
    say(&format!("{} has come", conn.peer()));
    let mut lines = conn.framed(Lines::lf(LINE_MAX));
    lines.send(b"Welcome!")?;
    while let Some(line) = lines.next()? {
        if line == b"exit" {
            break;
        }
        let answer = [b"Hello ", line].concat();
        lines.send(&answer)?;
    }
    say(&format!("{} has gone", conn.peer()));
    Ok(())
}

fn visit(host: &str, port: u16, names: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    ctrlc::set_handler(|| {
        say("interrupted");
        process::exit(130)
    })?;
    let stream = TcpStream::connect_by((host, port), Deadline::after(PATIENCE))?;
    stream.set_timeout(Some(PATIENCE))?;
    let server = stream.peer_addr()?;
    introduce(stream, names).map_err(|error| format!("{server}: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Tells the server each name, and prints its answer.
fn introduce(stream: TcpStream, names: &[String]) -> Result<(), Box<dyn Error>> {
    let mut lines = Framed::new(stream, Lines::lf(LINE_MAX));
    hear(&mut lines)?;
    for name in names {
        lines.send(name.as_bytes())?;
        hear(&mut lines)?;
    }
    Ok(lines.send(b"exit")?)
}

/// Prints the server's next line, without the control characters that play tricks on a terminal.
fn hear(lines: &mut Framed<TcpStream, Lines>) -> Result<(), Box<dyn Error>> {
    let line = lines.next()?.ok_or("the server has hung up")?;
    say(&String::from_utf8_lossy(line).replace(char::is_control, " "));
    Ok(())
}

/// Prints a line. Whether anybody still reads what is printed is no matter of the connection's.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
