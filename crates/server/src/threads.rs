//! Connections served by threads.

use sockrates_core::Result;

use crate::policy::Run;
use crate::{Handler, StreamServer, Summary};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod epoll;
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
mod handed;

#[cfg(any(target_os = "linux", target_os = "android"))]
use epoll::serve;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
use handed::serve;

/// One connection after the other.
///
/// The others wait in the system's queue ([`backlog`](sockrates_socket::ServerOptions::backlog)).
/// The handler runs on one thread of its own, so that the serving thread is free to stop it. The
/// memory is that of one connection of [`Threads`], however many clients there are.
///
/// Source: Python `socketserver.TCPServer`.
#[doc(alias = "TCPServer")]
#[doc(alias = "UDPServer")]
#[derive(Clone, Debug, Default)]
pub struct Sequential(());

impl Sequential {
    /// One connection after the other.
    #[must_use]
    pub fn new() -> Self {
        Self(())
    }

    /// What it comes to.
    pub(crate) fn threads() -> Threads {
        Threads::new(1)
    }
}

/// A thread for each connection, up to a maximum; beyond it, connections wait in the system's
/// queue.
///
/// Threads are kept for the next connection and end after ten seconds without one. A connection
/// that waits costs the server nothing, and is refused once the server stops; how many may wait is
/// the [`backlog`](sockrates_socket::ServerOptions::backlog).
///
/// # Cost
/// A thread that is kept costs nothing to start. On Linux one that is free waits for the next
/// client itself: the kernel wakes it and no other, and nothing is handed over. So there is one
/// thread more than there are connections, up to the maximum. Where no thread can be started
/// clients wait for those that there are. Elsewhere the serving thread accepts and hands over,
/// which costs a sixth of starting a thread.
///
/// A connection that is served takes 14 KiB, idle or busy: what its thread has touched of its
/// stack. It takes 8 KiB more once [`Connection`](crate::Connection) buffers for it, and what the
/// handler uses. (Anonymous memory of a process, with 4,000 connections of an echo on a stack of
/// its own, on 64-bit Linux; the kernel's stack of each thread and what it holds of each socket
/// come on top.) So `Threads::new(64)` takes about a megabyte, however many clients there are.
///
/// ```
/// use sockrates_server::Threads;
/// let policy = Threads::new(64).named("echo"); // threads echo-0, echo-1, ...
/// ```
///
/// Source: Python `socketserver.ThreadingMixIn`, whose threads have no maximum.
#[doc(alias = "ThreadingMixIn")]
#[doc(alias = "ThreadingTCPServer")]
#[doc(alias = "ThreadingUDPServer")]
#[derive(Clone, Debug)]
pub struct Threads {
    max: usize,
    name: String,
}

impl Threads {
    /// At most `max` threads, and so connections at once; 0 counts as 1.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { max: max.max(1), name: "server".to_owned() }
    }

    /// The threads' name, to which each adds its number. A NUL in it becomes a space, for
    /// the system has none in names.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into().replace('\0', " "), ..self }
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl<H: Handler> Run<StreamServer, H> for Sequential {
    fn run(&self, server: StreamServer, handler: H) -> Result<Summary> {
        Self::threads().run(server, handler)
    }
}

impl<H: Handler> Run<StreamServer, H> for Threads {
    fn run(&self, server: StreamServer, handler: H) -> Result<Summary> {
        serve(self, server, handler)
    }
}
