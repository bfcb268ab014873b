//! Faults planted between the oracle and the sockets: what it has to find, so that its silence
//! means something.

use std::time::Duration;

use sockrates_core::{Errno, Mode, RecvFlags};
use sockrates_socket::{Socket, Type};

use super::operation::{Flag, Operation, Place, Slot, Timeout, payload};
use super::ours::{self, Performer, SLOW_LEN, Sockets};
use super::outcome::{Outcome, Value};

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `listen(-1)` gets to the system as it is: the most room instead of the least.
    ListenUnclamped,
    /// `connect_ex` returns `ETIMEDOUT` where its time is up.
    ConnectExTimedOut,
    /// `send_all` gives each of its sends the whole timeout.
    SendAllPerSend,
    /// `MSG_WAITALL` is a loop that an error ends, with what had come lost; on datagrams too.
    WaitAllLoops,
    /// `recv` with an empty buffer takes a datagram.
    EmptyRecvTakes,
    /// `<broadcast>` is a host name like any other.
    BroadcastUnknown,
    /// Shutting down what is not connected succeeds.
    ShutdownUnconnected,
}

impl Fault {
    /// All of them, with their names.
    pub(crate) const ALL: [(&'static str, Self); 7] = [
        ("listen-unclamped", Self::ListenUnclamped),
        ("connect-ex-timed-out", Self::ConnectExTimedOut),
        ("send-all-per-send", Self::SendAllPerSend),
        ("waitall-loops", Self::WaitAllLoops),
        ("empty-recv-takes", Self::EmptyRecvTakes),
        ("broadcast-unknown", Self::BroadcastUnknown),
        ("shutdown-unconnected", Self::ShutdownUnconnected),
    ];

    /// The one of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
    }
}

/// The sockets with a fault in front of them.
pub(crate) struct Planted {
    fault: Fault,
    sockets: Sockets,
}

impl Planted {
    /// Sockets with this fault.
    pub(crate) fn new(fault: Fault) -> Self {
        Self { fault, sockets: Sockets::default() }
    }
}

impl Performer for Planted {
    fn perform(&mut self, step: usize, operation: &Operation) -> Outcome {
        if let Some(wrong) = self.instead(step, operation) {
            return wrong;
        }
        let outcome = self.sockets.perform(step, operation);
        match (self.fault, operation) {
            (Fault::ConnectExTimedOut, Operation::ConnectEx { slot, .. })
                if self.times_out(*slot)
                    && outcome.value == Value::Number(Errno::EAGAIN.code().into()) =>
            {
                Outcome::ok(Value::Number(Errno::ETIMEDOUT.code().into()))
            }
            (Fault::ShutdownUnconnected, Operation::Shutdown { .. })
                if outcome.errno == Some(Errno::ENOTCONN.code()) =>
            {
                Outcome::ok(Value::None)
            }
            _ => outcome,
        }
    }

    fn socket(&self, slot: Slot) -> Option<&Socket> {
        self.sockets.socket(slot)
    }
}

impl Planted {
    /// What the fault makes of `operation`, where that is another call.
    fn instead(&mut self, step: usize, operation: &Operation) -> Option<Outcome> {
        let socket = self.sockets.socket(operation.slot())?;
        match (self.fault, operation) {
            (Fault::ListenUnclamped, Operation::Listen { slot, backlog: Some(negative) })
                if *negative < 0 =>
            {
                let most = Operation::Listen { slot: *slot, backlog: Some(i32::MAX) };
                Some(self.sockets.perform(step, &most))
            }
            (Fault::SendAllPerSend, Operation::SendAllSlowly { reader, .. }) => {
                let reader = self.sockets.socket(*reader)?;
                let bytes = payload(step, SLOW_LEN);
                Some(ours::slowly(socket, reader, || {
                    // More than the whole timeout: where the machine keeps the reader from its
                    // turn for that long, the fault would look sound.
                    socket.set_timeout(Some(PATIENT))?;
                    let mut done = 0;
                    while done < bytes.len() {
                        done += socket.send(&bytes[done..])?;
                    }
                    Ok(())
                }))
            }
            (Fault::WaitAllLoops, Operation::Recv { len, flag: Flag::WaitAll, .. })
                // In others it would wait for long, or for ever.
                if socket.mode() == Mode::NonBlocking || self.times_out(operation.slot()) =>
            {
                Some(looping(socket, *len))
            }
            (Fault::EmptyRecvTakes, Operation::Recv { len: 0, flag: Flag::Plain, .. })
                if socket.socket_type() == Type::DGRAM =>
            {
                // Whatever comes of it, the outcome is that of the right call.
                let _ = socket.recv_with(&mut [0], RecvFlags::DONTWAIT);
                None
            }
            (
                Fault::BroadcastUnknown,
                Operation::Bind { to: Place::Broadcast, .. }
                | Operation::Connect { to: Place::Broadcast, .. }
                | Operation::ConnectEx { to: Place::Broadcast, .. }
                | Operation::SendTo { to: Place::Broadcast, .. },
            ) => Some(Outcome::failed("gaierror", Some(libc::EAI_NONAME))),
            _ => None,
        }
    }

    fn times_out(&self, slot: Slot) -> bool {
        let short = Timeout::Short.seconds().map(Duration::from_secs_f64);
        self.sockets.socket(slot).is_some_and(|socket| socket.timeout() == short)
    }
}

/// The timeout that is too long.
const PATIENT: Duration = Duration::from_secs(10);

fn looping(socket: &Socket, len: usize) -> Outcome {
    let mut buf = vec![0; len];
    let mut have = 0;
    while have < len {
        match socket.recv(&mut buf[have..]) {
            Ok(got) if got.len == 0 => break,
            Ok(got) => have += got.len,
            Err(error) => return ours::failure(&error),
        }
    }
    Outcome::ok(Value::Bytes(ours::received(have, &buf)))
}
