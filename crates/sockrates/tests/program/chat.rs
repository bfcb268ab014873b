//! `chat_server` and `chat_client`.

use std::time::Duration;

use sockrates::{TcpListener, TcpSocket, TcpStream};

use crate::running::{Ended, Program, repr};

/// What a program printed but the prompts, which come whenever somebody may type.
fn said(ended: &Ended) -> String {
    ended.stdout.replace(">>> ", "")
}

fn client(port: &str) -> Program {
    Program::example("chat_client", &["127.0.0.1", port])
}

/// A server on a port of its own, and that port.
fn server() -> (Program, String) {
    let mut server = Program::example("chat_server", &["127.0.0.1", "0"]);
    let port = server.port();
    (server, port)
}

#[test]
fn the_client_talks_with_a_server_in_python() {
    let Some(mut server) = Program::python("chat_server.py", &[]) else { return };
    let port = server.port();
    let mut client = client(&port);
    client.until("Can I help you?\n>>> ");
    client.types("Where is the station? 車站");
    assert_eq!(server.line(), repr("Where is the station? 車站\n"));
    server.types("Over there: 那邊");
    client.until("Over there: 那邊\n>>> ");
    client.types("BYE");
    let (client, server) = (client.end(), server.end());
    assert!(server.stdout.ends_with(&(repr("BYE\n") + "\n")), "{server:?}");
    let expected = format!(
        "connecting to 127.0.0.1, port {port}\n\
         connected to 127.0.0.1:{port}; say bye to end\nCan I help you?\nOver there: 那邊\n\
         the conversation with 127.0.0.1:{port} is over\n"
    );
    assert_eq!(said(&client), expected);
    assert_eq!((client.code, server.code), (Some(0), Some(0)), "{client:?} {server:?}");
}

#[test]
fn the_server_talks_with_one_python_client_after_another() {
    let (mut server, port) = server();
    let Some(mut first) = Program::python("chat_client.py", &[&port]) else { return };
    assert_eq!(first.line(), repr("Can I help you?\n"));
    let mut second = Program::python("chat_client.py", &[&port]).expect("python3 was there");
    first.types("Yes");
    server.until("Yes\n>>> ");
    server.types("How?");
    assert_eq!(first.line(), repr("How?\n"));
    first.types("Bye");
    server.until("Bye\n");
    server.until("is over\n");
    // What was typed meanwhile was not for the one who waits.
    assert_eq!(second.line(), repr("Can I help you?\n"));
    second.types("No");
    server.until("No\n>>> ");
    server.types("bYE");
    assert_eq!(second.line(), repr("bYE\n"));
    server.until("is over\n");
    for client in [first.end(), second.end()] {
        assert_eq!(client.code, Some(0), "{client:?}");
        let end = if client.stdout.contains("bYE") { "b'bYE\\n'\n" } else { "b''\n" };
        assert!(client.stdout.ends_with(end), "{client:?}");
    }
    server.close_stdin();
    let server = server.end();
    assert_eq!((server.code, server.stderr.as_str()), (Some(0), ""), "{server:?}");
}

#[test]
fn either_may_speak_at_any_time_and_a_bye_of_the_server_ends_the_client() {
    let (mut server, port) = server();
    let mut client = client(&port);
    client.until("Can I help you?\n");
    server.until("is here; say bye to end\n>>> Can I help you?\n>>> ");
    for line in ["one", "two", "", "four"] {
        server.types(line);
        client.until(&format!("{line}\n>>> "));
    }
    client.types("five");
    client.types("six");
    server.until("five\n>>> six\n");
    server.types("Bye");
    client.until("Bye\n");
    let client = client.end();
    assert_eq!((client.code, client.stderr.as_str()), (Some(0), ""), "{client:?}");
    server.until("is over\n");
}

#[test]
fn typed_beforehand_is_said_to_whoever_comes_and_the_end_of_the_input_is_a_bye() {
    let (mut server, port) = server();
    server.types("the first words");
    let mut client = client(&port);
    client.until("Can I help you?\n>>> the first words\n");
    server.close_stdin();
    client.until("bye\n");
    assert_eq!((client.end().code, server.end().code), (Some(0), Some(0)));
}

#[test]
fn the_end_of_the_clients_input_is_a_bye_too() {
    let (mut server, port) = server();
    let mut client = client(&port);
    client.types("the only words");
    client.close_stdin();
    server.until("the only words\n>>> bye\n");
    assert_eq!(client.end().code, Some(0));
}

#[test]
fn ctrl_c_ends_them_cleanly_and_the_other_side_sees_the_end() {
    let (server_at_rest, _) = server();
    server_at_rest.interrupt();
    let (mut server, port) = server();
    let mut first = client(&port);
    first.until("Can I help you?\n");
    first.interrupt();
    server.until("is over\n");
    let mut second = client(&port);
    second.until("Can I help you?\n");
    server.interrupt();
    second.until("is over\n");
    for (ended, code) in [
        (server_at_rest.end(), Some(130)),
        (first.end(), Some(130)),
        (server.end(), Some(130)),
        (second.end(), Some(0)),
    ] {
        assert_eq!((ended.code, ended.stderr.as_str()), (code, ""), "{ended:?}");
        assert_eq!(ended.stdout.ends_with("interrupted\n"), code == Some(130), "{ended:?}");
    }
}

#[test]
fn ctrl_c_ends_a_client_that_still_waits_to_be_connected() {
    // A queue that one client fills: the next has no answer.
    let listener = TcpSocket::v4().unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    let listener = listener.listen(0).unwrap();
    let addr = listener.local_addr().unwrap();
    let _queued = TcpStream::connect(addr).unwrap();
    let mut client = client(&addr.port().to_string());
    client.until("connecting to ");
    client.interrupt();
    let client = client.end();
    assert_eq!((client.code, client.stderr.as_str()), (Some(130), ""), "{client:?}");
    assert!(client.stdout.ends_with("interrupted\n"), "{client:?}");
}

#[test]
fn a_peer_that_is_gone_is_named_with_the_reason() {
    let Some(mut resetter) = Program::python("resetter.py", &[]) else { return };
    let port = resetter.port();
    let mut client = client(&port);
    client.until("one moment\n>>> ");
    client.types("yes?");
    let client = client.end();
    assert_eq!(client.code, Some(1), "{client:?}");
    let words = format!("chat_client: 127.0.0.1:{port}: receive a frame: ECONNRESET (104)");
    assert!(client.stderr.starts_with(&words) || !cfg!(target_os = "linux"), "{client:?}");
    assert!(client.stderr.contains("ECONNRESET"), "{client:?}");

    // The server outlives such a client.
    let (mut server, port) = server();
    let gone = TcpStream::connect(format!("127.0.0.1:{port}").as_str()).unwrap();
    gone.set_timeout(Some(Duration::from_secs(30))).unwrap();
    gone.recv_exact(&mut [0; 16]).unwrap();
    let told = format!("{}: receive a frame: ECONNRESET", gone.local_addr().unwrap());
    gone.abort().unwrap();
    server.until(&told);
    let mut next = self::client(&port);
    next.until("Can I help you?\n");
}

#[test]
fn a_bye_in_any_case_ends_the_client_though_the_server_never_hangs_up() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut says = client(&port);
    let (stream, _) = listener.accept().unwrap();
    says.types("ByE");
    let says = says.end();
    assert_eq!(says.code, Some(0), "{says:?}");
    let mut got = [0; 4];
    stream.recv_exact(&mut got).unwrap();
    assert_eq!(&got, b"ByE\n");

    let hears = client(&port);
    let (stream, _) = listener.accept().unwrap();
    stream.send_all(b"bYe\r\n").unwrap();
    let hears = hears.end();
    assert_eq!(hears.code, Some(0), "{hears:?}");
    assert!(hears.stdout.contains("bYe\n"), "{hears:?}");
}

#[test]
fn a_bye_in_any_case_ends_a_conversation_though_the_client_never_hangs_up() {
    let (mut server, port) = server();
    let addr = format!("127.0.0.1:{port}");
    let heard = TcpStream::connect(addr.as_str()).unwrap();
    heard.send_all(b"BYE\n").unwrap();
    server.until("BYE\n");
    server.until("is over\n");
    let told = TcpStream::connect(addr.as_str()).unwrap();
    server.until("is here");
    server.types("bYE");
    server.until("is over\n");
    let mut got = [0; 20];
    told.recv_exact(&mut got).unwrap();
    assert_eq!(&got, b"Can I help you?\nbYE\n");
    drop((heard, told));
}

#[test]
fn lines_that_are_too_long_are_told_and_do_no_harm() {
    let (mut server, port) = server();
    let mut client = client(&port);
    client.until("Can I help you?\n");
    client.types(&"x".repeat(5000));
    client.until("not sent: body of 5000 bytes: the maximum is 4096");
    client.types("short");
    server.until("short\n");
    client.types("a trick: \u{1b}[2J");
    server.until("a trick:  [2J\n");
}

#[test]
fn what_cannot_be_done_is_told_with_the_address_and_the_reason() {
    let (_server, port) = server();
    let taken = Program::example("chat_server", &["127.0.0.1", &port]).end();
    assert_eq!(taken.code, Some(1), "{taken:?}");
    let expected = ["chat_server: bind: EADDRINUSE", &format!("at 127.0.0.1:{port}\n")];
    assert!(expected.iter().all(|words| taken.stderr.contains(words)), "{taken:?}");

    let nobody = TcpSocket::v4().unwrap();
    nobody.bind(("127.0.0.1", 0)).unwrap();
    let port = nobody.local_addr().unwrap().port().to_string();
    let refused = client(&port).end();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let expected = ["chat_client: connect: ECONNREFUSED", &format!("at 127.0.0.1:{port}\n")];
    assert!(expected.iter().all(|words| refused.stderr.contains(words)), "{refused:?}");

    // A name that no resolver is asked about, for a label has at most 63 letters.
    let host = "x".repeat(64);
    for name in ["chat_client", "chat_server"] {
        let unknown = Program::example(name, &[&host]).end();
        assert_eq!(unknown.code, Some(1), "{unknown:?}");
        let words = format!("{name}: resolve {host:?}");
        assert!(unknown.stderr.starts_with(&words), "{unknown:?}");
    }
}

#[test]
fn bad_arguments_are_refused_by_name_and_help_is_there() {
    for (args, words) in [
        (["127.0.0.1", "70000"], "70000 is not in 1..=65535"),
        (["127.0.0.1", "0"], "0 is not in 1..=65535"),
        (["127.0.0.1", "x"], "invalid value 'x' for '[PORT]'"),
        (["127.0.0.1", "--loud"], "unexpected argument '--loud'"),
    ] {
        let ended = Program::example("chat_client", &args).end();
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(words), "{words}: {ended:?}");
    }
    for name in ["chat_client", "chat_server", "http_get", "port_check", "udp_client", "udp_echo"] {
        let help = Program::example(name, &["--help"]).end();
        assert_eq!(help.code, Some(0), "{help:?}");
        let all = ["Usage: ", "Options:", "Ctrl-C", "Exit codes:"];
        assert!(all.iter().all(|words| help.stdout.contains(words)), "{help:?}");
    }
}
