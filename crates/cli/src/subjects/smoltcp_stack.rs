//! From outside: `smoltcp`, a TCP/IP stack of its own, here with a loopback and no other network.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use smoltcp::iface::{Config, Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::phy::{Loopback, Medium};
use smoltcp::socket::{Socket, tcp, udp};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr, IpEndpoint};
use sockrates_core::{Errno, Error, Op, Result};

use super::patience::Patience;

/// The first port that the stack's user, who has to choose them, chooses.
const FIRST_PORT: u16 = 49_152;

/// What an attempt comes to; `None` is that it has to wait.
pub(super) type Attempt<T> = Option<Result<T, Errno>>;

/// A stack that many threads share. It has no thread of its own: whoever calls drives it, and
/// whoever waits drives it when its timers ask for that.
#[derive(Clone)]
pub(super) struct SharedStack(Arc<(Mutex<Stack>, Condvar)>);

/// The stack, and what its user has to keep.
pub(super) struct Stack {
    pub(super) interface: Interface,
    pub(super) sockets: SocketSet<'static>,
    device: Loopback,
    begun: Instant,
    next_port: u16,
    /// Connections that nobody holds any more, but that have not ended yet.
    orphans: Vec<SocketHandle>,
}

impl SharedStack {
    pub(super) fn new() -> Self {
        Self(Arc::new((Mutex::new(Stack::new()), Condvar::new())))
    }

    fn lock(&self) -> MutexGuard<'_, Stack> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work`, and what the stack has to do after it.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Stack) -> T) -> T {
        let mut stack = self.lock();
        stack.turn();
        let done = work(&mut stack);
        stack.turn();
        self.0.1.notify_all();
        done
    }

    /// Tries until there is an answer.
    pub(super) fn until<T>(
        &self,
        op: Op,
        patience: Patience,
        mut attempt: impl FnMut(&mut Stack) -> Attempt<T>,
    ) -> Result<T> {
        let mut stack = self.lock();
        loop {
            let changed = stack.turn();
            if let Some(done) = attempt(&mut stack) {
                stack.turn();
                self.0.1.notify_all();
                return done.map_err(|errno| Error::os(op, errno));
            }
            if patience.is_over() {
                return Err(patience.over(op));
            }
            if changed {
                self.0.1.notify_all();
            }
            stack = match stack.pause(patience) {
                None => self.0.1.wait(stack).unwrap_or_else(PoisonError::into_inner),
                Some(pause) => {
                    let waited = self.0.1.wait_timeout(stack, pause);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl Stack {
    fn new() -> Self {
        let mut device = Loopback::new(Medium::Ip);
        let (begun, zero) = (Instant::now(), smoltcp::time::Instant::ZERO);
        let mut interface = Interface::new(Config::new(HardwareAddress::Ip), &mut device, zero);
        interface.update_ip_addrs(|addrs| {
            addrs.extend([
                IpCidr::new(IpAddress::v4(127, 0, 0, 1), 8),
                IpCidr::new(IpAddress::v6(0, 0, 0, 0, 0, 0, 0, 1), 128),
            ]);
        });
        let sockets = SocketSet::new(Vec::new());
        Self { interface, sockets, device, begun, next_port: FIRST_PORT, orphans: Vec::new() }
    }

    pub(super) fn tcp(&mut self, handle: SocketHandle) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(handle)
    }

    pub(super) fn udp(&mut self, handle: SocketHandle) -> &mut udp::Socket<'static> {
        self.sockets.get_mut(handle)
    }

    /// A port that no socket has.
    pub(super) fn free_port(&mut self) -> u16 {
        loop {
            let port = self.next_port;
            self.next_port = port.checked_add(1).unwrap_or(FIRST_PORT);
            if !self.sockets.iter().any(|(_, socket)| port_of(socket) == port) {
                return port;
            }
        }
    }

    /// Leaves a connection to itself, until it has ended.
    pub(super) fn orphan(&mut self, handle: SocketHandle) {
        self.orphans.push(handle);
    }

    /// Everything that can be done now; whether that may have changed a socket.
    fn turn(&mut self) -> bool {
        let mut changed = false;
        loop {
            let now = self.now();
            let polled = self.interface.poll(now, &mut self.device, &mut self.sockets);
            let swept = self.sweep();
            if polled == PollResult::None && !swept {
                return changed;
            }
            changed = true;
        }
    }

    /// Takes away connections that have ended, and resets those to which bytes have come that
    /// nobody will receive; whether there was any of these.
    fn sweep(&mut self) -> bool {
        let mut reset = false;
        let sockets = &mut self.sockets;
        self.orphans.retain(|handle| {
            let socket = sockets.get_mut::<tcp::Socket<'_>>(*handle);
            let over = match socket.state() {
                // The reset that ends it may still be on its way out.
                tcp::State::Closed => socket.remote_endpoint().is_none(),
                tcp::State::TimeWait => true,
                _ if socket.can_recv() => {
                    socket.abort();
                    reset = true;
                    false
                }
                _ => false,
            };
            if over {
                sockets.remove(*handle);
            }
            !over
        });
        reset
    }

    fn now(&self) -> smoltcp::time::Instant {
        let micros = self.begun.elapsed().as_micros();
        smoltcp::time::Instant::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// How long may be waited: to the deadline, or until the stack has something to do.
    fn pause(&mut self, patience: Patience) -> Option<Duration> {
        let now = self.now();
        let delay = self.interface.poll_delay(now, &self.sockets).map(Duration::from);
        match (delay, patience.deadline.remaining()) {
            (Some(delay), Some(left)) => Some(delay.min(left)),
            (one, other) => one.or(other),
        }
    }
}

fn port_of(socket: &Socket<'_>) -> u16 {
    match socket {
        Socket::Tcp(socket) => {
            socket.local_endpoint().map_or(socket.listen_endpoint().port, |local| local.port)
        }
        Socket::Udp(socket) => socket.endpoint().port,
    }
}

/// An address as the stack has it.
pub(super) fn endpoint(addr: SocketAddr) -> IpEndpoint {
    IpEndpoint::from(addr)
}

/// An address of the stack.
pub(super) fn socket_addr(endpoint: IpEndpoint) -> SocketAddr {
    SocketAddr::new(endpoint.addr.into(), endpoint.port)
}

/// A number of routers, as the stack takes it: 0 would be a panic.
pub(super) fn hops(value: i32) -> Result<u8> {
    let hops = u8::try_from(value).ok().filter(|hops| *hops > 0);
    hops.ok_or(Error::os(Op::SetOption, Errno::EINVAL))
}
