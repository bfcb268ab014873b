//! The sockets, by the names that the judge gave them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sockrates_core::{Error, Result};

use super::offer;
use super::outcome::Failed;
use crate::agent::process::lock;
use crate::{Acceptor, Conn, TransportSubject};

/// What this agent has and what it has made.
#[derive(Debug)]
pub(super) struct Table {
    name: String,
    version: String,
    subjects: Vec<Arc<dyn TransportSubject>>,
    sockets: Mutex<HashMap<String, Arc<Socket>>>,
}

/// A socket. Who does something with it holds it until that has been done.
#[derive(Debug)]
pub(super) enum Socket {
    End(Conn),
    Listener(Acceptor),
}

impl Table {
    pub(super) fn new(name: &str, version: &str, subjects: Vec<Arc<dyn TransportSubject>>) -> Self {
        let (name, version) = (name.to_owned(), version.to_owned());
        Self { name, version, subjects, sockets: Mutex::default() }
    }

    /// What is said to a hello.
    pub(super) fn hello(&self) -> Value {
        offer::hello(&self.name, &self.version, &self.subjects)
    }

    /// The kind of socket that is called so.
    pub(super) fn subject(&self, name: &str) -> Result<&dyn TransportSubject, Failed> {
        let found = self.subjects.iter().find(|subject| subject.name() == name);
        found.map(AsRef::as_ref).ok_or_else(|| Failed::Text(format!("there is no subject {name}")))
    }

    /// The socket of this name.
    pub(super) fn socket(&self, name: &str) -> Result<Arc<Socket>, Failed> {
        lock(&self.sockets).get(name).cloned().ok_or_else(|| missing(name))
    }

    /// Makes what is to be called `names`, which nothing else is called.
    pub(super) fn make<const N: usize>(
        &self,
        names: [&str; N],
        made: impl FnOnce() -> Result<[Socket; N]>,
    ) -> Result<(), Failed> {
        free(&lock(&self.sockets), names)?;
        let made = made()?;
        let mut sockets = lock(&self.sockets);
        // Another order may have taken them meanwhile.
        free(&sockets, names)?;
        for (name, socket) in names.into_iter().zip(made) {
            sockets.insert(name.to_owned(), Arc::new(socket));
        }
        Ok(())
    }

    /// Closes a socket and forgets it. Where an operation on it goes on, closing may end it.
    pub(super) fn release(&self, name: &str) -> Result<(), Failed> {
        let socket = lock(&self.sockets).remove(name).ok_or_else(|| missing(name))?;
        let Err(shared) = Arc::try_unwrap(socket) else { return Ok(()) };
        match &*shared {
            Socket::End(end) => match end.close() {
                Err(Error::Unsupported { .. }) => Ok(()),
                closed => Ok(closed?),
            },
            Socket::Listener(_) => Ok(()),
        }
    }

    /// Closes and forgets every socket.
    pub(super) fn clear(&self) {
        let all = std::mem::take(&mut *lock(&self.sockets));
        drop(all);
    }
}

/// Whether nothing is called so, and no two of `names` are the same.
fn free<const N: usize>(
    sockets: &HashMap<String, Arc<Socket>>,
    names: [&str; N],
) -> Result<(), Failed> {
    let taken =
        |(at, name): &(usize, &str)| sockets.contains_key(*name) || names[..*at].contains(name);
    match names.into_iter().enumerate().find(taken) {
        Some((_, name)) => Err(Failed::Text(format!("the name {name} is taken"))),
        None => Ok(()),
    }
}

fn missing(name: &str) -> Failed {
    Failed::Text(format!("there is no socket {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_are_refused_before_they_are_made() {
        let table = Table::new("agent", "1", Vec::new());
        let made = table.make(["a", "a"], || unreachable!("nothing is made"));
        assert!(matches!(made, Err(Failed::Text(text)) if text == "the name a is taken"));
    }
}
