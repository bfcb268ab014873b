//! The hello-world web server, for browsers, curl and whoever else speaks HTTP/1.1 or 1.0.
//!
//! ```console
//! $ cargo run --example http_hello -- 127.0.0.1 8080
//! $ curl -i http://127.0.0.1:8080/
//! ```
//!
//! A request is read to its end before it is answered, a body included; an answer says how long it
//! is; a connection is kept as long as the client likes, and closed when it asks for that, falls
//! silent, or sends what is not HTTP.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sockrates::server::{Connection, Options, StreamServer, Threads};
use sockrates::{Deadline, Fault, Result, Shutdown, Stream};

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

/// The longest line of a head, in bytes, and the most lines.
const LINE_MAX: usize = 8 * 1024;
const LINES_MAX: usize = 100;
/// The longest body of a request that is read, in bytes.
const BODY_MAX: u64 = 1024 * 1024;
/// How long a client may be silent.
const IDLE: Duration = Duration::from_secs(15);
/// How long a client that was refused may go on sending.
const LINGER: Duration = Duration::from_secs(1);

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Hello</title>\n<h1>Hello, world!</h1>\n</html>\n";

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
    println!("listening on {}", server.local_addr()?);
    let stopper = server.stopper();
    ctrlc::set_handler(move || stopper.stop())?;
    server.serve(Threads::new(128).named("http"), serve)?;
    println!("interrupted");
    Ok(ExitCode::from(130))
}

/// One connection's requests.
fn serve(conn: &mut Connection) -> Result<()> {
    loop {
        match read_request(conn)? {
            None => return Ok(()),
            Some(Err(status)) => return refuse(conn, status),
            Some(Ok(request)) => {
                println!("{} {} {}", conn.peer(), request.method, request.path);
                let (status, text) = match (&*request.method, &*request.path) {
                    ("GET" | "HEAD", "/" | "/index.html") => ("200 OK", PAGE),
                    ("GET" | "HEAD", _) => ("404 Not Found", "There is only /\n"),
                    _ => ("405 Method Not Allowed", "There is only GET and HEAD\n"),
                };
                let close = request.close || conn.is_stopping();
                answer(conn, status, text, close, request.method == "HEAD")?;
                if close {
                    return Ok(());
                }
            }
        }
    }
}

struct Request {
    method: String,
    path: String,
    close: bool,
}

/// The next request, read to its end; or the answer to what is none; `None` when the client has gone.
fn read_request(conn: &mut Connection) -> Result<Option<Result<Request, &'static str>>> {
    const BAD: &str = "400 Bad Request";
    let mut line = Vec::new();
    // An empty line before a request is forgiven (RFC 9112, 2.2).
    while line.trim_ascii().is_empty() {
        if !conn.read_line(&mut line, LINE_MAX)? {
            return Ok(None);
        }
    }
    let start = String::from_utf8_lossy(&line).into_owned();
    let mut words = start.split_whitespace();
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Ok(Some(Err(BAD)));
    };
    let mut close = match version {
        "HTTP/1.1" => false,
        "HTTP/1.0" => true,
        _ => return Ok(Some(Err("505 HTTP Version Not Supported"))),
    };
    let mut body = 0;
    for count in 0.. {
        if count == LINES_MAX {
            return Ok(Some(Err("431 Request Header Fields Too Large")));
        }
        if !conn.read_line(&mut line, LINE_MAX)? {
            return Ok(None);
        }
        let field = String::from_utf8_lossy(&line);
        if field.trim().is_empty() {
            break;
        }
        let Some((name, value)) = field.split_once(':') else { return Ok(Some(Err(BAD))) };
        let value = value.trim();
        if name.eq_ignore_ascii_case("connection") {
            let mut options = value.split(',').map(str::trim);
            close = match options.find(|option| !option.is_empty()) {
                Some(option) if option.eq_ignore_ascii_case("close") => true,
                Some(option) if option.eq_ignore_ascii_case("keep-alive") => false,
                _ => close,
            };
        } else if name.eq_ignore_ascii_case("content-length") {
            match value.parse::<u64>() {
                Ok(length) if length <= BODY_MAX => body = length,
                Ok(_) => return Ok(Some(Err("413 Content Too Large"))),
                Err(_) => return Ok(Some(Err(BAD))),
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Ok(Some(Err("501 Not Implemented")));
        }
    }
    let mut buf = [0; 4096];
    while body > 0 {
        let some = buf.len().min(body as usize);
        conn.read_exact(&mut buf[..some])?;
        body -= some as u64;
    }
    let path = target.split(['?', '#']).next().unwrap_or(target).to_owned();
    Ok(Some(Ok(Request { method: method.to_owned(), path, close })))
}

/// Answers what is no request that could be served, and hangs up.
fn refuse(conn: &mut Connection, status: &str) -> Result<()> {
    answer(conn, status, status, true, false)?;
    conn.socket().shutdown(Shutdown::Write)?;
    // To close while more arrives would be a reset, which may overtake the answer.
    let rest = conn.recv_to_end(&mut Vec::new(), BODY_MAX as usize, Deadline::after(LINGER));
    match rest {
        Err(error) if error.fault() == Fault::Peer => Err(error),
        _ => Ok(()),
    }
}

fn answer(conn: &Connection, status: &str, text: &str, close: bool, head_only: bool) -> Result<()> {
    let kind = if text.starts_with('<') { "text/html" } else { "text/plain" };
    let connection = if close { "close" } else { "keep-alive" };
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: {connection}\r\n\r\n",
        text.len(),
    );
    if !head_only {
        answer.push_str(text);
    }
    conn.send_all(answer.as_bytes())
}
