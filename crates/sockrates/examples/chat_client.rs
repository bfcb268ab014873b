//! Talks with `chat_server`, or with any server that speaks in lines.
//!
//! ```console
//! $ cargo run --example chat_client -- 127.0.0.1 50007
//! ```
//!
//! What you type is sent line by line; what arrives is printed at once, also while you type. `bye`,
//! from either side and in any case, ends the conversation.
//!
//! One thread types and one listens. They share the stream, since every method takes `&self`, and
//! whoever closes it or shuts it down wakes the other.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::{self, ExitCode};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use clap::Parser;
use sockrates::{Framed, Shutdown, TcpStream, framing::Lines};

/// Talk with a chat server, line by line, until one of you says "bye".
#[derive(Parser)]
#[command(after_help = "What arrives while you type hides your line; Ctrl-R shows it again.\n\n\
    Ctrl-D says bye for you. Ctrl-C hangs up.\n\n\
    Exit codes: 0 done, 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The server's name or address
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The server's port
    #[arg(default_value_t = 50007, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
}

/// The longest line that is sent or taken, in bytes.
const LINE_MAX: usize = 4096;
/// How long the server has to hang up once we have said bye.
const GRACE: Duration = Duration::from_secs(1);
const PROMPT: &str = ">>> ";

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("chat_client: {error}");
        ExitCode::FAILURE
    })
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let connected = Arc::<OnceLock<Arc<TcpStream>>>::default();
    let closing = Arc::clone(&connected);
    // Nothing but Ctrl-C closes the stream, so a closed one tells that it was pressed.
    ctrlc::set_handler(move || match closing.get() {
        Some(stream) => drop(stream.close()),
        None => {
            let _ = print("interrupted\n");
            process::exit(130)
        }
    })?;
    print(&format!("connecting to {}, port {}\n", args.host, args.port))?;
    let stream = Arc::new(TcpStream::connect((&args.host, args.port))?);
    connected.get_or_init(|| Arc::clone(&stream));
    let server = stream.peer_addr()?;

    print(&format!("connected to {server}; say bye to end\n{PROMPT}"))?;
    let typing = Arc::clone(&stream);
    let (listening, ended) = mpsc::channel();
    thread::spawn(move || {
        if let Err(error) = speak(&typing, &ended) {
            eprintln!("chat_client: {error}");
        }
        // Whatever ended the typing ends the listening too.
        let _ = typing.shutdown(Shutdown::Both);
    });
    let heard = listen(&stream);
    drop(listening);
    if stream.is_closed() {
        print("interrupted\n")?;
        return Ok(ExitCode::from(130));
    }
    match heard {
        Ok(()) => print(&format!("the conversation with {server} is over\n"))?,
        Err(error) => {
            print("\n")?;
            return Err(format!("{server}: {error}").into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what arrives, up to the server's bye or the end of the stream.
fn listen(stream: &TcpStream) -> Result<(), Box<dyn Error>> {
    let mut lines = Framed::new(stream, Lines::lf(LINE_MAX));
    while let Some(line) = lines.next()? {
        let line = clean(line);
        print(&format!("{line}\n{PROMPT}"))?;
        if is_bye(&line) {
            break;
        }
    }
    Ok(())
}

/// Sends what is typed, and ends our side after a bye or at the end of the input. Then the server
/// has [`GRACE`] to hang up; `ended` tells that it has.
fn speak(stream: &TcpStream, ended: &mpsc::Receiver<()>) -> Result<(), Box<dyn Error>> {
    let mut lines = Framed::new(stream, Lines::lf(LINE_MAX));
    let mut typed = io::stdin().lines();
    loop {
        let line = typed.next().unwrap_or_else(|| Ok("bye".to_owned()))?;
        match lines.send(line.as_bytes()) {
            Ok(()) if is_bye(&line) => break,
            Ok(()) => print(PROMPT)?,
            Err(error) if error.is_recoverable() => print(&format!("not sent: {error}\n{PROMPT}"))?,
            // The connection is gone: who listens sees it too, and tells.
            Err(_) => return Ok(()),
        }
    }
    if stream.shutdown(Shutdown::Write).is_ok() {
        let _ = ended.recv_timeout(GRACE);
    }
    Ok(())
}

fn is_bye(line: &str) -> bool {
    line.trim().eq_ignore_ascii_case("bye")
}

/// Prints `text` over the prompt.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let over = if out.is_terminal() { "\r\x1b[K" } else { "" };
    write!(out, "{over}{text}")?;
    out.flush()
}

/// What a peer has said, without the control characters that play tricks on a terminal.
fn clean(line: &[u8]) -> String {
    String::from_utf8_lossy(line).replace(char::is_control, " ")
}
