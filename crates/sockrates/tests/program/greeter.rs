//! `greeter`.

use crate::running::{Program, repr};

fn server() -> (Program, String) {
    let mut server = Program::example("greeter", &["serve", "127.0.0.1", "0"]);
    let port = server.port();
    (server, port)
}

#[test]
fn the_visitor_is_greeted_by_a_server_in_python() {
    let Some(mut server) = Program::python("greeter_server.py", &[]) else { return };
    let port = server.port();
    let visitor = Program::example("greeter", &["visit", "127.0.0.1", &port, "Ann", "", "小明"]);
    let visitor = visitor.end();
    let expected = "Welcome!\nHello Ann\nHello \nHello 小明\n";
    let told = (visitor.code, visitor.stdout.as_str(), visitor.stderr.as_str());
    assert_eq!(told, (Some(0), expected, ""));
    for name in ["Ann\n", "\n", "小明\n", "exit\n"] {
        assert_eq!(server.line(), repr(name));
    }
}

#[test]
fn the_server_greets_python_clients_side_by_side() {
    let (mut server, port) = server();
    let Some(mut first) = Program::python("greeter_client.py", &[&port]) else { return };
    assert_eq!(first.line(), repr("Welcome!\n"));
    let mut second = Program::python("greeter_client.py", &[&port]).expect("python3 was there");
    assert_eq!(second.line(), repr("Welcome!\n"));
    for (visitor, name) in [(&mut second, "小明"), (&mut first, "Exit")] {
        visitor.types(name);
        assert_eq!(visitor.line(), repr(&format!("Hello {name}\n")));
    }
    for mut visitor in [first, second] {
        visitor.types("exit");
        assert_eq!(visitor.line(), "b''");
        server.until("has gone\n");
    }
}

#[test]
fn the_visitor_is_greeted_by_our_server_and_tricks_are_not_played_on_terminals() {
    let (_server, port) = server();
    let args = ["visit", "127.0.0.1", &port, "a trick: \u{1b}[2J"];
    let visitor = Program::example("greeter", &args).end();
    assert_eq!(visitor.stdout, "Welcome!\nHello a trick:  [2J\n", "{visitor:?}");
    // Unless said, there are three.
    let visitor = Program::example("greeter", &["visit", "127.0.0.1", &port]).end();
    assert_eq!(visitor.stdout.lines().count(), 4, "{visitor:?}");
    assert!(visitor.stdout.ends_with("Hello Sarah\n"), "{visitor:?}");
}

#[test]
fn a_server_that_hangs_up_and_a_name_that_is_no_line_are_told() {
    let (server, port) = server();
    for (names, words) in [
        (&["exit", "Ann"][..], ": the server has hung up\n"),
        (&["two\nlines"], "an LF inside the line at byte 3"),
        (&[&"x".repeat(2000)], "body of 2000 bytes: the maximum is 1024"),
    ] {
        let args = [&["visit", "127.0.0.1", &port], names].concat();
        let visitor = Program::example("greeter", &args).end();
        assert_eq!(visitor.code, Some(1), "{visitor:?}");
        let named = format!("greeter: 127.0.0.1:{port}: ");
        assert!(visitor.stderr.starts_with(&named), "{visitor:?}");
        assert!(visitor.stderr.contains(words), "{words}: {visitor:?}");
    }
    server.interrupt();
    let server = server.end();
    assert_eq!((server.code, server.stderr.as_str()), (Some(130), ""), "{server:?}");
}
