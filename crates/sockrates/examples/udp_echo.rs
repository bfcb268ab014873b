//! Sends every datagram back to where it came from.
//!
//! ```console
//! $ cargo run --example udp_echo -- 127.0.0.1 50008
//! ```
//!
//! One socket serves everybody. A datagram that fails costs that datagram alone, and one that is
//! longer than the buffer is reported and comes back cut; an empty one is a datagram like any
//! other.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sockrates::{Fault, UdpSocket};

/// Echo UDP datagrams.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The address to receive at
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to receive at; with 0 the system chooses one
    #[arg(default_value_t = 50008)]
    port: u16,
    /// The longest datagram that is echoed whole, in bytes
    #[arg(long, default_value_t = u16::MAX, value_parser = clap::value_parser!(u16).range(1..))]
    max_size: u16,
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("udp_echo: {error}");
        ExitCode::FAILURE
    })
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let socket = Arc::new(UdpSocket::bind((&args.host, args.port))?);
    // Nothing but Ctrl-C closes the socket; it wakes the receive that waits.
    let closing = Arc::clone(&socket);
    ctrlc::set_handler(move || drop(closing.close()))?;

    let mut out = io::stdout();
    writeln!(out, "listening on {}", socket.local_addr()?)?;
    let mut buf = vec![0; args.max_size.into()];
    loop {
        let got = match socket.recv_from(&mut buf) {
            Ok(got) => got,
            Err(_) if socket.is_closed() => break,
            // The answer of some host on the way to an earlier echo: the next datagram may come.
            Err(error) if error.fault() == Fault::Peer => {
                writeln!(out, "{error}")?;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let cut = if got.truncated { ", the rest is lost" } else { "" };
        writeln!(out, "{}: {} bytes{cut}", got.peer, got.len)?;
        if let Err(error) = socket.send_to(&buf[..got.len], got.peer) {
            writeln!(out, "{}: not echoed: {error}", got.peer)?;
        }
    }
    writeln!(out, "interrupted")?;
    Ok(ExitCode::from(130))
}
