//! Fetches a page over TCP, prints its head and saves its body to a file.
//!
//! ```console
//! $ cargo run --example http_get -- localhost 8000 /index.html --output page.html
//! ```
//!
//! One deadline is for all of it, from looking the host up to the last byte. The head is read line
//! by line; the body is as long as the head says, or comes in chunks, or lasts until the server
//! closes. A body that is cut short is an error, and then no file is left.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::Parser;
use sockrates::framing::{Chunked, Lines};
use sockrates::{Deadline, Framed, Stream, TcpStream};

/// Fetch a page over HTTP: print its head, save its body.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 0 saved, 1 failed or not answered with 2xx, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The server's name or address
    host: String,
    /// The server's port
    #[arg(default_value_t = 80, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The page's path, which starts with /
    #[arg(default_value = "/", value_parser = path)]
    path: String,
    /// The file to save the body to
    #[arg(short, long, default_value = "page.html")]
    output: PathBuf,
    /// How long all of it may take, in seconds
    #[arg(long, default_value = "60", value_parser = seconds, allow_negative_numbers = true)]
    timeout: Duration,
}

/// The longest head, and the longest chunk of a body, in bytes.
const HEAD_MAX: usize = 64 << 10;
const CHUNK_MAX: usize = 16 << 20;
/// How many bytes of a body arrive between two lines of progress.
const STEP: u64 = 1 << 20;

/// A space or a line's end would make another request of it.
fn path(text: &str) -> Result<String, &'static str> {
    match text.starts_with('/') && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err("write a / and visible ASCII characters, any other as %XX (%20 is a space)"),
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| !time.is_zero()).ok_or("write a number of seconds above 0, such as 0.5")
}

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("http_get: {error}");
        ExitCode::FAILURE
    })
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let deadline = Deadline::after(args.timeout);
    let connected = Arc::<OnceLock<TcpStream>>::default();
    let closing = Arc::clone(&connected);
    // Nothing but Ctrl-C closes the stream; it wakes the receive that waits.
    ctrlc::set_handler(move || match closing.get() {
        Some(stream) => drop(stream.close()),
        None => {
            eprintln!("http_get: interrupted");
            process::exit(130)
        }
    })?;
    let stream = TcpStream::connect_by((&args.host, args.port), deadline)?;
    let stream = connected.get_or_init(|| stream);
    let server = stream.peer_addr()?;

    // What is not complete never lies under the name of the page.
    let mut part = args.output.clone().into_os_string();
    part.push(".part");
    let unsaved = |error| format!("{}: {error}", args.output.display());
    if args.output.is_dir() {
        return Err(unsaved(io::ErrorKind::IsADirectory.into()).into());
    }
    let file = File::create(&part).map_err(unsaved)?;
    let mut body = Body { file, received: 0, length: None, deadline };
    let fetched = fetch(args, stream, &mut body);
    let received = body.received;
    drop(body);
    if fetched.is_err() || stream.is_closed() {
        let _ = fs::remove_file(&part);
    }
    if stream.is_closed() {
        eprintln!("http_get: interrupted");
        return Ok(ExitCode::from(130));
    }
    let status = fetched.map_err(|error| format!("{server}: {error}"))?;
    fs::rename(&part, &args.output).map_err(|error| {
        let _ = fs::remove_file(&part);
        unsaved(error)
    })?;
    writeln!(io::stdout(), "saved {received} bytes to {}", args.output.display())?;
    if !(200..300).contains(&status) {
        return Err(format!("the server answered with status {status}").into());
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks for the page and writes its body; returns the status.
fn fetch(args: &Args, stream: &TcpStream, body: &mut Body) -> Result<u16, Box<dyn Error>> {
    let deadline = body.deadline;
    let host = if args.host.contains(':') { format!("[{}]", args.host) } else { args.host.clone() };
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {host}:{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        args.path, args.port
    );
    stream.send_all_by(request.as_bytes(), deadline)?;

    let mut lines = Framed::new(stream, Lines::lf(HEAD_MAX));
    // The heads before the last, of 100 to 199, say that it will come.
    let (status, head) = loop {
        let head = receive_head(&mut lines, deadline)?;
        writeln!(io::stdout(), "{head}")?;
        match status(&head).ok_or("this is no answer in HTTP/1")? {
            100..200 => {}
            last => break (last, head),
        }
    };
    if let Some(coding) = field(&head, "transfer-encoding")? {
        if !coding.eq_ignore_ascii_case("chunked") {
            return Err(format!("transfer coding {coding:?}: only chunked is known here").into());
        }
        let mut chunks = lines.with_framing(Chunked::new(CHUNK_MAX));
        loop {
            match chunks.next_by(deadline)?.ok_or("the server hung up before the last chunk")? {
                [] => return Ok(status),
                chunk => body.append(chunk)?,
            }
        }
    }
    body.length = match field(&head, "content-length")? {
        _ if matches!(status, 204 | 304) => Some(0),
        Some(digits) => {
            let number = digits.parse().ok().filter(|_| !digits.starts_with('+'));
            Some(number.ok_or_else(|| format!("content-length {digits:?} is no number"))?)
        }
        None => None,
    };
    // What came along with the head is the start of the body.
    body.append(lines.buffered())?;
    let mut buf = vec![0; 64 << 10];
    while body.length.is_none_or(|length| body.received < length) {
        match (stream.recv_some(&mut buf, deadline)?, body.length) {
            (0, None) => break,
            (0, Some(length)) => {
                let received = body.received;
                return Err(format!("the server hung up after {received} of {length} bytes").into());
            }
            (n, _) => body.append(&buf[..n])?,
        }
    }
    Ok(status)
}

/// The lines up to the first empty one.
fn receive_head(
    lines: &mut Framed<&TcpStream, Lines>,
    deadline: Deadline,
) -> Result<String, Box<dyn Error>> {
    let mut head = String::new();
    loop {
        in_time(deadline)?;
        let line = lines.next_by(deadline)?.ok_or("the server hung up within its head")?;
        if head.len() + line.len() > HEAD_MAX {
            return Err(format!("a head of more than {HEAD_MAX} bytes").into());
        }
        if line.is_empty() {
            return Ok(head);
        }
        // Control characters would play tricks on the terminal.
        head += &String::from_utf8_lossy(line).replace(char::is_control, " ");
        head.push('\n');
    }
}

/// A receive that need not wait does not look at the clock: this keeps an endless answer from
/// taking for ever.
fn in_time(deadline: Deadline) -> io::Result<()> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "timed out within the answer");
    if deadline.has_passed() { Err(late()) } else { Ok(()) }
}

fn status(head: &str) -> Option<u16> {
    let (version, rest) = head.split_once(' ')?;
    version.starts_with("HTTP/1.").then(|| rest.get(..3)?.parse().ok())?
}

/// What the head says of `name`. Two different answers would leave open where the body ends.
fn field<'a>(head: &'a str, name: &str) -> Result<Option<&'a str>, String> {
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let named = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
    let mut values: Vec<_> = named.map(|(_, value)| value.trim()).collect();
    values.dedup();
    match values[..] {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        _ => Err(format!("{name} is both {}", values.join(" and "))),
    }
}

/// A body on its way to a file.
struct Body {
    file: File,
    received: u64,
    length: Option<u64>,
    deadline: Deadline,
}

impl Body {
    /// Writes `bytes`, but nothing behind the body's length, and tells how far it is.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        in_time(self.deadline)?;
        let left = self.length.map_or(u64::MAX, |length| length - self.received);
        let bytes = &bytes[..usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len())];
        self.file.write_all(bytes)?;
        let before = self.received;
        self.received += bytes.len() as u64;
        if before / STEP < self.received / STEP {
            let total = self.length.map_or(String::new(), |length| format!(" of {length}"));
            // On a terminal each takes the place of the one before, and none is longer.
            let end = if io::stderr().is_terminal() { "\r" } else { "\n" };
            eprint!("http_get: {}{total} bytes{end}", self.received);
        }
        Ok(())
    }
}

impl Drop for Body {
    /// Leaves the line of progress, however the body has ended.
    fn drop(&mut self) {
        if self.received >= STEP && io::stderr().is_terminal() {
            eprintln!();
        }
    }
}
