//! Our servers.

use std::io;
use std::net::SocketAddr;

use sockrates_core::{Deadline, Result, Stream};
use sockrates_server::{
    Connection, EventLoop, Options, Output, Policy, Processes, Protocol, Sequential, StreamServer,
    Threads,
};
use sockrates_socket::ServerOptions;

use super::BACKLOG;

/// Serves by one thread for ever.
pub(super) fn event_loop(tell: fn(io::Result<SocketAddr>)) -> io::Result<()> {
    serve(EventLoop::new(), || Echo, tell)
}

/// Serves by at most `max` threads for ever.
pub(super) fn threads(max: usize, tell: fn(io::Result<SocketAddr>)) -> io::Result<()> {
    serve(Threads::new(max), echo as fn(&mut Connection) -> Result<()>, tell)
}

/// Serves one connection after the other for ever.
pub(super) fn sequential(tell: fn(io::Result<SocketAddr>)) -> io::Result<()> {
    serve(Sequential::new(), echo as fn(&mut Connection) -> Result<()>, tell)
}

/// Serves by a process for each connection for ever.
pub(super) fn processes(tell: fn(io::Result<SocketAddr>)) -> io::Result<()> {
    serve(Processes::new(PROCESSES_MAX), echo as fn(&mut Connection) -> Result<()>, tell)
}

/// Serves the connection that this process was started for, if it was.
pub(super) fn enter_child() {
    sockrates_server::enter_child(&(echo as fn(&mut Connection) -> Result<()>));
}

/// As many as CPython's.
const PROCESSES_MAX: usize = 40;

fn serve<S>(
    policy: impl Policy<S>,
    service: S,
    tell: fn(io::Result<SocketAddr>),
) -> io::Result<()> {
    let socket = ServerOptions { backlog: Some(BACKLOG), ..ServerOptions::default() };
    let options = Options { socket, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options)?;
    let addr = server.local_addr()?;
    tell(addr.as_inet().ok_or(io::ErrorKind::InvalidData.into()));
    server.serve(policy, service)?;
    Ok(())
}

struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(bytes);
        Ok(bytes.len())
    }
}

/// What the peer of std does, on a connection of ours.
fn echo(conn: &mut Connection) -> Result<()> {
    let mut room = [0; 4 * 1024];
    loop {
        match conn.recv_some(&mut room, Deadline::NEVER)? {
            0 => return Ok(()),
            len => conn.send_all(&room[..len])?,
        }
    }
}
