//! A server of connections.

use std::sync::Arc;

use sockrates_core::{Addr, Deadline, Error, Result};
use sockrates_socket::{Address, Family, Socket, Type, create_server_at};

use crate::gate::Gate;
use crate::policy::Policy;
use crate::running::Running;
use crate::service::Service;
use crate::setting::Setting;
use crate::{Handler, Options, Stopper, Summary};

/// A server of connections, TCP or `AF_UNIX`, that listens and does not serve yet.
///
/// Clients can connect from now on, and wait until it serves. Dropping it closes it.
///
/// On a path the socket's file is made by binding and removed when the server stops or is dropped
/// (Python leaves it behind). One that another left behind is `EADDRINUSE`, and never removed:
/// somebody may be listening on it.
///
/// ```
/// use sockrates_server::{Connection, StreamServer, Threads};
///
/// let server = StreamServer::bind(("127.0.0.1", 0))?;
/// let addr = server.local_addr()?;
/// let stopper = server.stopper();
/// # let _ = (addr, &stopper);
/// # stopper.stop();
/// server.serve(&Threads::new(64), |conn: &mut Connection| conn.send_all(b"hello\n"))?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// Source: Python `socketserver.TCPServer`, `UnixStreamServer`.
#[doc(alias = "TCPServer")]
#[doc(alias = "UnixStreamServer")]
#[derive(Debug)]
pub struct StreamServer {
    // Dropped first: the file goes before the listener does.
    pub(crate) setting: Setting,
    pub(crate) gate: Gate,
}

impl StreamServer {
    /// A server on `addr`: a host and a port, a socket address or a path.
    ///
    /// # Errors
    /// As in [`bind_with`](Self::bind_with).
    #[doc(alias = "server_bind")]
    #[doc(alias = "server_activate")]
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
        let listener = listen(&addr, options)?;
        setting.own_file(&addr);
        Ok(Self { setting, gate: Gate::new(listener)? })
    }

    /// A server on a listener that was made elsewhere, as by `systemd`. The file of one on a path
    /// is not removed.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `EMFILE`.
    pub fn from_listener(listener: Socket, options: &Options) -> Result<Self> {
        let setting = Setting::new(options)?;
        Ok(Self { setting, gate: Gate::new(listener)? })
    }

    /// The address that clients connect to, with the port that the system chose.
    ///
    /// # Errors
    /// The errno of `getsockname`.
    #[doc(alias = "server_address")]
    pub fn local_addr(&self) -> Result<Addr> {
        self.gate.listener().local_addr()
    }

    /// What stops it, now or later.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.setting.stopper.clone()
    }

    /// The listening socket, for options.
    #[doc(alias = "fileno")]
    #[must_use]
    pub fn socket(&self) -> &Socket {
        self.gate.listener()
    }

    /// Serves on this thread until it is stopped and the last connection has ended or was cut.
    ///
    /// # Errors
    /// Where listening or waiting itself fails, which no client can bring about.
    #[doc(alias = "serve_forever")]
    pub fn serve<S>(self, policy: impl Policy<S>, service: S) -> Result<Summary> {
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
        P: Policy<S> + Send + 'static,
    {
        let (addr, stopper) = (self.local_addr()?, self.stopper());
        Running::start(addr, stopper, move || policy.run(self, service))
    }

    /// Waits for one client until `deadline` and serves it, on this thread. It is bounded by
    /// [`idle_timeout`](Options::idle_timeout) and [`lifetime`](Options::lifetime), and not cut by
    /// a stop.
    ///
    /// # Errors
    /// [`Error::TimedOut`]; `EBADF` once it is stopped; `EMFILE`. What the handler does wrong is
    /// told to [`Handler::error`].
    pub fn handle_request(&mut self, handler: impl Handler, deadline: Deadline) -> Result<()> {
        let service = Service::new(handler, &self.setting);
        let (socket, peer) = self.setting.next(&mut self.gate, deadline)?;
        if service.admits(&peer) {
            service.serve(Arc::new(socket), peer);
        }
        Ok(())
    }
}

fn listen(addr: &Addr, options: &Options) -> Result<Socket> {
    if addr.as_inet().is_some() {
        return create_server_at(addr, &options.socket);
    }
    let made = || {
        let socket = Socket::new(Family::UNIX, Type::STREAM, None)?;
        socket.bind(addr)?;
        socket.listen(options.socket.backlog)?;
        Ok(socket)
    };
    made().map_err(|error| Error::At { addr: addr.clone(), error: Box::new(error) })
}
