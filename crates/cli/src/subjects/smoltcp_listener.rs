//! From outside: listeners of `smoltcp`.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::State;
use sockrates_core::{Addr, Deadline, Endpoint, Listener, Mode, Op, Result};

use super::patience::Patience;
use super::smoltcp_stack::{Attempt, SharedStack, Stack, endpoint};
use super::smoltcp_tcp::{SmoltcpStream, new_socket};

/// How many clients can knock at a listener before it accepts: that many sockets listen, since the
/// stack has no queue.
const LISTENING: usize = 16;

/// As many sockets as clients may knock.
pub(super) struct SmoltcpListener {
    stack: SharedStack,
    pub(super) addr: SocketAddr,
    listening: Mutex<VecDeque<SocketHandle>>,
}

impl SmoltcpListener {
    pub(super) fn new(stack: &SharedStack, ip: IpAddr) -> Self {
        let (addr, listening) = stack.with(|stack| {
            let addr = SocketAddr::new(ip, stack.free_port());
            let handles = (0..LISTENING).map(|_| listening_at(stack, addr)).collect();
            (addr, handles)
        });
        Self { stack: stack.clone(), addr, listening: Mutex::new(listening) }
    }

    /// The first of the sockets to have a connection. One whose client has reset it listens again.
    fn take(&self, stack: &mut Stack) -> Attempt<SmoltcpStream> {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        for handle in listening.iter_mut() {
            match stack.tcp(*handle).state() {
                State::Listen | State::SynReceived => {}
                State::Closed => {
                    stack.sockets.remove(*handle);
                    *handle = listening_at(stack, self.addr);
                }
                _ => {
                    let next = listening_at(stack, self.addr);
                    let taken = std::mem::replace(handle, next);
                    return Some(Ok(SmoltcpStream::new(&self.stack, taken, self.addr)));
                }
            }
        }
        None
    }
}

fn listening_at(stack: &mut Stack, addr: SocketAddr) -> SocketHandle {
    let mut socket = new_socket();
    let listens = socket.listen(endpoint(addr));
    assert!(listens.is_ok(), "a new socket listens at any port but 0");
    stack.sockets.add(socket)
}

impl Listener for SmoltcpListener {
    type Conn = SmoltcpStream;

    fn accept(&self, deadline: Deadline) -> Result<(SmoltcpStream, Addr)> {
        let patience = Patience::of(Mode::Blocking, false, deadline);
        let stream = self.stack.until(Op::Accept, patience, |stack| self.take(stack))?;
        let from = stream.peer_addr().unwrap_or(Addr::Unnamed);
        Ok((stream, from))
    }

    fn local_addr(&self) -> Result<Addr> {
        Ok(self.addr.into())
    }
}

impl Drop for SmoltcpListener {
    fn drop(&mut self) {
        let listening =
            std::mem::take(self.listening.get_mut().unwrap_or_else(PoisonError::into_inner));
        self.stack.with(|stack| {
            for handle in listening {
                stack.tcp(handle).abort();
                stack.orphan(handle);
            }
        });
    }
}
