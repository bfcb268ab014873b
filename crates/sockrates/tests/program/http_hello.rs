//! `http_hello`.

use std::process::Command;
use std::time::Duration;

use sockrates::{Shutdown, TcpStream};

use crate::running::{Ended, Program};

const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Hello</title>\n<h1>Hello, world!</h1>\n</html>\n";

fn server() -> (Program, String) {
    let mut server = Program::example("http_hello", &["127.0.0.1", "0"]);
    let port = server.port();
    (server, port)
}

/// What curl prints with `args`, having read `input`; `None` where there is none.
fn curl(args: &[&str], input: &str) -> Option<Ended> {
    let mut command = Command::new("curl");
    let started = Program::start("curl", command.args(["--silent", "--max-time", "60"]).args(args));
    let Some(mut curl) = started else {
        println!("SKIPPED: no curl here; install the package curl to run this test");
        return None;
    };
    if !input.is_empty() {
        curl.types(input);
    }
    curl.close_stdin();
    Some(curl.end())
}

/// An answer with its head.
fn answer(status: &str, body: &str) -> String {
    let kind = if body.starts_with('<') { "html" } else { "plain" };
    let allow = if status.starts_with("405") { "Allow: GET, HEAD\r\n" } else { "" };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\
         Content-Length: {}\r\n{allow}Connection: keep-alive\r\n\r\n{body}",
        body.len(),
    )
}

#[test]
fn curl_gets_the_page_the_head_and_the_errors() {
    let (server, port) = server();
    let url = format!("http://127.0.0.1:{port}");
    let found = answer("200 OK", PAGE);
    let head = |answer: &str| answer.split_inclusive("\r\n\r\n").next().unwrap().to_owned();
    let missing = answer("404 Not Found", "There is only /\n");
    let other = answer("405 Method Not Allowed", "There is only GET and HEAD\n");
    let close = |answer: &str| answer.replace("keep-alive", "close");
    let too_large = close(&answer("413 Content Too Large", "413 Content Too Large\n"));
    for (args, path, input, expected) in [
        (&["-i"][..], "/", "", found.clone()),
        (&["-i"], "/index.html?who=me", "", found.clone()),
        (&["-I"], "/", "", head(&found)),
        (&["-i"], "/nope", "", missing.clone()),
        (&["-I"], "/nope", "", head(&missing)),
        (&["-i", "--http1.0"], "/", "", close(&found)),
        (&["-i", "--http1.0", "-H", "Connection: keep-alive"], "/", "", found.clone()),
        (&["-i", "-H", "Connection: te, Close"], "/", "", close(&found)),
        (&["-i", "--request-target", "http://example.com"], "/", "", found.clone()),
        (&["-i", "--data", "name=value"], "/", "", other.clone()),
        // In chunks, for its length is not known.
        (&["-i", "-T", "-"], "/", "hello", other.clone()),
        (&["-i", "--data-binary", "@-"], "/", &"x".repeat(1_000_000), other.clone()),
        (&["-i", "--data-binary", "@-"], "/", &"x".repeat(5_000_000), too_large.clone()),
        (&["-i", "--data-binary", "@-", "-H", "Expect:"], "/", &"x".repeat(5_000_000), too_large),
    ] {
        let Some(curl) = curl(&[args, &[&format!("{url}{path}")]].concat(), input) else { return };
        // It may have been told to stop while it was sending, and says so in its code.
        assert!(curl.code == Some(0) || input.len() > 1 << 20, "{args:?}: {curl:?}");
        let got = curl.stdout.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(got, expected, "{args:?}");
    }
    server.interrupt();
    let server = server.end();
    assert_eq!((server.code, server.stderr.as_str()), (Some(130), ""), "{server:?}");
    assert!(server.stdout.contains(": 200 OK GET /index.html\n"), "{server:?}");
}

#[test]
fn curl_uses_one_connection_and_is_told_to_continue() {
    let (_server, port) = server();
    let [page, nope] = ["/", "/nope"].map(|path| format!("http://127.0.0.1:{port}{path}"));
    let tells = ["-w", "%{http_code} %{num_connects}\n", "-o", "/dev/null", "-o", "/dev/null"];
    let args = [&tells[..], &[&page, &nope]].concat();
    let Some(two) = curl(&args, "") else { return };
    assert_eq!(two.stdout, "200 1\n404 0\n", "{two:?}");
    let args = ["-v", "-H", "Expect: 100-continue", "--data", "name=value", &page];
    let asked = curl(&args, "").expect("curl was there");
    let told: Vec<_> = asked.stderr.lines().filter(|line| line.starts_with("< HTTP")).collect();
    assert_eq!(told, ["< HTTP/1.1 100 Continue", "< HTTP/1.1 405 Method Not Allowed"]);
}

#[test]
fn python_asks_over_one_connection() {
    let (_server, port) = server();
    let Some(client) = Program::python("http_client.py", &[&port]) else { return };
    let client = client.end();
    let page = PAGE.as_bytes().escape_ascii().to_string().replace("\\\"", "\"");
    let expected = format!(
        "GET / 200 OK 108 108\nHEAD / 200 OK 108 0\n\
         GET /nope 404 Not Found 16 16\nHEAD /nope 404 Not Found 16 0\n\
         POST / 405 Method Not Allowed 27 27\nPUT / 405 Method Not Allowed 27 27\n\
         GET /?query 200 OK 108 108\n1 connection\n\
         text/html b'{page}'\nHTTP Error 405: Method Not Allowed\n"
    );
    assert_eq!((client.code, client.stdout), (Some(0), expected), "{}", client.stderr);
}

/// What is answered to `request` until the connection is closed, sent in pieces of `size`.
fn ask(port: &str, request: &[u8], size: usize) -> String {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}").as_str()).unwrap();
    stream.set_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in request.chunks(size) {
        stream.send_all(piece).unwrap();
    }
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.recv(&mut piece).unwrap() {
            0 => return String::from_utf8(answer).unwrap(),
            n => answer.extend_from_slice(&piece[..n]),
        }
    }
}

#[test]
fn requests_in_one_piece_or_byte_by_byte_are_answered_in_order() {
    let (_server, port) = server();
    let requests = b"\r\nGET / HTTP/1.1\r\nHost: here\r\n\r\n\
        POST / HTTP/1.1\nhOST:\there \ncontent-length: 5\n\nhello\
        HEAD / HTTP/1.1\r\nHost:\r\n\r\n\
        PUT / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: Chunked\r\n\r\n\
        5;name=\"value\"\r\nhello\r\nA\r\n0123456789\r\n00\r\nTrailer: field\r\n\r\n\
        GET http://here HTTP/1.0\r\nConnection: keep-alive\r\n\r\n\
        GET /last HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n\
        GET / HTTP/1.1\r\nHost: here\r\n\r\n";
    let found = answer("200 OK", PAGE);
    let other = answer("405 Method Not Allowed", "There is only GET and HEAD\n");
    let last = answer("404 Not Found", "There is only /\n").replace("keep-alive", "close");
    let head = found.strip_suffix(PAGE).unwrap();
    let expected = [&found, &other, head, &other, &found, &last].concat();
    for size in [requests.len(), 1, 7] {
        assert_eq!(ask(&port, requests, size), expected, "pieces of {size}");
    }
}

#[test]
fn what_is_no_request_is_refused_with_the_reason_and_the_answer_arrives() {
    let (mut server, port) = server();
    let long = "x".repeat(20_000);
    let fields = "X: y\r\n".repeat(5000);
    for (status, request) in [
        ("400 Bad Request", "\u{16}\u{3}\u{1}\r\n\r\n"),
        ("400 Bad Request", "GET /\r\n\r\n"),
        ("400 Bad Request", "GET / / HTTP/1.1\r\n\r\n"),
        ("400 Bad Request", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("400 Bad Request", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("400 Bad Request", "GET /\u{1b}[2J HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("400 Bad Request", "GET nope HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("400 Bad Request", "GET / FTP/1.1\r\nHost: x\r\n\r\n"),
        ("505 HTTP Version Not Supported", "GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z: z\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"),
        ("400 Bad Request", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello"),
        ("400 Bad Request", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n"),
        (
            "400 Bad Request",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        ),
        (
            "400 Bad Request",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\
             Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        ("400 Bad Request", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (
            "501 Not Implemented",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        ),
        (
            "400 Bad Request",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n",
        ),
        (
            "400 Bad Request",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n",
        ),
        (
            "413 Content Too Large",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n",
        ),
        (
            "413 Content Too Large",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        ),
        ("414 URI Too Long", &format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        (
            "431 Request Header Fields Too Large",
            &format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"),
        ),
        (
            "431 Request Header Fields Too Large",
            &format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n"),
        ),
    ] {
        // What is sent beyond the refusal is no other request.
        let request = [request.as_bytes(), b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"].concat();
        let expected = answer(status, &format!("{status}\n")).replace("keep-alive", "close");
        let shown = request[..60.min(request.len())].escape_ascii();
        assert_eq!(ask(&port, &request, request.len()), expected, "{shown}");
        server.until(&format!(": {status} "));
    }
    // Whoever goes on sending gets the answer all the same.
    let request = [&b"nonsense\r\n"[..], &vec![b'x'; 8_000_000]].concat();
    assert!(ask(&port, &request, request.len()).starts_with("HTTP/1.1 400 Bad Request\r\n"));
    let refused = ask(&port, b"HEAD / HTTP/1.1\r\n\r\n", 100);
    assert!(refused.ends_with("Connection: close\r\n\r\n"), "{refused}");
    server.interrupt();
    assert_eq!(server.end().stderr, "");
}

#[test]
fn who_leaves_between_requests_is_not_complained_about() {
    let (server, port) = server();
    let stream = || {
        let stream = TcpStream::connect(format!("127.0.0.1:{port}").as_str()).unwrap();
        stream.set_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    };
    let (left, reset, cut) = (stream(), stream(), stream());
    for stream in [&reset, &cut] {
        stream.send_all(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").unwrap();
        stream.recv_exact(&mut vec![0; answer("200 OK", PAGE).len()]).unwrap();
    }
    drop(left);
    reset.abort().unwrap();
    // Half a request has an end too.
    cut.send_all(b"GET / HTTP/1.1\r\nHost: x").unwrap();
    cut.shutdown(Shutdown::Write).unwrap();
    cut.recv_exact(&mut [0; 12]).unwrap();
    drop(stream());
    server.interrupt();
    let server = server.end();
    assert_eq!((server.code, server.stderr.as_str()), (Some(130), ""), "{server:?}");
}
