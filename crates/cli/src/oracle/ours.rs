//! Our side: the sockets of `sockrates-socket`, driven as the program says.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use sockrates_core::{Addr, Errno, Error, Mode, Recv, RecvFlags, Result, SocketOption};
use sockrates_socket::{Socket, Type};

use super::operation::{
    self, Family, Flag, Kind, Operation, Opt, Place, Slot, Step, Wait, payload,
};
use super::outcome::{Outcome, Value};
use super::ports::Ports;
use super::settling;

/// Who carries out the operations of one program.
pub(crate) trait Performer {
    /// Carries out operation number `step`.
    fn perform(&mut self, step: usize, operation: &Operation) -> Outcome;

    /// The socket of that number.
    fn socket(&self, slot: Slot) -> Option<&Socket>;
}

/// Carries out `steps` and tells what each comes to, for as long as somebody listens. It ends early
/// where what was waited for did not come about.
pub(crate) fn run(
    performer: &mut dyn Performer,
    steps: &[Step],
    patience: Duration,
    told: &mut dyn FnMut(Outcome) -> bool,
) {
    for (number, step) in steps.iter().enumerate() {
        let mut outcome = performer.perform(number, &step.operation);
        let settled = |wait: &Wait| settling::settled(performer, *wait, patience);
        outcome.unsettled = !step.then.iter().all(settled);
        let unsettled = outcome.unsettled;
        if !told(outcome) || unsettled {
            break;
        }
    }
}

/// The sockets of one program.
#[derive(Default)]
pub(crate) struct Sockets {
    sockets: BTreeMap<Slot, Socket>,
    ports: Ports,
}

impl Performer for Sockets {
    fn perform(&mut self, step: usize, operation: &Operation) -> Outcome {
        if let Operation::Create { slot, family, kind, timeout } = *operation {
            return said(self.create(slot, family, kind, timeout), |()| Value::None);
        }
        let Some(socket) = self.sockets.get(&operation.slot()) else {
            return Outcome::absent();
        };
        match *operation {
            Operation::Bind { to, .. } => {
                nothing(self.place(socket, to, true).and_then(|place| socket.bind(place)))
            }
            Operation::Listen { backlog, .. } => nothing(socket.listen(backlog)),
            Operation::Connect { to, .. } => {
                nothing(self.place(socket, to, false).and_then(|place| socket.connect(place)))
            }
            Operation::ConnectEx { to, .. } => {
                let errno = self.place(socket, to, false).and_then(|to| socket.connect_ex(to));
                said(errno, |errno| Value::Number(errno.code().into()))
            }
            Operation::Send { len, .. } => number(socket.send(&payload(step, len))),
            Operation::SendTo { len, to, .. } => {
                let to = self.place(socket, to, false);
                number(to.and_then(|to| socket.send_to(&payload(step, len), to)))
            }
            Operation::SendAll { len, .. } => sent_all(socket.send_all(&payload(step, len))),
            Operation::SendAllSlowly { reader, .. } => self.send_all_slowly(step, socket, reader),
            Operation::Recv { len, flag, .. } => receive(socket, len, flag),
            Operation::RecvFrom { .. } | Operation::Accept { .. } | Operation::Dup { .. } => {
                self.changing(operation)
            }
            Operation::Shutdown { how, .. } => nothing(socket.shutdown_code(how)),
            Operation::SetTimeout { timeout, .. } => {
                let mode = Mode::from_secs(timeout.seconds());
                nothing(mode.and_then(|mode| socket.set_mode(mode)))
            }
            Operation::SetBlocking { on, .. } => nothing(socket.set_blocking(on)),
            Operation::GetTimeout { .. } => Outcome::ok(Value::Text(timeout(socket))),
            Operation::GetSockName { .. } => {
                let (of, name) = (kind(socket), socket.local_addr());
                self.told(of, name)
            }
            Operation::GetPeerName { .. } => {
                let (of, name) = (kind(socket), socket.peer_addr());
                self.told(of, name)
            }
            Operation::GetOption { option, .. } => {
                said(socket.option(of_ours(option)), |value| Value::Number(value.into()))
            }
            Operation::SetOption { option, value, .. } => {
                nothing(socket.set_option(of_ours(option), value))
            }
            Operation::Close { .. } => {
                let name = socket.local_addr();
                let closed = socket.close();
                if let (Ok(name), Type::DGRAM) = (name, socket.socket_type()) {
                    self.ports.hold(&name);
                }
                nothing(closed)
            }
            Operation::Create { .. } => Outcome::absent(),
        }
    }

    fn socket(&self, slot: Slot) -> Option<&Socket> {
        self.sockets.get(&slot)
    }
}

impl Sockets {
    fn create(
        &mut self,
        slot: Slot,
        family: Family,
        kind: Kind,
        timeout: operation::Timeout,
    ) -> Result<()> {
        let family = match family {
            Family::V4 => sockrates_socket::Family::INET,
            Family::V6 => sockrates_socket::Family::INET6,
        };
        let kind = match kind {
            Kind::Tcp => Type::STREAM,
            Kind::Udp => Type::DGRAM,
        };
        let socket = Socket::new(family, kind, None)?;
        socket.set_mode(Mode::from_secs(timeout.seconds())?)?;
        self.sockets.insert(slot, socket);
        Ok(())
    }

    /// The operations that make sockets, or come across addresses.
    fn changing(&mut self, operation: &Operation) -> Outcome {
        let Some(socket) = self.sockets.get(&operation.slot()) else {
            return Outcome::absent();
        };
        let of = kind(socket);
        match *operation {
            Operation::Accept { into, .. } => match socket.accept() {
                Ok((accepted, addr)) => {
                    self.sockets.insert(into, accepted);
                    self.told(of, Ok(addr))
                }
                Err(error) => failure(&error),
            },
            Operation::Dup { into, .. } => match socket.dup() {
                Ok(other) => {
                    self.sockets.insert(into, other);
                    Outcome::ok(Value::None)
                }
                Err(error) => failure(&error),
            },
            Operation::RecvFrom { len, flag, .. } => {
                let mut buf = vec![0; len];
                let got = match flag {
                    Flag::Plain => socket.recv_from(&mut buf),
                    flag => socket.recv_from_with(&mut buf, flags(flag)),
                };
                match got {
                    Ok(got) => self.message(of, got, &buf),
                    Err(error) => failure_after(&error, &buf),
                }
            }
            _ => Outcome::absent(),
        }
    }

    fn message(
        &mut self,
        of: (sockrates_socket::Family, Type),
        got: Recv<Addr>,
        buf: &[u8],
    ) -> Outcome {
        let from = match got.peer {
            Addr::Inet(from) => Some((from.ip().to_string(), self.ports.nth(of, from.port()))),
            _ => None,
        };
        let mut outcome = Outcome::ok(Value::Message(received(got.len, buf), from));
        outcome.truncated = got.truncated;
        outcome
    }

    fn told(&mut self, of: (sockrates_socket::Family, Type), addr: Result<Addr>) -> Outcome {
        match addr {
            Ok(Addr::Inet(addr)) => {
                Outcome::ok(Value::Address(addr.ip().to_string(), self.ports.nth(of, addr.port())))
            }
            Ok(other) => Outcome::ok(Value::Text(other.to_string())),
            Err(error) => failure(&error),
        }
    }

    fn place(&self, socket: &Socket, to: Place, to_bind: bool) -> Result<(String, i64)> {
        if let Place::Of(other) = to
            && let Some(other) = self.sockets.get(&other)
            && let Addr::Inet(addr) = other.local_addr()?
        {
            return Ok((addr.ip().to_string(), addr.port().into()));
        }
        let v4 = socket.family() == sockrates_socket::Family::INET;
        let family = if v4 { Family::V4 } else { Family::V6 };
        let (host, port) = to.spelled(family, to_bind);
        Ok((host.to_owned(), port))
    }

    fn send_all_slowly(&self, step: usize, socket: &Socket, reader: Slot) -> Outcome {
        let Some(reader) = self.sockets.get(&reader) else { return Outcome::absent() };
        slowly(socket, reader, || socket.send_all(&payload(step, SLOW_LEN)))
    }
}

/// What `send` comes to on `socket`, with small buffers and a timeout, while `reader` takes a
/// little now and then.
pub(crate) fn slowly(
    socket: &Socket,
    reader: &Socket,
    send: impl FnOnce() -> Result<()>,
) -> Outcome {
    let made = socket
        .set_send_buffer_size(SLOW_BUFFER)
        .and_then(|()| reader.set_recv_buffer_size(SLOW_BUFFER))
        .and_then(|()| socket.set_timeout(Some(SLOW_TIMEOUT)));
    if let Err(error) = made {
        return failure(&error);
    }
    let (ended, ending) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut buf = vec![0; SLOW_BUFFER];
            while ending.recv_timeout(SLOW_PACE) == Err(RecvTimeoutError::Timeout) {
                match reader.recv_with(&mut buf, RecvFlags::DONTWAIT) {
                    Ok(Recv { len: 0, .. }) => return,
                    Err(error) if !error.would_block() => return,
                    _ => {}
                }
            }
        });
        let outcome = sent_all(send());
        drop(ended);
        outcome
    })
}

impl Drop for Sockets {
    /// Closes with resets, so that no port stays taken for a minute.
    fn drop(&mut self) {
        for socket in self.sockets.values() {
            if socket.socket_type() == Type::STREAM && !socket.is_closed() {
                // One that is not connected has nobody to reset.
                let _ = socket.set_linger(Some(Duration::ZERO));
            }
        }
    }
}

pub(crate) fn receive(socket: &Socket, len: usize, flag: Flag) -> Outcome {
    let mut buf = vec![0; len];
    let got = match flag {
        Flag::Plain => socket.recv(&mut buf),
        flag => socket.recv_with(&mut buf, flags(flag)),
    };
    match got {
        Ok(got) => {
            let mut outcome = Outcome::ok(Value::Bytes(received(got.len, &buf)));
            outcome.truncated = got.truncated;
            outcome
        }
        Err(error) => failure_after(&error, &buf),
    }
}

/// The outcome of a receive that failed with bytes of `buf` filled before.
pub(crate) fn failure_after(error: &Error, buf: &[u8]) -> Outcome {
    let mut outcome = failure(error);
    if error.done() > 0 {
        outcome.done = Value::Bytes(received(error.done(), buf));
    }
    outcome
}

pub(crate) fn nothing(outcome: Result<()>) -> Outcome {
    said(outcome, |()| Value::None)
}

fn sent_all(outcome: Result<()>) -> Outcome {
    let done = outcome.as_ref().err().map_or(0, Error::done);
    let mut outcome = nothing(outcome);
    if done > 0 {
        outcome.done = Value::Number(done as i64);
    }
    outcome
}

fn number(outcome: Result<usize>) -> Outcome {
    said(outcome, |number| Value::Number(number as i64))
}

fn said<T>(outcome: Result<T>, value: impl FnOnce(T) -> Value) -> Outcome {
    match outcome {
        Ok(returned) => Outcome::ok(value(returned)),
        Err(error) => failure(&error),
    }
}

/// The outcome of a failure, in Python's words.
pub(crate) fn failure(error: &Error) -> Outcome {
    match error {
        Error::Os { errno, .. } => errno_outcome(*errno),
        Error::TimedOut { .. } => Outcome::failed("TimeoutError", None),
        Error::Resolve { code, .. } => Outcome::failed("gaierror", Some(*code)),
        Error::Invalid { .. } => Outcome::failed("ValueError", None),
        Error::At { error, .. } => failure(error),
        other => {
            let mut outcome = Outcome::failed("another error", None);
            outcome.value = Value::Text(other.to_string());
            outcome
        }
    }
}

fn errno_outcome(errno: Errno) -> Outcome {
    Outcome::failed(errno.python_name(), Some(errno.code()))
}

/// The bytes of `buf` that were received, in hexadecimal. A length over that of `buf` is what a
/// datagram had; it shows, by as many dots.
pub(crate) fn received(len: usize, buf: &[u8]) -> String {
    let mut hex = String::with_capacity(len * 2);
    for byte in &buf[..len.min(buf.len())] {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex.extend(std::iter::repeat_n("..", len.saturating_sub(buf.len())));
    hex
}

fn kind(socket: &Socket) -> (sockrates_socket::Family, Type) {
    (socket.family(), socket.socket_type())
}

fn timeout(socket: &Socket) -> String {
    let shown = match socket.timeout() {
        None => "none".to_owned(),
        Some(timeout) => format!("{:.3}", timeout.as_secs_f64()),
    };
    format!("{shown} {}", socket.is_blocking())
}

fn flags(flag: Flag) -> RecvFlags {
    match flag {
        Flag::Plain => RecvFlags::NONE,
        Flag::Peek => RecvFlags::PEEK,
        Flag::WaitAll => RecvFlags::WAITALL,
        Flag::DontWait => RecvFlags::DONTWAIT,
        Flag::Trunc => RecvFlags::TRUNC,
    }
}

fn of_ours(option: Opt) -> SocketOption {
    match option {
        Opt::Error => SocketOption::Raw { level: libc::SOL_SOCKET, name: libc::SO_ERROR },
        Opt::Type => SocketOption::SocketType,
        Opt::AcceptConn => SocketOption::AcceptConn,
        Opt::KeepAlive => SocketOption::KeepAlive,
        Opt::Broadcast => SocketOption::Broadcast,
        Opt::NoDelay => SocketOption::NoDelay,
    }
}

/// What `SendAllSlowly` sends, to whom. The driver in Python has the same numbers.
pub(crate) const SLOW_LEN: usize = 2 << 20;
const SLOW_BUFFER: usize = 65536;
const SLOW_TIMEOUT: Duration = Duration::from_millis(100);
const SLOW_PACE: Duration = Duration::from_millis(8);
