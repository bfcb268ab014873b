//! `udp_echo` and `udp_client`.

use sockrates::UdpSocket;

use crate::running::{Program, repr};

#[test]
fn the_server_echoes_every_byte_to_python() {
    let mut server = Program::example("udp_echo", &["127.0.0.1", "0"]);
    let port = server.port();
    let Some(client) = Program::python("udp_client.py", &[&port, "65535"]) else { return };
    let client = client.end();
    let sizes = "5 bytes\n0 bytes\n256 bytes\n6 bytes\n65507 bytes\n";
    assert_eq!((client.code, client.stdout.as_str()), (Some(0), sizes), "{client:?}");
    server.interrupt();
    let server = server.end();
    assert_eq!((server.code, server.stderr.as_str()), (Some(130), ""), "{server:?}");
    let told: Vec<_> = server.stdout.lines().filter_map(|line| line.rsplit_once(": ")).collect();
    let told: Vec<_> = told.iter().map(|(_, size)| format!("{size}\n")).collect();
    assert_eq!(told.concat(), sizes);
}

#[test]
fn a_datagram_over_the_maximum_is_told_and_comes_back_cut() {
    let mut server = Program::example("udp_echo", &["--max-size", "10", "127.0.0.1", "0"]);
    let port = server.port();
    let Some(client) = Program::python("udp_client.py", &[&port, "10"]) else { return };
    let client = client.end();
    assert_eq!(client.code, Some(0), "{client:?}");
    server.until(": 5 bytes\n");
    server.until(": 10 bytes, the rest is lost\n");
}

#[test]
fn a_client_that_is_gone_costs_the_others_nothing() {
    let mut server = Program::example("udp_echo", &["127.0.0.1", "0"]);
    let port = server.port();
    for _ in 0..20 {
        let gone = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        gone.send_to(b"echo into the void", format!("127.0.0.1:{port}").as_str()).unwrap();
    }
    let client = Program::example("udp_client", &["127.0.0.1", &port, "still there?"]).end();
    assert_eq!((client.code, client.stdout.as_str()), (Some(0), "still there?\n"), "{client:?}");
}

#[test]
fn the_client_asks_a_server_in_python() {
    let Some(mut server) = Program::python("udp_echo.py", &["0"]) else { return };
    let port = server.port();
    let client = Program::example("udp_client", &["127.0.0.1", &port, "hello", "", "你好"]).end();
    assert_eq!((client.code, client.stdout.as_str()), (Some(0), "hello\n\n你好\n"), "{client:?}");
    for message in ["hello", "", "你好"] {
        assert_eq!(server.line(), repr(message));
    }
}

#[test]
fn what_is_lost_is_sent_again() {
    let Some(mut server) = Program::python("udp_echo.py", &["2"]) else { return };
    let port = server.port();
    let args = ["127.0.0.1", &port, "hello", "--timeout", "0.3", "--tries", "60"];
    let client = Program::example("udp_client", &args).end();
    assert_eq!((client.code, client.stdout.as_str()), (Some(0), "hello\n"), "{client:?}");
    assert!(client.stderr.contains("no answer yet, 58 tries left"), "{client:?}");
    for _ in 0..3 {
        assert_eq!(server.line(), repr("hello"));
    }
}

#[test]
fn no_answer_and_nobody_there_are_told_with_the_address() {
    let silent = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let addr = silent.local_addr().unwrap();
    let port = addr.port().to_string();
    let args = ["127.0.0.1", &port, "hello", "--timeout", "0.02", "--tries", "2"];
    let client = Program::example("udp_client", &args).end();
    assert_eq!(client.code, Some(1), "{client:?}");
    let words = format!("udp_client: {addr}: no answer to 2 datagrams\n");
    assert!(client.stderr.ends_with(&words), "{client:?}");
    let mut buf = [0; 16];
    for _ in 0..2 {
        assert_eq!(silent.recv_from(&mut buf).unwrap().len, 5);
    }

    // A connected socket keeps the port, and takes nothing of anybody else.
    let _kept = silent.connect(("127.0.0.1", 9)).unwrap();
    let client = Program::example("udp_client", &args[..3]).end();
    assert_eq!(client.code, Some(1), "{client:?}");
    let words = format!("udp_client: {addr}: recv: ECONNREFUSED");
    assert!(client.stderr.starts_with(&words), "{client:?}");
}

#[test]
fn an_answer_over_the_maximum_is_told() {
    let mut server = Program::example("udp_echo", &["127.0.0.1", "0"]);
    let port = server.port();
    let client = Program::example("udp_client", &["127.0.0.1", &port, "hello", "--max-size", "4"]);
    let client = client.end();
    assert_eq!((client.code, client.stdout.as_str()), (Some(0), "hell\n"), "{client:?}");
    assert!(client.stderr.contains("only the first 4 bytes"), "{client:?}");
}

#[test]
fn a_datagram_that_no_system_sends_is_told_with_its_error() {
    let mut server = Program::example("udp_echo", &["127.0.0.1", "0"]);
    let port = server.port();
    let long = "x".repeat(65_508);
    let client = Program::example("udp_client", &["127.0.0.1", &port, &long]).end();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert!(client.stderr.contains("send: EMSGSIZE"), "{client:?}");
}

#[test]
fn ctrl_c_ends_a_client_that_waits() {
    let silent = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let args = ["127.0.0.1", &port, "hello", "--timeout", "600"];
    let client = Program::example("udp_client", &args);
    assert_eq!(silent.recv_from(&mut [0; 16]).unwrap().len, 5);
    client.interrupt();
    let client = client.end();
    let told = (client.code, client.stderr.as_str());
    assert_eq!(told, (Some(130), "udp_client: interrupted\n"), "{client:?}");
}

#[test]
fn bad_arguments_are_refused_by_name() {
    for (args, words) in [
        (&["127.0.0.1", "9"][..], "<MESSAGES>..."),
        (&["127.0.0.1", "0", "x"], "0 is not in 1..=65535"),
        (&["127.0.0.1", "9", "x", "--tries", "0"], "0 is not in 1.."),
        (&["127.0.0.1", "9", "x", "--timeout", "-1"], "write a number of seconds above 0"),
        (&["127.0.0.1", "9", "x", "--timeout", "0"], "write a number of seconds above 0"),
        (&["127.0.0.1", "9", "x", "--timeout=soon"], "invalid value 'soon' for '--timeout"),
    ] {
        let ended = Program::example("udp_client", args).end();
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(words), "{words}: {ended:?}");
    }
    let taken = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = Program::example("udp_echo", &["127.0.0.1", &port]).end();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.starts_with("udp_echo: bind: EADDRINUSE"), "{ended:?}");
}
