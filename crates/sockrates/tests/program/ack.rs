//! `ack_short` and `ack_long`.

use sockrates::TcpListener;

use crate::running::{Program, repr};

fn server(name: &str) -> (Program, String) {
    let mut server = Program::example(name, &["serve", "127.0.0.1", "0"]);
    let port = server.port();
    (server, port)
}

#[test]
fn a_short_connection_for_each_message_to_a_server_in_python() {
    let Some(mut server) = Program::python("ack_short_server.py", &[]) else { return };
    let port = server.port();
    let long = "x".repeat(100_000);
    for messages in [&["one", "", "你好\n"][..], &[&long]] {
        let args = [&["send", "127.0.0.1", &port], messages].concat();
        let client = Program::example("ack_short", &args).end();
        assert_eq!((client.code, client.stderr.as_str()), (Some(0), ""), "{client:?}");
        assert_eq!(client.stdout.matches(": ACK!\n").count(), messages.len(), "{client:?}");
        for message in messages {
            assert_eq!(server.line(), repr(message));
        }
    }
}

#[test]
fn short_connections_of_a_python_client_are_acknowledged() {
    let (mut server, port) = server("ack_short");
    let Some(client) = Program::python("ack_short_client.py", &[&port]) else { return };
    let client = client.end();
    assert_eq!((client.code, client.stdout), (Some(0), "b'ACK!'\n".repeat(5)));
    for message in [": one\n", ": \n", ": 你好\n", "\u{fffd}\n", &("x".repeat(65_536) + "\n")] {
        server.until(message);
    }
    server.interrupt();
    let server = server.end();
    assert_eq!((server.code, server.stderr.as_str()), (Some(130), ""), "{server:?}");
}

#[test]
fn one_long_connection_for_all_messages_to_a_server_in_python() {
    let Some(mut server) = Program::python("ack_long_server.py", &[]) else { return };
    let port = server.port();
    let args = ["send", "127.0.0.1", &port, "one", "", "你好"];
    let client = Program::example("ack_long", &args).end();
    assert_eq!((client.code, client.stderr.as_str()), (Some(0), ""), "{client:?}");
    assert_eq!(client.stdout, "one: ACK!\n: ACK!\n你好: ACK!\n");
    for message in ["one\n", "\n", "你好\n"] {
        assert_eq!(server.line(), repr(message));
    }
    for (message, words) in [("odd", "answered with \"\\x1b?\""), ("end", "has hung up")] {
        let args = ["send", "127.0.0.1", &port, message, "more"];
        let client = Program::example("ack_long", &args).end();
        assert_eq!(client.code, Some(1), "{client:?}");
        let named = format!("ack_long: 127.0.0.1:{port}: ");
        assert!(client.stderr.starts_with(&named), "{client:?}");
        assert!(client.stderr.contains(words), "{words}: {client:?}");
    }
}

#[test]
fn a_long_connection_of_a_python_client_is_acknowledged_line_by_line() {
    let (mut server, port) = server("ack_long");
    let Some(client) = Program::python("ack_long_client.py", &[&port]) else { return };
    let client = client.end();
    let expected = "b'ACK!\\n'\n".repeat(4) + "b'ACK!\\nACK!\\nACK!\\n'\n";
    assert_eq!((client.code, client.stdout), (Some(0), expected));
    for message in ["one\n", "\n", "你好\n", &("x".repeat(4095) + "\n"), "a\nb\nc\n"] {
        assert_eq!(server.until("\n"), message.split_inclusive('\n').next().unwrap());
        if message == "a\nb\nc\n" {
            assert_eq!(server.until("c\n"), "b\nc\n");
        }
    }
}

#[test]
fn messages_that_are_too_long_are_told_and_the_server_serves_on() {
    let long = "x".repeat(100_000);
    for (name, words) in [("ack_short", ""), ("ack_long", "the maximum is 4096")] {
        let (_server, port) = server(name);
        let client = Program::example(name, &["send", "127.0.0.1", &port, &long]).end();
        assert_eq!(client.code, Some(1), "{client:?}");
        let named = format!("{name}: 127.0.0.1:{port}: ");
        assert!(client.stderr.starts_with(&named) && client.stderr.contains(words), "{client:?}");
        let client = Program::example(name, &["send", "127.0.0.1", &port, "short"]).end();
        assert_eq!((client.code, client.stdout.as_str()), (Some(0), "short: ACK!\n"), "{client:?}");
    }
}

#[test]
fn a_wrong_answer_and_none_are_told() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for (answer, words) in [
        (&b""[..], "no answer"),
        (b"ACK", "answered with \"ACK\""),
        (b"\x1b\n\xff!", "answered with \"\\x1b\\n\\xff!\""),
        (b"ACK!ACK!", "more than 4 bytes"),
    ] {
        let client = Program::example("ack_short", &["send", "127.0.0.1", &port, "hello"]);
        let (stream, _) = listener.accept().unwrap();
        stream.recv_exact(&mut [0; 5]).unwrap();
        stream.send_all(answer).unwrap();
        drop(stream);
        let client = client.end();
        assert_eq!(client.code, Some(1), "{client:?}");
        let named = format!("ack_short: 127.0.0.1:{port}: ");
        assert!(client.stderr.starts_with(&named), "{client:?}");
        assert!(client.stderr.contains(words), "{words}: {client:?}");
    }
}
