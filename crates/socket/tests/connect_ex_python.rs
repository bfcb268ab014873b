//! `connect_ex`, cell by cell, beside CPython.
#![cfg(unix)]

mod python;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Mode, Ready};
use sockrates_socket::{Family, Socket, Type};

type Cells = BTreeMap<String, String>;

#[test]
fn connect_ex_returns_what_cpython_returns() {
    let mut cells = Cells::new();
    tcp(&mut cells, Family::INET, "127.0.0.1");
    tcp(&mut cells, Family::INET6, "::1");
    no_answer(&mut cells);
    datagram(&mut cells);
    let folder = std::env::temp_dir().join(format!("connect-ex-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    unix(&mut cells, &folder);
    std::fs::remove_dir_all(&folder).unwrap();
    if let Some(theirs) = python::run(include_str!("connect_ex.py")) {
        python::compare(&cells, &theirs);
    }
    if cfg!(target_os = "linux") {
        as_written_down(&cells);
    }
}

/// The table of Python's semantics, as Linux has it, so that it holds where no CPython is.
#[track_caller]
fn as_written_down(cells: &Cells) {
    for (cell, codes) in [
        ("v4 success blocking", "0 106 106"),
        ("v4 success timeout", "0 0 106"),
        ("v4 success non-blocking", "115 0 106"),
        ("v4 refused blocking", "111 111 111 111"),
        ("v4 refused timeout", "111 103 111 103"),
        ("v4 refused non-blocking", "115 111 115 111"),
        ("v4 refused and asked non-blocking", "115 111 103 115"),
        ("no answer timeout", "11 114 114"),
        ("no answer non-blocking", "115 114 114"),
        ("v4 closed blocking", "9"),
        ("v4 closed timeout", "9"),
        ("v4 closed non-blocking", "9"),
        ("unix full timeout", "11 11"),
        ("unix missing blocking", "2 2"),
    ] {
        assert_eq!(cells.get(cell).map(String::as_str), Some(codes), "{cell}");
    }
}

fn modes() -> [(&'static str, Mode); 3] {
    [
        ("blocking", Mode::Blocking),
        ("timeout", Mode::Timeout(Duration::from_secs(5))),
        ("non-blocking", Mode::NonBlocking),
    ]
}

fn socket(family: Family, socket_type: Type, mode: Mode) -> Socket {
    let socket = Socket::new(family, socket_type, None).unwrap();
    socket.set_mode(mode).unwrap();
    socket
}

fn calls(client: &Socket, addr: &Addr, times: usize) -> Vec<i32> {
    let call = |_| {
        let errno = client.connect_ex(addr).unwrap();
        if errno == Errno::EINPROGRESS {
            let ready = client.wait(Ready::WRITE, Deadline::after(Duration::from_secs(10)));
            assert_ne!(ready.unwrap(), Ready::default());
        }
        errno.code()
    };
    (0..times).map(call).collect()
}

fn put(cells: &mut Cells, name: String, codes: &[i32]) {
    let codes: Vec<_> = codes.iter().map(ToString::to_string).collect();
    assert!(cells.insert(name, codes.join(" ")).is_none());
}

fn tcp(cells: &mut Cells, family: Family, host: &str) {
    let version = if family == Family::INET { "v4" } else { "v6" };
    let listener = socket(family, Type::STREAM, Mode::Blocking);
    listener.bind((host, 0)).unwrap();
    listener.listen(8).unwrap();
    let there = listener.local_addr().unwrap();
    let unused = socket(family, Type::STREAM, Mode::Blocking);
    unused.bind((host, 0)).unwrap();
    let nobody = unused.local_addr().unwrap();
    for (name, mode) in modes() {
        let client = socket(family, Type::STREAM, mode);
        put(cells, format!("{version} success {name}"), &calls(&client, &there, 3));

        let client = socket(family, Type::STREAM, mode);
        put(cells, format!("{version} refused {name}"), &calls(&client, &nobody, 4));

        let client = socket(family, Type::STREAM, mode);
        let mut codes = calls(&client, &nobody, 1);
        codes.push(client.take_error().unwrap().code());
        codes.extend(calls(&client, &nobody, 2));
        put(cells, format!("{version} refused and asked {name}"), &codes);

        let client = socket(family, Type::STREAM, mode);
        client.close().unwrap();
        put(cells, format!("{version} closed {name}"), &calls(&client, &there, 1));

        let listening = socket(family, Type::STREAM, mode);
        listening.listen(1).unwrap();
        put(cells, format!("{version} listening {name}"), &calls(&listening, &there, 1));
    }
}

fn no_answer(cells: &mut Cells) {
    for (name, mode) in
        [("timeout", Mode::Timeout(Duration::from_millis(50))), ("non-blocking", Mode::NonBlocking)]
    {
        let listener = socket(Family::INET, Type::STREAM, Mode::Blocking);
        listener.bind(("127.0.0.1", 0)).unwrap();
        listener.listen(0).unwrap();
        let there = listener.local_addr().unwrap();
        let queued = socket(Family::INET, Type::STREAM, Mode::Blocking);
        queued.connect(&there).unwrap();
        let client = socket(Family::INET, Type::STREAM, mode);
        let codes: Vec<_> = (0..3).map(|_| client.connect_ex(&there).unwrap().code()).collect();
        put(cells, format!("no answer {name}"), &codes);
    }
}

fn datagram(cells: &mut Cells) {
    let one = socket(Family::INET, Type::DGRAM, Mode::Blocking);
    one.bind(("127.0.0.1", 0)).unwrap();
    let there = one.local_addr().unwrap();
    for (name, mode) in modes() {
        let client = socket(Family::INET, Type::DGRAM, mode);
        put(cells, format!("datagram {name}"), &calls(&client, &there, 3));
    }
}

fn unix(cells: &mut Cells, folder: &Path) {
    let named = |name: &str, socket_type| {
        let made = socket(Family::UNIX, socket_type, Mode::Blocking);
        made.bind(folder.join(name)).unwrap();
        made
    };
    let full = named("full", Type::STREAM);
    full.listen(0).unwrap();
    let queued = socket(Family::UNIX, Type::STREAM, Mode::Blocking);
    queued.connect(folder.join("full")).unwrap();
    let roomy = named("roomy", Type::STREAM);
    roomy.listen(8).unwrap();
    drop(named("stale", Type::STREAM));
    let _datagrams = named("datagrams", Type::DGRAM);
    std::fs::write(folder.join("file"), "").unwrap();
    for (mode_name, mode) in modes() {
        for name in ["roomy", "missing", "stale", "file", "datagrams", "full"] {
            if (name, mode) == ("full", Mode::Blocking) {
                continue;
            }
            let client = socket(Family::UNIX, Type::STREAM, mode);
            if name == "full" && mode != Mode::NonBlocking {
                // Here it waits for room, until the time is over; Python fails at once.
                client.set_timeout(Some(Duration::from_millis(10))).unwrap();
            }
            let codes = calls(&client, &Addr::Path(folder.join(name)), 2);
            put(cells, format!("unix {name} {mode_name}"), &codes);
        }
    }
}
