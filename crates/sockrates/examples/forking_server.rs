//! Answers each line with the number of the process that serves its connection.
//!
//! ```console
//! $ cargo run --example forking_server -- 127.0.0.1 50012
//! $ nc 127.0.0.1 50012
//! ```
//!
//! Python's `socketserver.ForkingTCPServer`: a handler, and a process for each connection, so that
//! one that crashes takes nothing with it (the line `crash` shows it). A process is this program
//! started again with the connection as its standard input: forking without that is not safe once a
//! program has threads.

use std::error::Error;
use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::time::Duration;

use clap::Parser;
use sockrates::Result;
use sockrates::server::{Connection, Handler, Options, Processes, StreamServer, enter_child};

/// Answer lines, each connection in a process of its own.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The address to listen on
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; with 0 the system chooses one
    #[arg(default_value_t = 50012)]
    port: u16,
    /// How many connections are served at once; others wait
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u16).range(1..))]
    processes: u16,
}

/// The longest line that is answered, in bytes.
const LINE_MAX: usize = 4096;
/// How long a client may be silent.
const IDLE: Duration = Duration::from_secs(60);

struct Answer;

impl Handler for Answer {
    fn handle(&self, conn: &mut Connection) -> Result<()> {
        let mut line = Vec::new();
        while conn.read_line(&mut line, LINE_MAX)? {
            if line.trim_ascii() == b"crash" {
                process::abort();
            }
            let mut answer = format!("process {}: ", process::id()).into_bytes();
            answer.extend_from_slice(&line);
            conn.send_all(&answer)?;
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    // Returns at once, unless this is a process that a server has started for a connection.
    enter_child(&Answer);
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("forking_server: {error}");
        ExitCode::FAILURE
    })
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let options =
        Options { idle_timeout: Some(IDLE), grace: Duration::from_secs(1), ..Options::default() };
    let server = StreamServer::bind_with((&args.host, args.port), &options)?;
    let stopper = server.stopper();
    ctrlc::set_handler(move || stopper.stop())?;
    writeln!(io::stdout(), "listening on {}", server.local_addr()?)?;
    server.serve(Processes::new(args.processes.into()), Answer)?;
    let _ = writeln!(io::stdout(), "interrupted");
    Ok(ExitCode::from(130))
}
