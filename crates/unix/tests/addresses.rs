//! The addresses of local sockets: their limits, and what CPython says of the same.
#![cfg(target_os = "linux")]

mod python;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sockrates_core::{Addr, Errno, Error, Result};
use sockrates_unix::{UnixDatagram, UnixListener, UnixStream};

/// A folder of the test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("unix-{name}-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A path in it of exactly so many bytes.
    fn path_of(&self, len: usize) -> PathBuf {
        let room = len - self.0.as_os_str().len() - 1;
        self.0.join("x".repeat(room))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_path_has_107_bytes_and_a_longer_one_is_refused_by_number() {
    let folder = Folder::new("limits");
    let longest = folder.path_of(107);
    let listener = UnixListener::bind(&longest).unwrap();
    assert_eq!(listener.local_addr().unwrap(), Addr::Path(longest.clone()));
    let client = UnixStream::connect(&longest).unwrap();
    assert_eq!(client.peer_addr().unwrap(), Addr::Path(longest));
    for refused in [
        UnixListener::bind(folder.path_of(108)).map(drop),
        UnixStream::connect(folder.path_of(108)).map(drop),
    ] {
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("108") && text.contains("107"), "{text}");
    }
}

#[test]
fn paths_that_are_none_are_refused() {
    let folder = Folder::new("odd");
    let nul = folder.0.join(OsStr::from_bytes(b"a\0b"));
    let inet = Addr::from(([127, 0, 0, 1], 1));
    let refusals: [(Result<UnixListener>, &str); 4] = [
        (UnixListener::bind(nul), "NUL"),
        (UnixListener::bind(""), "empty"),
        (UnixListener::bind(inet), "127.0.0.1:1"),
        (UnixListener::bind(Addr::Token(3)), "#3"),
    ];
    for (refused, word) in refusals {
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn an_abstract_name_may_use_all_there_is_and_any_byte() {
    let own = std::process::id().to_ne_bytes();
    for len in [4, 106, 107] {
        let mut name: Vec<u8> = (0..len).map(|i| if i % 3 == 0 { 0 } else { i }).collect();
        name[..4].copy_from_slice(&own);
        let bound = UnixDatagram::bind(Addr::Abstract(name.clone())).unwrap();
        assert_eq!(bound.local_addr().unwrap(), Addr::Abstract(name.clone()));
        let sender = UnixDatagram::unbound().unwrap();
        sender.send_to(b"!", Addr::Abstract(name)).unwrap();
        assert_eq!(bound.recv_from(&mut [0; 4]).unwrap().peer, Addr::Unnamed);
    }
    let text = UnixDatagram::bind(Addr::Abstract(vec![1; 108])).unwrap_err().to_string();
    assert!(text.contains("108") && text.contains("107"), "{text}");
}

#[test]
fn a_path_that_is_taken_stays_taken_until_it_is_removed() {
    let folder = Folder::new("taken");
    let path = folder.0.join("socket");
    let bind = || UnixListener::bind(&path).map_err(|error| error.errno());
    let listener = bind().unwrap();
    assert_eq!(bind().unwrap_err(), Some(Errno::EADDRINUSE));
    drop(listener);
    assert_eq!(bind().unwrap_err(), Some(Errno::EADDRINUSE));
    let refused = UnixStream::connect(&path).unwrap_err();
    assert_eq!(refused.errno(), Some(Errno::ECONNREFUSED));
    std::fs::remove_file(&path).unwrap();
    bind().unwrap();
}

#[test]
fn addresses_are_as_cpython_has_them() {
    let folder = Folder::new("python");
    let ours = cells(&folder.0);
    for name in ["bound", "dgram"] {
        std::fs::remove_file(folder.0.join(name)).unwrap();
    }
    let script = format!("FOLDER = {:?}\n{}", folder.0, include_str!("addresses.py"));
    if let Some(theirs) = python::run(&script) {
        compare(&ours, &theirs);
    }
}

fn cells(folder: &Path) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    let mut put = |key: &str, addr: Addr| {
        let cell = match &addr {
            Addr::Path(path) => format!("path {}", path.file_name().unwrap().to_string_lossy()),
            Addr::Abstract(name) if name.starts_with(b"named") => "abstract named".to_owned(),
            Addr::Abstract(name) => {
                let hex = name.iter().all(u8::is_ascii_hexdigit);
                format!("abstract of {}, hex: {hex}", name.len())
            }
            other => other.to_string(),
        };
        cells.insert(key.to_owned(), cell);
    };
    let named = |what: &str| {
        Addr::Abstract([b"named ", what.as_bytes(), &std::process::id().to_ne_bytes()].concat())
    };
    let bound = UnixListener::bind(folder.join("bound")).unwrap();
    put("listener on a path", bound.local_addr().unwrap());
    let client = UnixStream::connect(folder.join("bound")).unwrap();
    put("client", client.local_addr().unwrap());
    put("client's peer", client.peer_addr().unwrap());
    let (accepted, from) = bound.accept().unwrap();
    put("accepted from", from);
    put("accepted", accepted.local_addr().unwrap());
    put("accepted's peer", accepted.peer_addr().unwrap());
    let chosen = UnixListener::bind(Addr::Unnamed).unwrap();
    put("listener on a chosen name", chosen.local_addr().unwrap());
    let abstract_one = UnixListener::bind(named("listener")).unwrap();
    put("listener on an abstract name", abstract_one.local_addr().unwrap());
    let (left, _right) = UnixStream::pair().unwrap();
    put("pair", left.local_addr().unwrap());
    put("pair's peer", left.peer_addr().unwrap());
    let (dgram, unbound) = (UnixDatagram::bind(folder.join("dgram")), UnixDatagram::unbound());
    let (dgram, unbound) = (dgram.unwrap(), unbound.unwrap());
    put("unbound", unbound.local_addr().unwrap());
    let mut buf = [0; 8];
    unbound.send_to(b"!", folder.join("dgram")).unwrap();
    put("from an unbound one", dgram.recv_from(&mut buf).unwrap().peer);
    let sender = UnixDatagram::bind(named("sender")).unwrap();
    sender.send_to(b"!", folder.join("dgram")).unwrap();
    put("from an abstract one", dgram.recv_from(&mut buf).unwrap().peer);
    dgram.send_to(b"!", sender.local_addr().unwrap()).unwrap();
    put("from a path", sender.recv_from(&mut buf).unwrap().peer);
    cells
}

/// Compares cell by cell, and shows every difference.
#[track_caller]
fn compare(ours: &BTreeMap<String, String>, theirs: &BTreeMap<String, String>) {
    let keys = ours.keys().chain(theirs.keys());
    let differ: BTreeMap<_, _> = keys
        .filter(|key| ours.get(*key) != theirs.get(*key))
        .map(|key| (key, (ours.get(key), theirs.get(key))))
        .collect();
    assert!(differ.is_empty(), "cells that differ, (ours, CPython's): {differ:#?}");
    assert!(!ours.is_empty());
    println!("{} cells as CPython's", ours.len());
}
