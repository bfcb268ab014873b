//! The checks of the clauses stream.path.*

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sockrates_core::{Addr, Errno};

use super::conn::joined;
use crate::checks::checks;
use crate::expect::{ensure, equal, fails_with, holds, saw};
use crate::{Case, Conn, Observation, Stop};

checks!("stream.path" { names, taken, too_long, nul, nobody, unlinked, left });

/// A folder of this case's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Stop> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sockrates-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // One of that name was left by a process that was killed.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).map_err(|error| file_error("make a folder", &error))?;
        Ok(Self(path))
    }

    fn at(&self, name: &str) -> (PathBuf, Addr) {
        let path = self.0.join(name);
        let addr = Addr::Path(path.clone());
        (path, addr)
    }

    fn is_empty(&self) -> Result<bool, Stop> {
        let mut entries = fs::read_dir(&self.0).map_err(|error| file_error("list", &error))?;
        Ok(entries.next().is_none())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is the system's to clean away.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn file_error(what: &str, error: &std::io::Error) -> Stop {
    Stop::Inconclusive(format!("cannot {what}: {:?}", error.kind()))
}

fn listener(case: &Case<'_>, addr: &Addr) -> Result<Conn, Stop> {
    let listener = case.socket()?;
    listener.bind(addr)?;
    listener.listen(4)?;
    Ok(listener)
}

/// A client of the listener at `addr`, and what was accepted.
fn client(case: &Case<'_>, listener: &Conn, addr: &Addr) -> Result<(Conn, Conn), Stop> {
    let client = case.connect(addr, case.soon())?;
    let (server, _) = listener.accept(case.soon())?;
    Ok((client, server))
}

fn names(case: &Case<'_>) -> Observation {
    let folder = Folder::new()?;
    let (_, addr) = folder.at("listener");
    let listener = listener(case, &addr)?;
    let (client, server) = client(case, &listener, &addr)?;
    ensure(listener.local_addr()? == addr, "the listener has its path", "another address")?;
    ensure(client.peer_addr()? == addr, "the client's peer has the path", "another address")?;
    ensure(server.local_addr()? == addr, "what was accepted has the path", "another address")?;
    for own in [client.local_addr()?, server.peer_addr()?] {
        ensure(own.as_path().is_none(), "the client has no path", "it has one")?;
    }
    holds()
}

fn taken(case: &Case<'_>) -> Observation {
    let folder = Folder::new()?;
    let (path, addr) = folder.at("file");
    fs::write(&path, b"not a socket").map_err(|error| file_error("write", &error))?;
    fails_with("binding at a file", case.socket()?.bind(&addr), &[Errno::EADDRINUSE]).map(drop)?;
    let read = fs::read(&path).map_err(|error| file_error("read", &error))?;
    equal("the file", b"not a socket".as_slice(), read.as_slice())?;
    let (_, addr) = folder.at("socket");
    let listener = listener(case, &addr)?;
    fails_with("binding at a socket", case.socket()?.bind(&addr), &[Errno::EADDRINUSE])
        .map(drop)?;
    let (client, server) = client(case, &listener, &addr)?;
    joined(case, &client, &server)?;
    holds()
}

fn too_long(case: &Case<'_>) -> Observation {
    refused(case, &"x".repeat(240))
}

fn nul(case: &Case<'_>) -> Observation {
    refused(case, "before\0behind")
}

/// A socket is neither bound to this name nor to a part of it.
fn refused(case: &Case<'_>, name: &str) -> Observation {
    let folder = Folder::new()?;
    let (_, addr) = folder.at(name);
    ensure(case.socket()?.bind(&addr).is_err(), "binding there is refused", "success")?;
    ensure(folder.is_empty()?, "no file", "a file of another name")?;
    ensure(case.connect(&addr, case.soon()).is_err(), "connecting is refused", "success")?;
    holds()
}

fn nobody(case: &Case<'_>) -> Observation {
    let folder = Folder::new()?;
    let (_, addr) = folder.at("missing");
    fails_with("connecting to no file", case.connect(&addr, case.soon()), &[Errno::ENOENT])
        .map(drop)?;
    let (_, addr) = folder.at("bound");
    let bound = case.socket()?;
    bound.bind(&addr)?;
    let connected = case.connect(&addr, case.soon());
    fails_with("connecting where nobody listens", connected, &[Errno::ECONNREFUSED]).map(drop)?;
    holds()
}

fn unlinked(case: &Case<'_>) -> Observation {
    let folder = Folder::new()?;
    let (path, addr) = folder.at("listener");
    let first = listener(case, &addr)?;
    let (a, b) = client(case, &first, &addr)?;
    remove(&path)?;
    joined(case, &a, &b)?;
    let late = case.connect(&addr, case.soon());
    fails_with("connecting once the file is gone", late, &[Errno::ENOENT]).map(drop)?;
    let second = listener(case, &addr)?;
    let (c, d) = client(case, &second, &addr)?;
    joined(case, &c, &d)?;
    joined(case, &a, &b)?;
    holds()
}

fn remove(path: &Path) -> Result<(), Stop> {
    fs::remove_file(path).map_err(|error| file_error("remove a file", &error))
}

fn left(case: &Case<'_>) -> Observation {
    let folder = Folder::new()?;
    let (path, addr) = folder.at("listener");
    listener(case, &addr)?.drop_now();
    if !path.exists() {
        let again = listener(case, &addr)?;
        let (a, b) = client(case, &again, &addr)?;
        joined(case, &a, &b)?;
        return saw("removed");
    }
    let late = case.connect(&addr, case.soon());
    fails_with("connecting to what is left", late, &[Errno::ECONNREFUSED]).map(drop)?;
    fails_with("binding at what is left", case.socket()?.bind(&addr), &[Errno::EADDRINUSE])
        .map(drop)?;
    remove(&path)?;
    let again = listener(case, &addr)?;
    let (a, b) = client(case, &again, &addr)?;
    joined(case, &a, &b)?;
    saw("left")
}
