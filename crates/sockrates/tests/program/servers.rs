//! What the examples that serve have in common, and `threading_server` and `forking_server`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use sockrates::{Shutdown, TcpListener, TcpSocket, TcpStream};

use crate::running::{Program, example, interrupt};

/// The servers, with what they are told before the address, and what a client of theirs sends.
const SERVERS: [(&str, &[&str], &[u8]); 9] = [
    ("http_hello", &[], b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"),
    ("greeter", &["serve"], b"Ann\n"),
    ("ack_short", &["serve"], b""),
    ("ack_long", &["serve"], b"one\n"),
    ("select_echo", &[], b"hello"),
    ("poll_echo", &[], b"hello"),
    ("epoll_echo", &[], b"hello"),
    ("threading_server", &[], b"hello\n"),
    ("forking_server", &[], b"hello\n"),
];

/// The clients among them, with what they are told before the address and after.
const CLIENTS: [(&str, &str); 3] =
    [("greeter", "visit"), ("ack_short", "send"), ("ack_long", "send")];

#[test]
fn ctrl_c_ends_them_soon_while_a_client_is_there() {
    for (name, role, request) in SERVERS {
        let mut server = Program::example(name, &[role, &["127.0.0.1", "0"]].concat());
        let addr = format!("127.0.0.1:{}", server.port());
        let [client, silent] = [(); 2].map(|()| {
            let stream = TcpStream::connect(addr.as_str()).unwrap();
            stream.set_timeout(Some(Duration::from_secs(30))).unwrap();
            stream
        });
        if !request.is_empty() {
            client.send_all(request).unwrap();
            client.recv_exact(&mut [0; 1]).unwrap();
        }
        let start = Instant::now();
        server.interrupt();
        let server = server.end();
        // Far less than any of their limits, and far more than their grace.
        assert!(start.elapsed() < Duration::from_secs(15), "{name}: {:?}", start.elapsed());
        assert_eq!(server.code, Some(130), "{name}: {server:?}");
        assert!(server.stdout.ends_with("interrupted\n"), "{name}: {server:?}");
        drop((client, silent));
    }
}

#[test]
fn they_serve_on_when_nobody_reads_what_they_print() {
    for (name, role, request) in SERVERS {
        let mut command = example(name, &[role, &["127.0.0.1", "0"]].concat());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let port = first.trim_end().rsplit_once(':').unwrap().1;
        for _ in 0..2 {
            let client = TcpStream::connect(format!("127.0.0.1:{port}").as_str()).unwrap();
            client.set_timeout(Some(Duration::from_secs(30))).unwrap();
            client.send_all(request).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
            assert_eq!(client.recv(&mut [0; 1]).unwrap(), 1, "{name}");
        }
        interrupt(&server);
        assert_eq!(server.wait().unwrap().code(), Some(130), "{name}");
    }
}

#[test]
fn ctrl_c_ends_a_client_that_waits() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for (name, role) in CLIENTS {
        let client = Program::example(name, &[role, "127.0.0.1", &port, "hello"]);
        let (stream, _) = listener.accept().unwrap();
        client.interrupt();
        let client = client.end();
        let told = (client.code, client.stdout.as_str(), client.stderr.as_str());
        assert_eq!(told, (Some(130), "interrupted\n", ""), "{name}");
        drop(stream);
    }
}

#[test]
fn a_port_in_use_and_a_host_unknown_are_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    // A name that no resolver is asked about, for a label has at most 63 letters.
    let unknown = "x".repeat(64);
    for (name, role, _) in SERVERS {
        let ended = Program::example(name, &[role, &["127.0.0.1", &port]].concat()).end();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
        let words = [&format!("{name}: bind: EADDRINUSE"), &format!("at 127.0.0.1:{port}\n")[..]];
        assert!(words.iter().all(|words| ended.stderr.contains(words)), "{ended:?}");
        let ended = Program::example(name, &[role, &[&unknown, &port]].concat()).end();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
        assert!(ended.stderr.starts_with(&format!("{name}: resolve \"xxx")), "{ended:?}");
    }
}

#[test]
fn a_port_where_nobody_listens_is_named() {
    let nobody = TcpSocket::v4().unwrap();
    nobody.bind(("127.0.0.1", 0)).unwrap();
    let port = nobody.local_addr().unwrap().port().to_string();
    for (name, role) in CLIENTS {
        let ended = Program::example(name, &[role, "127.0.0.1", &port, "hello"]).end();
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let words = [&format!("{name}: connect: ECONNREFUSED"), &format!("127.0.0.1:{port}\n")[..]];
        assert!(words.iter().all(|words| ended.stderr.contains(words)), "{ended:?}");
    }
}

#[test]
fn bad_arguments_are_refused_by_name_and_help_is_there() {
    for (name, role, _) in SERVERS {
        for (args, words) in [
            (&["127.0.0.1", "70000"], "70000 is not in 0..=65535"),
            (&["127.0.0.1", "x"], "invalid value 'x' for '[PORT]'"),
            (&["127.0.0.1", "--loud"], "unexpected argument '--loud'"),
        ] {
            let ended = Program::example(name, &[role, &args[..]].concat()).end();
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(ended.stderr.contains(words), "{words}: {ended:?}");
        }
        let help = Program::example(name, &["--help"]).end();
        assert_eq!(help.code, Some(0), "{help:?}");
        let all = ["Usage: ", "Options:", "Ctrl-C", "Exit codes:"];
        assert!(all.iter().all(|words| help.stdout.contains(words)), "{help:?}");
    }
    for (name, role) in CLIENTS {
        for (args, words) in [
            (&[role, "127.0.0.1", "0", "hello"][..], "0 is not in 1..=65535"),
            (&[], "Usage: "),
            (&["dance"], "unrecognized subcommand 'dance'"),
        ] {
            let ended = Program::example(name, args).end();
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(ended.stderr.contains(words), "{words}: {ended:?}");
        }
    }
    for args in [["threading_server", "--threads"], ["forking_server", "--processes"]] {
        let ended = Program::example(args[0], &["127.0.0.1", "0", args[1], "0"]).end();
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains("0 is not in 1..=65535"), "{ended:?}");
    }
}

/// The names of who answered, from the lines that the Python client prints.
fn answerers(lines: &str, text: &str) -> Vec<String> {
    let end = format!(": {}", text.as_bytes().escape_ascii());
    let answers = lines.lines().filter_map(|line| line.strip_prefix("b'")?.strip_suffix('\''));
    answers.filter_map(|line| line.strip_suffix(&*end)).map(str::to_owned).collect()
}

#[test]
fn two_python_clients_at_once_are_answered_by_two_threads_or_processes() {
    for (name, who) in [("threading_server", "worker-"), ("forking_server", "process ")] {
        let mut server = Program::example(name, &["127.0.0.1", "0"]);
        let port = server.port();
        let Some(client) = Program::python("lines_client.py", &[&port]) else { return };
        let client = client.end();
        assert_eq!((client.code, client.stderr.as_str()), (Some(0), ""), "{client:?}");
        let (first, then) =
            (answerers(&client.stdout, "你好\n"), answerers(&client.stdout, "and bye"));
        assert!(first.len() == 2 && first[0] != first[1], "{name}: {client:?}");
        assert!(first.iter().all(|name| name.starts_with(who)), "{name}: {client:?}");
        // The second client went first.
        assert!(then.iter().eq(first.iter().rev()), "{name}: {client:?}");
        server.interrupt();
        let server = server.end();
        assert_eq!((server.code, server.stderr.as_str()), (Some(130), ""), "{server:?}");
    }
}

#[test]
fn a_process_that_crashes_takes_nothing_with_it() {
    let mut server = Program::example("forking_server", &["127.0.0.1", "0"]);
    let port = server.port();
    for _ in 0..3 {
        let Some(client) = Program::python("lines_client.py", &[&port, "crash"]) else { return };
        let client = client.end();
        assert_eq!((client.code, client.stderr.as_str()), (Some(0), ""), "{client:?}");
        let lines: Vec<_> = client.stdout.lines().collect();
        assert_eq!((lines.len(), lines[2]), (4, "b''"), "{client:?}");
        assert_eq!(answerers(&client.stdout, "and bye").len(), 1, "{client:?}");
    }
    server.until_complains("its process ended: signal: 6");
    server.interrupt();
    let server = server.end();
    assert_eq!(server.code, Some(130), "{server:?}");
    assert_eq!(server.stderr.matches("its process ended").count(), 3, "{server:?}");
}

#[test]
fn who_comes_when_all_are_busy_waits_for_a_turn() {
    for (name, most) in [("threading_server", "--threads"), ("forking_server", "--processes")] {
        let mut server = Program::example(name, &["127.0.0.1", "0", most, "1"]);
        let addr = format!("127.0.0.1:{}", server.port());
        let [first, second] = [(); 2].map(|()| {
            let stream = TcpStream::connect(addr.as_str()).unwrap();
            stream.set_timeout(Some(Duration::from_secs(30))).unwrap();
            stream.send_all(b"hello\n").unwrap();
            stream
        });
        let mut buf = [0; 100];
        assert!(first.recv(&mut buf).unwrap() > 0, "{name}");
        second.set_blocking(false).unwrap();
        assert!(second.recv(&mut buf).is_err(), "{name}");
        drop(first);
        second.set_timeout(Some(Duration::from_secs(30))).unwrap();
        assert!(second.recv(&mut buf).unwrap() > 0, "{name}");
    }
}
