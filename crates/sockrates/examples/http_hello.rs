//! The hello-world web server, for browsers, curl and whoever else speaks HTTP/1.1 or 1.0.
//!
//! ```console
//! $ cargo run --example http_hello -- 127.0.0.1 8080
//! $ curl -i http://127.0.0.1:8080/
//! ```
//!
//! A request is read to its end before it is answered, a body included; an answer says how long it
//! is. A connection is kept as long as the client likes, and closed when it asks for that, falls
//! silent, or sends what is not HTTP (RFC 9110 and 9112). No answer has a date, as if there were no
//! clock here.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sockrates::server::{Connection, Options, StreamServer, Threads};
use sockrates::{Deadline, Result, Shutdown, Stream};

/// Serve a page that says hello.
#[derive(Parser)]
#[command(after_help = "Ctrl-C stops it.\n\n\
    Exit codes: 1 failed, 2 bad arguments, 130 Ctrl-C.")]
struct Args {
    /// The address to listen on
    #[arg(default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; with 0 the system chooses one
    #[arg(default_value_t = 8080)]
    port: u16,
}

/// The longest head of a request, in bytes.
const HEAD_MAX: usize = 16 * 1024;
/// The longest body of a request that is read, in bytes.
const BODY_MAX: u64 = 1024 * 1024;
/// How long a client may be silent.
const IDLE: Duration = Duration::from_secs(30);
/// How long a request may take to arrive.
const REQUEST: Duration = Duration::from_secs(20);
/// How long a client that is hung up on may go on sending.
const LINGER: Duration = Duration::from_secs(5);

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Hello</title>\n<h1>Hello, world!</h1>\n</html>";

fn main() -> ExitCode {
    run(&Args::parse()).unwrap_or_else(|error| {
        eprintln!("http_hello: {error}");
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
    server.serve(Threads::new(128).named("http"), serve)?;
    let _ = writeln!(io::stdout(), "interrupted");
    Ok(ExitCode::from(130))
}

/// One connection's requests.
fn serve(conn: &mut Connection) -> Result<()> {
    // Between two requests a client may go as it likes.
    while conn.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
        let mut request = Request::default();
        let refused = match receive(conn, &mut request, Deadline::after(REQUEST)) {
            Ok(()) => None,
            Err(Refusal::Answer(status)) => Some(status),
            Err(Refusal::Lost(error)) => return Err(error),
        };
        let (status, text) = match (refused, &*request.method, &*request.path) {
            (Some(status), ..) => (status, status),
            (_, "GET" | "HEAD", "/" | "/index.html") => ("200 OK", PAGE),
            (_, "GET" | "HEAD", _) => ("404 Not Found", "There is only /"),
            _ => ("405 Method Not Allowed", "There is only GET and HEAD"),
        };
        request.close |= refused.is_some() || conn.is_stopping();
        // Whoever closed our output is served all the same.
        let (method, path) = (&request.method, &request.path);
        let _ = writeln!(io::stdout(), "{}: {status} {method} {path}", conn.peer());
        answer(conn, &request, status, text)?;
        if request.close {
            hang_up(conn);
            break;
        }
    }
    Ok(())
}

fn answer(conn: &Connection, request: &Request, status: &str, text: &str) -> Result<()> {
    let kind = if text.starts_with('<') { "text/html" } else { "text/plain" };
    let allow = if status.starts_with("405") { "Allow: GET, HEAD\r\n" } else { "" };
    let connection = if request.close { "close" } else { "keep-alive" };
    let text = format!("{text}\n");
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
         {allow}Connection: {connection}\r\n\r\n",
        text.len(),
    );
    if request.method != "HEAD" {
        answer.push_str(&text);
    }
    conn.send_all(answer.as_bytes())
}

/// Hangs up in two steps: to close while more arrives would be a reset, which may overtake the
/// answer (RFC 9112, 9.6).
fn hang_up(conn: &mut Connection) {
    if conn.socket().shutdown(Shutdown::Write).is_err() {
        return; // The client was faster.
    }
    let (mut unasked, until) = ([0; 16 * 1024], Deadline::after(LINGER));
    while conn.recv_some(&mut unasked, until).is_ok_and(|len| len > 0 && !until.has_passed()) {}
}

/// What is known of a request.
#[derive(Default)]
struct Request {
    method: String,
    path: String,
    close: bool,
}

/// Why there is no request.
enum Refusal {
    Answer(&'static str),
    Lost(sockrates::Error),
}

impl From<sockrates::Error> for Refusal {
    fn from(error: sockrates::Error) -> Self {
        if error.is_timeout() { Self::Answer("408 Request Timeout") } else { Self::Lost(error) }
    }
}

const BAD: Refusal = Refusal::Answer("400 Bad Request");
const BODY_TOO_LARGE: Refusal = Refusal::Answer("413 Content Too Large");
const LINE_TOO_LONG: Refusal = Refusal::Answer("414 URI Too Long");
const HEAD_TOO_LARGE: Refusal = Refusal::Answer("431 Request Header Fields Too Large");

/// Reads a request to its end.
fn receive(conn: &mut Connection, request: &mut Request, until: Deadline) -> Result<(), Refusal> {
    let mut room = HEAD_MAX;
    let mut start = line(conn, &mut room, LINE_TOO_LONG, until)?;
    // An empty line before a request is forgiven (RFC 9112, 2.2).
    while start.is_empty() {
        start = line(conn, &mut room, LINE_TOO_LONG, until)?;
    }
    let [method, target, version] = start.split(' ').collect::<Vec<_>>()[..] else {
        return Err(BAD);
    };
    if !is_token(method) || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BAD);
    }
    request.method = method.to_owned();
    request.path = path(target).ok_or(BAD)?.to_owned();
    let old = match version {
        "HTTP/1.1" => false,
        "HTTP/1.0" => true,
        _ if version.starts_with("HTTP/") => {
            return Err(Refusal::Answer("505 HTTP Version Not Supported"));
        }
        _ => return Err(BAD),
    };

    let mut fields = Vec::new();
    loop {
        let line = line(conn, &mut room, HEAD_TOO_LARGE, until)?;
        if line.is_empty() {
            break;
        }
        // No name begins with a space, so that a value folded over two lines is refused too.
        let field = line.split_once(':').filter(|(name, _)| is_token(name));
        let (name, value) = field.ok_or(BAD)?;
        fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let all = |name| fields.iter().filter(move |field| field.0 == name).map(|field| &*field.1);
    let one = |name| match (all(name).next(), all(name).nth(1)) {
        (value, None) => Ok(value),
        _ => Err(BAD),
    };
    let says = |name, word| {
        all(name).flat_map(|list| list.split(',')).any(|s| s.trim().eq_ignore_ascii_case(word))
    };
    request.close = says("connection", "close") || old && !says("connection", "keep-alive");
    if !one("host")?.map_or(old, is_host) {
        return Err(BAD);
    }
    let body = match (one("content-length")?, one("transfer-encoding")?) {
        (None, None) => return Ok(()),
        (Some(length), None) => Some(number(length, 10)?),
        (None, Some(coding)) if !old && coding.eq_ignore_ascii_case("chunked") => None,
        (None, Some(_)) if !old => return Err(Refusal::Answer("501 Not Implemented")),
        // One that others would read as two (RFC 9112, 6.1).
        _ => return Err(BAD),
    };
    if !old && says("expect", "100-continue") {
        conn.send_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    match body {
        Some(length) => drop_body(conn, length, until),
        None => drop_chunks(conn, until),
    }
}

/// The next line of at most `room` bytes, which become fewer, without its end.
fn line(
    conn: &mut Connection,
    room: &mut usize,
    too_long: Refusal,
    until: Deadline,
) -> Result<String, Refusal> {
    let mut line = Vec::new();
    match conn.read_line_by(&mut line, *room, until) {
        Err(sockrates::Error::Frame { .. }) => return Err(too_long),
        read => read?,
    };
    *room -= line.len();
    // The end of the stream is none of a line.
    let line = line.strip_suffix(b"\n").ok_or(BAD)?;
    let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
    if line.contains(|c: char| c.is_control() && c != '\t') {
        return Err(BAD);
    }
    Ok(line.into_owned())
}

fn drop_body(conn: &mut Connection, length: u64, until: Deadline) -> Result<(), Refusal> {
    let (mut left, mut buf) = (length, [0; 4096]);
    while left > 0 {
        let some = buf.len().min(left as usize);
        conn.recv_exact(&mut buf[..some], until)?;
        left -= some as u64;
    }
    Ok(())
}

/// Reads a body whose length is told piece by piece (RFC 9112, 7.1).
fn drop_chunks(conn: &mut Connection, until: Deadline) -> Result<(), Refusal> {
    let mut total = 0;
    loop {
        let size = line(conn, &mut 256, BAD, until)?;
        let size = number(size.split(';').next().unwrap_or_default().trim_end(), 16)?;
        if size == 0 {
            break;
        }
        total += size;
        if total > BODY_MAX {
            return Err(BODY_TOO_LARGE);
        }
        drop_body(conn, size, until)?;
        if !line(conn, &mut 2, BAD, until)?.is_empty() {
            return Err(BAD);
        }
    }
    let mut room = HEAD_MAX;
    while !line(conn, &mut room, HEAD_TOO_LARGE, until)?.is_empty() {}
    Ok(())
}

/// A length of a body, in digits alone: `parse` would take a sign too.
fn number(digits: &str, radix: u32) -> Result<u64, Refusal> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(BAD);
    }
    let number = u64::from_str_radix(digits, radix).unwrap_or(u64::MAX);
    if number > BODY_MAX { Err(BODY_TOO_LARGE) } else { Ok(number) }
}

/// The path of a target, which may name the whole address as well (RFC 9112, 3.2).
fn path(target: &str) -> Option<&str> {
    let target = target.split(['?', '#']).next()?;
    if target.starts_with('/') || target == "*" {
        return Some(target);
    }
    let (_, address) = target.split_once("://")?;
    Some(address.find('/').map_or("/", |at| &address[at..]))
}

fn is_token(word: &str) -> bool {
    !word.is_empty()
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_host(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%:[]".contains(&b))
}
