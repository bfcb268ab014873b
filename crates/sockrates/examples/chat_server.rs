//! Talks with one client after another, in lines.
//!
//! ```console
//! $ cargo run --example chat_server -- 127.0.0.1 50007
//! ```
//!
//! Each client is greeted. What you type is sent line by line; what arrives is printed at once,
//! also while you type. `bye`, from either side and in any case, ends a conversation, and the next
//! client has its turn. What is typed while nobody is there waits for the next one.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::{self, ExitCode};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use clap::Parser;
use sockrates::{Fault, Framed, Shutdown, TcpListener, TcpStream, framing::Lines};

/// Talk with chat clients, one after another, each until one of you says "bye".
#[derive(Parser)]
#[command(
    after_help = "What is typed while nobody is there waits for the next client. What arrives \
    while you type hides your line; Ctrl-R shows it again.\n\n\
    Ctrl-D says bye and ends the server. Ctrl-C hangs up.\n\n\
    Exit codes: 0 done, 1 failed, 2 bad arguments, 130 Ctrl-C."
)]
struct Args {
    /// The address to listen on
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; with 0 the system chooses one
    #[arg(default_value_t = 50007)]
    port: u16,
}

/// The longest line that is sent or taken, in bytes.
const LINE_MAX: usize = 4096;
/// How long a client has to hang up once we have said bye.
const GRACE: Duration = Duration::from_secs(1);
const PROMPT: &str = ">>> ";
const GREETING: &str = "Can I help you?\n";

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("chat_server: {error}");
        ExitCode::FAILURE
    })
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    // The system closes what is open; there is nothing else to clean up.
    ctrlc::set_handler(|| {
        let _ = print("interrupted\n");
        process::exit(130)
    })?;
    let listener = TcpListener::bind((&args.host, args.port))?;
    print(&format!("listening on {}\n", listener.local_addr()?))?;
    let room = Arc::<Room>::default();
    let typing = Arc::clone(&room);
    thread::spawn(move || {
        let typed = typing.speak().inspect_err(|error| eprintln!("chat_server: {error}"));
        process::exit(typed.is_err().into())
    });
    loop {
        let ended = match listener.accept() {
            Ok((stream, peer)) => match room.converse(stream, peer) {
                Ok(()) => format!("the conversation with {peer} is over"),
                Err(error) => format!("{peer}: {error}"),
            },
            // A client that gave up while it waited for its turn.
            Err(error) if error.fault() == Fault::Peer => error.to_string(),
            Err(error) => return Err(error.into()),
        };
        print(&format!("{ended}\n"))?;
    }
}

/// Where the thread that listens and the one that types meet.
#[derive(Default)]
struct Room {
    client: Mutex<Option<Arc<TcpStream>>>,
    changed: Condvar,
}

impl Room {
    /// Greets a client and prints what it says.
    fn converse(&self, stream: TcpStream, peer: SocketAddr) -> Result<(), Box<dyn Error>> {
        print(&format!("{peer} is here; say bye to end\n{PROMPT}{GREETING}{PROMPT}"))?;
        stream.send_all(GREETING.as_bytes())?;
        let stream = Arc::new(stream);
        self.seat(Some(Arc::clone(&stream)));
        let heard = listen(&stream);
        self.seat(None);
        // Wakes the thread that types, should this client never have read what it sends.
        let _ = stream.shutdown(Shutdown::Both);
        heard
    }

    /// Sends what is typed to whoever is there, up to the end of the input.
    fn speak(&self) -> Result<(), Box<dyn Error>> {
        for line in io::stdin().lines() {
            let line = line?;
            let seat = self.changed.wait_while(self.client.lock().unwrap(), |seat| seat.is_none());
            let client = seat.unwrap().clone();
            client.map_or(Ok(()), |client| self.tell(&client, &line))?;
        }
        let client = self.client.lock().unwrap().clone();
        Ok(client.map_or(Ok(()), |client| self.tell(&client, "bye"))?)
    }

    /// Sends one line. After a bye the client has [`GRACE`] to hang up.
    fn tell(&self, client: &TcpStream, line: &str) -> io::Result<()> {
        match Framed::new(client, Lines::lf(LINE_MAX)).send(line.as_bytes()) {
            Err(error) => return print(&format!("not sent: {error}\n{PROMPT}")),
            Ok(()) if !is_bye(line) => return print(PROMPT),
            Ok(()) => {}
        }
        let _ = client.shutdown(Shutdown::Write);
        let seat = self.client.lock().unwrap();
        drop(self.changed.wait_timeout_while(seat, GRACE, |seat| seat.is_some()));
        let _ = client.shutdown(Shutdown::Both);
        Ok(())
    }

    fn seat(&self, client: Option<Arc<TcpStream>>) {
        *self.client.lock().unwrap() = client;
        self.changed.notify_all();
    }
}

/// Prints what arrives, up to a bye or the end of the stream.
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
