//! Answers each line with the name of the thread that serves its connection.
//!
//! ```console
//! $ cargo run --example threading_server -- 127.0.0.1 50011
//! $ nc 127.0.0.1 50011
//! ```
//!
//! Python's `socketserver.ThreadingTCPServer`: a handler, and a thread for each connection. Here
//! there is a maximum of them, a time-out for clients that fall silent, and an end that waits for
//! nobody longer than its grace.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Parser;
use sockrates::Result;
use sockrates::server::{Connection, Handler, Options, StreamServer, Threads};

/// Answer lines, each connection on a thread of its own.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The address to listen on
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; with 0 the system chooses one
    #[arg(default_value_t = 50011)]
    port: u16,
    /// How many connections are served at once; others wait
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
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
            let mut answer = thread::current().name().unwrap_or("a thread").to_owned().into_bytes();
            answer.extend_from_slice(b": ");
            answer.extend_from_slice(&line);
            conn.send_all(&answer)?;
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("threading_server: {error}");
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
    server.serve(Threads::new(args.threads.into()).named("worker"), Answer)?;
    let _ = writeln!(io::stdout(), "interrupted");
    Ok(ExitCode::from(130))
}
