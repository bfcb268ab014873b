//! Who inherits which timeout, beside CPython. One test only: the default is the process's.
#![cfg(target_os = "linux")]

mod python;

use std::collections::BTreeMap;
use std::time::Duration;

use socket2::SockRef;
use sockrates_core::{Deadline, Ready};
use sockrates_socket::{Family, Socket, Type, default_timeout, set_default_timeout, socketpair};

const SOME: Option<Duration> = Some(Duration::from_secs(5));

#[test]
fn timeouts_are_inherited_as_in_cpython() {
    assert_eq!(default_timeout(), None);
    let mut cells = BTreeMap::new();
    for (default, timeout) in timeouts() {
        set_default_timeout(timeout).unwrap();
        assert_eq!(default_timeout(), timeout);
        let mut put = |key: String, socket: &Socket| {
            cells.insert(format!("{key}, default {default}"), show(socket));
        };
        let new = stream();
        put("new".into(), &new);
        new.set_timeout(SOME).unwrap();
        put("dup of some".into(), &new.dup().unwrap());
        let (left, right) = socketpair(Type::STREAM).unwrap();
        put("socketpair".into(), &left);
        put("socketpair".into(), &right);
        let plain = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        put("adopted".into(), &Socket::adopt(plain.unwrap().into()).unwrap());
        for (listener, timeout) in timeouts() {
            put(format!("accepted from {listener}"), &accepted(timeout));
        }
        let flagged = Type::from_code(Type::STREAM.code() | libc::SOCK_NONBLOCK);
        let flagged = Socket::new(Family::INET, flagged, None).unwrap();
        put("SOCK_NONBLOCK".into(), &flagged);
        cells.insert(format!("type, default {default}"), flagged.socket_type().code().to_string());
    }
    assert!(set_default_timeout(Some(Duration::MAX)).is_err());
    assert_eq!(default_timeout(), SOME, "a default that is refused changes nothing");
    as_documented(&cells);
    if let Some(theirs) = python::run(include_str!("default_timeout.py")) {
        python::compare(&cells, &theirs);
    }
}

/// All nine pairs: the default decides, the listener does not matter.
fn as_documented(cells: &BTreeMap<String, String>) {
    for (default, expected) in
        [("none", "none True False"), ("zero", "zero False True"), ("some", "some True True")]
    {
        for (listener, _) in timeouts() {
            let cell = format!("accepted from {listener}, default {default}");
            assert_eq!(cells[&cell], expected, "{cell}");
        }
    }
}

fn timeouts() -> [(&'static str, Option<Duration>); 3] {
    [("none", None), ("zero", Some(Duration::ZERO)), ("some", SOME)]
}

/// In Python's words: the timeout, whether it blocks, whether it is `O_NONBLOCK`.
fn show(socket: &Socket) -> String {
    let (name, _) = timeouts().into_iter().find(|(_, some)| *some == socket.timeout()).unwrap();
    let python = |yes| if yes { "True" } else { "False" };
    let nonblocking = SockRef::from(socket).nonblocking().unwrap();
    format!("{name} {} {}", python(socket.is_blocking()), python(nonblocking))
}

fn stream() -> Socket {
    Socket::new(Family::INET, Type::STREAM, None).unwrap()
}

fn accepted(timeout: Option<Duration>) -> Socket {
    let listener = stream();
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    let client = stream();
    client.set_timeout(SOME).unwrap();
    client.connect(listener.local_addr().unwrap()).unwrap();
    listener.wait(Ready::READ, Deadline::NEVER).unwrap();
    listener.set_timeout(timeout).unwrap();
    listener.accept().unwrap().0
}
