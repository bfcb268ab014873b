//! A server of datagrams.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sockrates_core::{Addr, Deadline, Error, Result};
use sockrates_socket::{Address, Family, Socket, Type};

use crate::datagram::{Letter, Replies};
use crate::policy::DatagramPolicy;
use crate::running::Running;
use crate::setting::Setting;
use crate::{Cause, Datagram, DatagramHandler, Failure, Options, Stopper, Summary, isolate};

mod mailbox;
mod processes;
mod threads;

use mailbox::Mailbox;

pub use processes::enter_datagram_child;

/// A server of datagrams, UDP or `AF_UNIX`, that is bound and does not serve yet.
///
/// Errors that the network reports on its socket, such as `ECONNREFUSED` for an earlier answer, are
/// none of the server's. Datagrams that arrive faster than they are served wait in the system's
/// buffer, and are lost when that is full, as datagrams are.
///
/// On a path the socket's file is dealt with as in [`StreamServer`](crate::StreamServer).
///
/// Of the [`Options`], `idle_timeout` and `lifetime` say nothing to datagrams, nor do a queue and
/// `backlog`.
///
/// Source: Python `socketserver.UDPServer`, `UnixDatagramServer`.
#[doc(alias = "UDPServer")]
#[doc(alias = "UnixDatagramServer")]
#[derive(Debug)]
pub struct DatagramServer {
    // Dropped first: the file goes before the socket does.
    pub(crate) setting: Setting,
    pub(crate) mailbox: Mailbox,
}

impl DatagramServer {
    /// A server on `addr`: a host and a port, a socket address or a path.
    ///
    /// # Errors
    /// As in [`bind_with`](Self::bind_with).
    #[doc(alias = "server_bind")]
    pub fn bind(addr: impl Address) -> Result<Self> {
        Self::bind_with(addr, &Options::default())
    }

    /// A server on `addr`, set up as `options` say.
    ///
    /// # Errors
    /// [`Error::At`] with the address and `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES` or, for a path,
    /// `ENOENT`; [`Error::Resolve`]; [`Error::Invalid`]; `EMFILE`.
    pub fn bind_with(addr: impl Address, options: &Options) -> Result<Self> {
        let wanted = if options.socket.dual_stack { Family::INET6 } else { Family::UNSPEC };
        let family = options.socket.family.unwrap_or(wanted);
        let addr = addr.resolve(family, Deadline::NEVER)?;
        // Nothing fails once there is a file but what takes it away again.
        let mut setting = Setting::new(options)?;
        let made = bind(&addr, options);
        let socket =
            made.map_err(|error| Error::At { addr: addr.clone(), error: Box::new(error) })?;
        setting.own_file(&addr);
        Ok(Self { setting, mailbox: Mailbox::new(socket, options.datagram_max)? })
    }

    /// A server on a socket that was bound elsewhere. The file of one on a path is not removed.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `EMFILE`; [`Error::Invalid`] for a
    /// [`datagram_max`](Options::datagram_max) of more than 16 MiB.
    pub fn from_socket(socket: Socket, options: &Options) -> Result<Self> {
        let setting = Setting::new(options)?;
        Ok(Self { setting, mailbox: Mailbox::new(socket, options.datagram_max)? })
    }

    /// The address that clients send to, with the port that the system chose.
    ///
    /// # Errors
    /// The errno of `getsockname`.
    #[doc(alias = "server_address")]
    pub fn local_addr(&self) -> Result<Addr> {
        self.mailbox.socket().local_addr()
    }

    /// What stops it, now or later.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.setting.stopper.clone()
    }

    /// The socket, for options.
    #[doc(alias = "fileno")]
    #[must_use]
    pub fn socket(&self) -> &Socket {
        self.mailbox.socket()
    }

    /// Serves on this thread until it is stopped and the last handler has returned, or the grace is
    /// over.
    ///
    /// # Errors
    /// Where receiving or waiting itself fails, which no client can bring about.
    #[doc(alias = "serve_forever")]
    pub fn serve<S>(self, policy: impl DatagramPolicy<S>, service: S) -> Result<Summary> {
        policy.run(self, service)
    }

    /// Serves on a thread of its own.
    ///
    /// # Errors
    /// `EAGAIN` where no thread could be started; the errno of `getsockname`.
    #[doc(alias = "serve_forever")]
    pub fn spawn<S, P>(self, policy: P, service: S) -> Result<Running>
    where
        S: Send + 'static,
        P: DatagramPolicy<S> + Send + 'static,
    {
        let (addr, stopper) = (self.local_addr()?, self.stopper());
        Running::start(addr, stopper, move || policy.run(self, service))
    }

    /// Waits for one datagram until `deadline` and serves it, on this thread.
    ///
    /// # Errors
    /// [`Error::TimedOut`]; `EBADF` once it is stopped; `ENOBUFS`. What the handler does wrong is
    /// told to [`DatagramHandler::error`].
    pub fn handle_request(
        &mut self,
        handler: impl DatagramHandler,
        deadline: Deadline,
    ) -> Result<()> {
        let desk = Desk::new(handler, &self.setting);
        let letter = self.setting.next(&mut self.mailbox, deadline)?;
        desk.serve(letter, Replies::Socket(self.mailbox.share()));
        Ok(())
    }
}

fn bind(addr: &Addr, options: &Options) -> Result<Socket> {
    let family = match addr.ip() {
        Some(ip) if ip.is_ipv6() => Family::INET6,
        Some(_) => Family::INET,
        None => Family::UNIX,
    };
    if options.socket.dual_stack && family != Family::INET6 {
        let rule = "only IPv6 sockets take both; use Family::INET6";
        return Err(Error::invalid("dual stack of", format!("{family:?}"), rule));
    }
    let socket = Socket::new(family, Type::DGRAM, None)?;
    if options.socket.reuse_port {
        socket.set_reuse_port(true)?;
    }
    if family == Family::INET6 {
        socket.set_only_v6(!options.socket.dual_stack)?;
    }
    socket.bind(addr)?;
    Ok(socket)
}

/// A datagram handler, and what all its datagrams share.
pub(crate) struct Desk<H> {
    pub(crate) handler: H,
    pub(crate) stopper: Stopper,
    refused: AtomicU64,
    failed: AtomicU64,
}

impl<H: DatagramHandler> Desk<H> {
    pub(crate) fn new(handler: H, setting: &Setting) -> Self {
        let (refused, failed) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { handler, stopper: setting.stopper.clone(), refused, failed }
    }

    /// Whether the handler wants this datagram.
    fn admits(&self, letter: &Letter) -> bool {
        match isolate::catch(|| self.handler.verify(&letter.peer, &letter.bytes)) {
            Ok(true) => return true,
            Ok(false) => drop(self.refused.fetch_add(1, Ordering::Relaxed)),
            Err(cause) => self.fail(&letter.peer, cause),
        }
        false
    }

    fn serve(&self, letter: Letter, replies: Replies) {
        if self.admits(&letter) {
            let mut datagram = Datagram::new(letter, replies, self.stopper.clone());
            if let Err(cause) = isolate::call(|| self.handler.handle(&mut datagram)) {
                self.fail(datagram.peer(), *cause);
            }
        }
    }

    fn fail(&self, peer: &Addr, cause: Cause) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.tell(&Failure::of(peer, cause));
    }

    fn tell(&self, failure: &Failure) {
        let _ = isolate::catch(|| self.handler.error(failure));
    }

    fn act(&self) {
        if let Err(cause) = isolate::catch(|| self.handler.service_actions()) {
            self.tell(&Failure::nobodys(cause));
        }
    }

    fn tally(&self) -> (u64, u64) {
        (self.refused.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

/// Runs a server on a socket that goes for good when it ends, whoever still holds it.
fn run_on(socket: &Arc<Socket>, run: impl FnOnce() -> Result<Summary>) -> Result<Summary> {
    let summary = run();
    // Without a descriptor for a moment (`EMFILE`) it ends with its last holder instead.
    let _ = socket.close();
    summary
}
