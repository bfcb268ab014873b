//! Addresses: what is understood, what is refused, and in which words.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Error, Op};
use sockrates_socket::{
    Address, Family, Hints, Service, Socket, Type, getaddrinfo, gethostname, socketpair,
};

fn new(family: Family, socket_type: Type) -> Socket {
    Socket::new(family, socket_type, None).unwrap()
}

fn resolve(addr: impl Address, family: Family) -> Result<String, Error> {
    addr.resolve(family, Deadline::NEVER).map(|addr| addr.to_string())
}

#[track_caller]
fn refused(addr: impl Address, family: Family, words: &str) {
    let text = resolve(addr, family).unwrap_err().to_string();
    assert!(text.contains(words), "{text:?} does not say {words:?}");
}

#[test]
fn spellings_of_hosts() {
    for (host, family, expected) in [
        ("", Family::INET, "0.0.0.0:7"),
        ("", Family::INET6, "[::]:7"),
        ("<broadcast>", Family::INET, "255.255.255.255:7"),
        ("127.0.0.1", Family::INET, "127.0.0.1:7"),
        ("127.1", Family::INET, "127.0.0.1:7"),
        ("0x7f000001", Family::INET, "127.0.0.1:7"),
        ("localhost", Family::INET, "127.0.0.1:7"),
        ("::1", Family::INET6, "[::1]:7"),
        ("fe80::1%1", Family::INET6, "[fe80::1%1]:7"),
        ("ff02::1%lo", Family::INET6, "[ff02::1%1]:7"),
    ] {
        if host.ends_with("lo") && !cfg!(target_os = "linux") {
            continue; // Interfaces have other names elsewhere.
        }
        assert_eq!(resolve((host, 7), family).unwrap(), expected, "{host}");
        assert_eq!(resolve((host.to_owned(), "7"), family).unwrap(), expected, "{host}");
    }
    assert_eq!(resolve(("127.0.0.1", "http"), Family::INET).unwrap(), "127.0.0.1:80");
    assert_eq!(resolve(("", "http"), Family::INET).unwrap(), "0.0.0.0:80");
}

#[test]
fn a_literal_takes_no_time() {
    let past = Deadline::after(Duration::ZERO);
    let hints = Hints { family: Family::INET, ..Hints::default() };
    for host in ["127.0.0.1", "127.1", "0x7f000001"] {
        assert_eq!(
            (host, 7).resolve(Family::INET, past).unwrap().to_string(),
            "127.0.0.1:7",
            "{host}"
        );
        let found = getaddrinfo(Some(host), 7, &hints, past).unwrap();
        assert_eq!(found[0].addr.to_string(), "127.0.0.1:7", "{host}");
    }
    let error = ("localhost", 7).resolve(Family::INET, past).unwrap_err();
    assert!(matches!(error, Error::TimedOut { op: Op::Resolve, .. }), "{error}");
    let numeric = Hints { numeric_host: true, ..hints };
    let error = getaddrinfo(Some("localhost"), 7, &numeric, past).unwrap_err();
    assert!(matches!(error, Error::Resolve { .. }), "{error}");
}

#[test]
fn what_is_no_address_is_refused_by_name() {
    for port in [65_536, -1, i64::MAX] {
        refused(("127.0.0.1", port), Family::INET, &format!("port {port}: use 0 to 65535"));
    }
    refused(("127.0.0.1", "65536"), Family::INET, "port 65536: use 0 to 65535");
    refused(("<broadcast>", 7), Family::INET6, "EAI_");
    refused(("::1", 7), Family::INET, "EAI_");
    refused(("127.0.0.1", 7), Family::INET6, "EAI_");
    refused(("a\0b", 7), Family::INET, "NUL");
    refused(("127.0.0.1", "ht\0tp"), Family::INET, "NUL");
    refused(("fe80::1%no-such-interface", 7), Family::INET6, "no interface has that name");
    refused(("127.0.0.1", 7), Family::UNIX, "give a socket of another family an Addr");
    refused(("no-such-host.invalid", 7), Family::INET, "no-such-host.invalid");
    refused(("127.0.0.1", "no-such-service"), Family::INET, "EAI_SERVICE");
    let token = new(Family::INET, Type::DGRAM).bind(Addr::Token(5)).unwrap_err();
    assert!(token.to_string().contains("#5"), "{token}");
}

#[test]
fn resolver_codes_are_those_of_the_system() {
    let code = |host, family| match (host, 7).resolve(family, Deadline::NEVER) {
        Err(Error::Resolve { code, host: told, reason }) => {
            assert_eq!(told, host);
            (code, reason.split(':').next().unwrap().to_owned())
        }
        other => panic!("{host}: {other:?}"),
    };
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        assert_eq!(code("::1", Family::INET), (-9, "EAI_ADDRFAMILY".into()));
        assert_eq!(code("no-such-host.invalid", Family::INET).1.find("EAI_"), Some(0));
        let hints = Hints { numeric_host: true, ..Hints::default() };
        let error = getaddrinfo(Some("name"), 7, &hints, Deadline::NEVER).unwrap_err();
        assert!(matches!(error, Error::Resolve { code: -2, .. }), "{error}");
        assert!(error.to_string().contains("EAI_NONAME"), "{error}");
        let hints = Hints::default();
        let error = getaddrinfo(None, "nix", &hints, Deadline::NEVER).unwrap_err();
        assert!(matches!(error, Error::Resolve { code: -8, .. }), "{error}");
    }
}

#[test]
fn lookups_in_order_and_to_a_deadline() {
    let all = Hints::default();
    let found = getaddrinfo(Some("127.0.0.1"), 80, &all, Deadline::NEVER).unwrap();
    let types: Vec<_> = found.iter().map(|info| info.socket_type).collect();
    assert!(types.contains(&Type::STREAM) && types.contains(&Type::DGRAM));
    let one = Hints { socket_type: Some(Type::STREAM), family: Family::INET, ..all };
    let soon = || Deadline::after(Duration::from_secs(30));
    let found = getaddrinfo(Some("localhost"), "80", &one, soon()).unwrap();
    assert_eq!(found[0].addr.to_string(), "127.0.0.1:80");
    assert_eq!(found[0].canonical_name, None);
    let named = Hints { canonical_name: true, ..one };
    let found = getaddrinfo(Some("localhost"), 80, &named, soon()).unwrap();
    assert_eq!(found[0].canonical_name.as_deref(), Some("localhost"));
    let passive = Hints { passive: true, ..one };
    let found = getaddrinfo(None, 80, &passive, Deadline::NEVER).unwrap();
    assert_eq!(found[0].addr.to_string(), "0.0.0.0:80");
    let late = getaddrinfo(Some("localhost"), 80, &one, Deadline::after(Duration::ZERO));
    match late {
        Ok(found) => assert_eq!(found.len(), 1, "it was faster than nothing"),
        Err(error) => assert!(error.is_timeout(), "{error}"),
    }
    assert!(!gethostname().unwrap().is_empty());
    assert_eq!(Service::from("http").to_string(), "http");
}

#[test]
fn an_empty_host_connects_to_loopback() {
    for family in [Family::INET, Family::INET6] {
        let listener = new(family, Type::STREAM);
        listener.bind(("", 0)).unwrap();
        listener.listen(None).unwrap();
        let port = listener.local_addr().unwrap().port().unwrap();
        let client = new(family, Type::STREAM);
        client.connect(("", port)).unwrap();
        assert!(client.peer_addr().unwrap().ip().unwrap().is_loopback());
    }
}

#[test]
fn a_zone_gets_to_the_system() {
    let socket = new(Family::INET6, Type::DGRAM);
    // Nobody has this address; without its zone it would be EINVAL, as it is in CPython.
    let error = socket.bind(("fe80::dead:beef%1", 0)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EADDRNOTAVAIL), "{error}");
    let socket = new(Family::INET6, Type::DGRAM);
    let error = socket.bind(("fe80::dead:beef", 0)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EINVAL), "{error}");
}

#[test]
fn binding_is_refused_in_the_systems_words() {
    let one = new(Family::INET, Type::STREAM);
    one.bind(("127.0.0.1", 0)).unwrap();
    let taken = one.local_addr().unwrap();
    assert_ne!(taken.port(), Some(0));
    let errno = |outcome: Result<(), Error>| outcome.unwrap_err().errno();
    assert_eq!(errno(one.bind(("127.0.0.1", 0))), Some(Errno::EINVAL));
    let other = new(Family::INET, Type::STREAM);
    assert_eq!(errno(other.bind(&taken)), Some(Errno::EADDRINUSE));
    assert_eq!(errno(other.bind(("192.0.2.1", 0))), Some(Errno::EADDRNOTAVAIL));
    let v6 = std::net::SocketAddr::from(([0_u16, 0, 0, 0, 0, 0, 0, 1], 0));
    assert_eq!(errno(other.bind(v6)), Some(Errno::EAFNOSUPPORT));
}

#[test]
fn kinds_that_there_are_not() {
    let errno = |family, socket_type, protocol| {
        Socket::new(family, socket_type, protocol).unwrap_err().errno()
    };
    use sockrates_socket::Protocol;
    assert_eq!(errno(Family::from_code(99), Type::STREAM, None), Some(Errno::EAFNOSUPPORT));
    assert_eq!(errno(Family::INET, Type::from_code(99), None), Some(Errno::EINVAL));
    let wrong = Some(Protocol::UDP);
    assert_eq!(errno(Family::INET, Type::STREAM, wrong), Some(Errno::EPROTONOSUPPORT));
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn unix_names_of_every_kind() {
    let folder = Folder::new("unix-names");
    let path = folder.0.join("socket");
    let named = new(Family::UNIX, Type::DGRAM);
    named.bind(&path).unwrap();
    assert_eq!(named.local_addr().unwrap(), Addr::Path(path.clone()));
    let nameless = new(Family::UNIX, Type::DGRAM);
    assert_eq!(nameless.local_addr().unwrap(), Addr::Unnamed);
    nameless.send_to(b"x", path.as_path()).unwrap();
    assert_eq!(named.recv_from(&mut [0; 8]).unwrap().peer, Addr::Unnamed);
    if cfg!(target_os = "linux") {
        nameless.bind(Addr::Unnamed).unwrap();
        let Addr::Abstract(chosen) = nameless.local_addr().unwrap() else { panic!("no name") };
        assert_eq!(chosen.len(), 5);
        let longest = Addr::Abstract([vec![b'x'; 102], chosen].concat());
        let one = new(Family::UNIX, Type::DGRAM);
        one.bind(&longest).unwrap();
        assert_eq!(one.local_addr().unwrap(), longest);
    }
    let (left, _right) = socketpair(Type::STREAM).unwrap();
    assert_eq!(left.peer_addr().unwrap(), Addr::Unnamed);
}

#[test]
fn unix_names_that_do_not_fit() {
    let socket = new(Family::UNIX, Type::STREAM);
    for (path, words) in [
        ("x".repeat(300), "of 300 bytes: the longest has 10"),
        ("x".repeat(108), "of 108 bytes: the longest has 10"),
        (String::new(), "empty"),
        ("a\0b".to_owned(), "NUL"),
    ] {
        let path = Path::new(&path);
        for error in [socket.bind(path).unwrap_err(), socket.connect(path).unwrap_err()] {
            assert!(matches!(error, Error::Invalid { what: "unix path", .. }), "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
        assert!(socket.connect_ex(path).is_err(), "no error number, as Python raises here");
    }
    let error = socket.bind(Addr::Abstract(vec![b'x'; 300])).unwrap_err();
    assert!(matches!(error, Error::Invalid { what: "abstract name", .. }), "{error}");
}

#[test]
fn an_address_in_one_word_is_a_host_and_a_port() {
    let of = |word: &str| word.resolve(Family::UNSPEC, Deadline::NEVER);
    assert_eq!(of("127.0.0.1:80").unwrap().to_string(), "127.0.0.1:80");
    assert_eq!(of("[::1]:80").unwrap().to_string(), "[::1]:80");
    assert_eq!(of(":80").unwrap().to_string(), "0.0.0.0:80");
    for word in ["127.0.0.1", "::1", "::1:80", "[::1]", "127.0.0.1:", "a:b:80", ""] {
        let text = of(word).unwrap_err().to_string();
        assert!(text.contains(&format!("{word:?}")) && text.contains("write host:port"), "{text}");
    }
    let text = of("127.0.0.1:65536").unwrap_err().to_string();
    assert!(text.contains("65536"), "{text}");
}
