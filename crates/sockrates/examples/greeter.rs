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
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use sockrates::framing::Lines;
use sockrates::server::{Connection, Options, StreamServer, Threads};
use sockrates::{Framed, Result, TcpStream};

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
        #[arg(default_value_t = 50013)]
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
    println!("listening on {}", server.local_addr()?);
    let stopper = server.stopper();
    ctrlc::set_handler(move || stopper.stop())?;
    server.serve(Threads::new(64).named("greeter"), greet)?;
    println!("interrupted");
    Ok(ExitCode::from(130))
}

/// One client's visit.
fn greet(conn: &mut Connection) -> Result<()> {
    println!("{} has come", conn.peer());
    let mut lines = conn.framed(Lines::lf(LINE_MAX));
    lines.send(b"Welcome!")?;
    while let Some(line) = lines.next()? {
        if line == b"exit" {
            break;
        }
        let answer = [b"Hello ", line].concat();
        lines.send(&answer)?;
    }
    drop(lines);
    println!("{} has gone", conn.peer());
    Ok(())
}

fn visit(host: &str, port: u16, names: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let stream = TcpStream::connect((host, port))?;
    stream.set_timeout(Some(PATIENCE))?;
    let mut lines = Framed::new(stream, Lines::lf(LINE_MAX));
    hear(&mut lines)?;
    for name in names {
        lines.send(name.as_bytes())?;
        hear(&mut lines)?;
    }
    lines.send(b"exit")?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the server's next line.
fn hear(lines: &mut Framed<TcpStream, Lines>) -> Result<(), Box<dyn Error>> {
    let line = lines.next()?.ok_or("the server has hung up")?;
    println!("{}", String::from_utf8_lossy(line));
    Ok(())
}
