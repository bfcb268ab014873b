//! Sends datagrams and prints what is answered, each tried several times: UDP loses some.
//!
//! ```console
//! $ cargo run --example udp_client -- 127.0.0.1 50008 hello "one more"
//! ```
//!
//! The socket is connected, so that it takes datagrams of the server alone and learns that nobody
//! listens there. Whether an answer belongs to this try or to an earlier one that was slow, nothing
//! in a bare datagram tells; a protocol of your own should number them.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use sockrates::ConnectedUdp;

/// Send UDP datagrams and print the answers.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 0 all answered, 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The server's name or address
    host: String,
    /// The server's port
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// What to send, one datagram each
    #[arg(required = true)]
    messages: Vec<String>,
    /// How long to wait for an answer to each try, in seconds
    #[arg(long, default_value = "1", value_parser = seconds, allow_negative_numbers = true)]
    timeout: Duration,
    /// How many times to send each message before giving up
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    /// The longest answer that is taken whole, in bytes
    #[arg(long, default_value_t = u16::MAX, value_parser = clap::value_parser!(u16).range(1..))]
    max_size: u16,
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| !time.is_zero()).ok_or("write a number of seconds above 0, such as 0.5")
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("udp_client: {error}");
        ExitCode::FAILURE
    })
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let socket = Arc::new(ConnectedUdp::connect((&args.host, args.port))?);
    socket.set_timeout(Some(args.timeout))?;
    // Nothing but Ctrl-C closes the socket; it wakes the receive that waits.
    let closing = Arc::clone(&socket);
    ctrlc::set_handler(move || drop(closing.close()))?;

    let mut buf = vec![0; args.max_size.into()];
    for message in &args.messages {
        match ask(&socket, message, &mut buf, args.tries) {
            Ok(len) => print(&buf[..len])?,
            Err(_) if socket.is_closed() => {
                eprintln!("udp_client: interrupted");
                return Ok(ExitCode::from(130));
            }
            Err(error) => return Err(format!("{}: {error}", socket.peer_addr()?).into()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends `message` until it is answered, and returns how many bytes of `buf` the answer has.
fn ask(
    socket: &ConnectedUdp,
    message: &str,
    buf: &mut [u8],
    tries: u32,
) -> Result<usize, Box<dyn Error>> {
    for left in (0..tries).rev() {
        socket.send(message.as_bytes())?;
        match socket.recv(buf) {
            Ok(answer) => {
                if answer.truncated {
                    eprintln!("udp_client: only the first {} bytes of the answer fit", answer.len);
                }
                return Ok(answer.len);
            }
            Err(error) if error.is_timeout() && left > 0 => {
                let tries = if left == 1 { "try" } else { "tries" };
                eprintln!("udp_client: no answer yet, {left} {tries} left");
            }
            Err(error) if error.is_timeout() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(format!("no answer to {tries} datagrams").into())
}

/// Prints an answer without the control characters that play tricks on a terminal.
fn print(answer: &[u8]) -> io::Result<()> {
    let text = String::from_utf8_lossy(answer).replace(char::is_control, " ");
    writeln!(io::stdout(), "{text}")
}
