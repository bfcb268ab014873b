//! `port_check`.

use std::time::Duration;

use sockrates::{TcpListener, TcpSocket};

use crate::running::Program;

/// A port where nobody listens while the socket lives.
fn closed() -> (TcpSocket, u16) {
    let socket = TcpSocket::v4().unwrap();
    socket.bind(("127.0.0.1", 0)).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

/// A listener with a full queue, where an attempt to connect stays without an answer.
fn full() -> (TcpListener, TcpSocket, u16) {
    let listener = TcpSocket::v4().unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    let listener = listener.listen(0).unwrap();
    let addr = listener.local_addr().unwrap();
    let queued = TcpSocket::v4().unwrap();
    queued.set_timeout(Some(Duration::from_secs(30))).unwrap();
    assert!(queued.connect_ex(addr).unwrap().is_success());
    (listener, queued, addr.port())
}

#[test]
fn open_closed_and_silent_ports_are_told_as_cpython_tells_them() {
    let Some(mut server) = Program::python("http_pages.py", &[]) else { return };
    let open: u16 = server.port().parse().unwrap();
    let ((_closed, closed), (_full, _queued, full)) = (closed(), full());
    let mut ports = [open, closed, full];
    ports.sort_unstable();
    let words = ports.map(|port| port.to_string());
    let list = words.join(",");
    let ours = Program::example("port_check", &["127.0.0.1", &list, "--timeout", "0.3"]).end();
    let expected = ports.map(|port| {
        let (state, name) = match port {
            _ if port == open => ("open", "0"),
            _ if port == closed => ("closed", "ECONNREFUSED"),
            _ => ("no answer", "EAGAIN"),
        };
        format!("{port:>5}  {state:<11}  {name}\n")
    });
    let lines = expected.concat();
    assert_eq!(ours.stdout, format!("127.0.0.1 is 127.0.0.1\n{lines}1 of 3 open\n"));
    assert_eq!((ours.code, ours.stderr.as_str()), (Some(1), ""), "{ours:?}");

    let args = ["127.0.0.1", &list, "--timeout", "0.3", "--open"];
    let ours = Program::example("port_check", &args).end();
    let line = format!("{open:>5}  open         0\n");
    assert_eq!(ours.stdout, format!("127.0.0.1 is 127.0.0.1\n{line}1 of 3 open\n"));

    let args = [&["0.3".to_owned()], &words[..]].concat();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let theirs = Program::python("port_check.py", &args).expect("python3 was there").end();
    assert_eq!(theirs.stdout, lines, "{theirs:?}");
}

#[test]
fn python_finds_the_port_of_an_example() {
    let mut server = Program::example("chat_server", &["127.0.0.1", "0"]);
    let port = server.port();
    let Some(theirs) = Program::python("port_check.py", &["20", &port]) else { return };
    assert_eq!(theirs.end().stdout, format!("{port:>5}  open         0\n"));
    let ours = Program::example("port_check", &["127.0.0.1", &port, "--timeout", "20"]).end();
    assert_eq!(ours.code, Some(0), "{ours:?}");
}

#[test]
fn ranges_are_checked_in_parallel_and_told_in_order() {
    // Ports that stay silent, so that one after the other would take 30 s.
    let silent: Vec<_> = (0..30).map(|_| full()).collect();
    let mut ports: Vec<_> = silent.iter().map(|(_, _, port)| *port).collect();
    let words: Vec<_> = ports.iter().map(u16::to_string).collect();
    let start = std::time::Instant::now();
    let args = ["127.0.0.1", &words.join(","), "--timeout", "1", "--jobs", "30"];
    let ended = Program::example("port_check", &args).end();
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    ports.sort_unstable();
    let told: Vec<u16> = ended
        .stdout
        .lines()
        .filter(|line| line.ends_with("EAGAIN"))
        .map(|line| line[..5].trim().parse().unwrap())
        .collect();
    assert_eq!(told, ports, "{ended:?}");

    let ended = Program::example("port_check", &["127.0.0.1", "1-3,2,2-4", "--jobs", "2"]).end();
    assert_eq!(ended.stdout.lines().count(), 6, "{ended:?}");
}

#[test]
fn ctrl_c_ends_it_at_once() {
    let (_listener, _queued, port) = full();
    let args = ["127.0.0.1", &port.to_string(), "--timeout", "600"];
    let mut program = Program::example("port_check", &args);
    assert_eq!(program.line(), "127.0.0.1 is 127.0.0.1");
    program.interrupt();
    let ended = program.end();
    let told = (ended.code, ended.stderr.as_str());
    assert_eq!(told, (Some(130), "port_check: interrupted\n"), "{ended:?}");
}

#[test]
fn bad_lists_are_refused_by_name() {
    for (list, words) in [
        ("0", "\"0\" is no port: use 1 to 65535"),
        ("80,", "\"\" is no port"),
        ("65536", "\"65536\" is no port"),
        ("9-3", "9-3 runs backwards: write 3-9"),
        ("http", "\"http\" is no port"),
        ("1-2-3", "\"2-3\" is no port"),
    ] {
        let ended = Program::example("port_check", &["127.0.0.1", list]).end();
        assert_eq!(ended.code, Some(2), "{list}: {ended:?}");
        assert!(ended.stderr.contains(words), "{list}: {ended:?}");
    }
    let unknown = Program::example("port_check", &[&"x".repeat(64), "80"]).end();
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert!(unknown.stderr.starts_with("port_check: resolve "), "{unknown:?}");
}
