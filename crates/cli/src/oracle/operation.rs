//! What a program is made of: operations on numbered sockets, and what to wait for after each.

use serde::{Deserialize, Serialize};

/// The number of a socket in a program.
pub(crate) type Slot = u8;

/// One operation and what to wait for once it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// The operation.
    #[serde(flatten)]
    pub(crate) operation: Operation,
    /// What the operation brings about elsewhere, so that the next one does not race it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) then: Vec<Wait>,
}

/// One call of a socket's method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Operation {
    /// `socket.socket`, then `settimeout`.
    Create { slot: Slot, family: Family, kind: Kind, timeout: Timeout },
    /// `bind`.
    Bind { slot: Slot, to: Place },
    /// `listen`; `None` is without an argument.
    Listen { slot: Slot, backlog: Option<i32> },
    /// `connect`.
    Connect { slot: Slot, to: Place },
    /// `connect_ex`.
    ConnectEx { slot: Slot, to: Place },
    /// `accept`; the connection becomes socket `into`.
    Accept { slot: Slot, into: Slot },
    /// `send` of `len` bytes.
    Send { slot: Slot, len: usize },
    /// `sendto`.
    SendTo { slot: Slot, len: usize, to: Place },
    /// `sendall`.
    SendAll { slot: Slot, len: usize },
    /// `sendall` of more than fits, to a peer that takes a little now and then.
    SendAllSlowly { slot: Slot, reader: Slot },
    /// `recv`.
    Recv { slot: Slot, len: usize, flag: Flag },
    /// `recvfrom`.
    RecvFrom { slot: Slot, len: usize, flag: Flag },
    /// `shutdown`, by number.
    Shutdown { slot: Slot, how: i32 },
    /// `settimeout`.
    SetTimeout { slot: Slot, timeout: Timeout },
    /// `setblocking`.
    SetBlocking { slot: Slot, on: bool },
    /// `gettimeout` and `getblocking`.
    GetTimeout { slot: Slot },
    /// `getsockname`.
    GetSockName { slot: Slot },
    /// `getpeername`.
    GetPeerName { slot: Slot },
    /// `getsockopt` of an `int`.
    GetOption { slot: Slot, option: Opt },
    /// `setsockopt` of an `int`.
    SetOption { slot: Slot, option: Opt, value: i32 },
    /// `dup`; the new handle becomes socket `into`.
    Dup { slot: Slot, into: Slot },
    /// `close`.
    Close { slot: Slot },
}

impl Operation {
    /// The socket that it is called on.
    pub(crate) fn slot(&self) -> Slot {
        match *self {
            Self::Create { slot, .. }
            | Self::Bind { slot, .. }
            | Self::Listen { slot, .. }
            | Self::Connect { slot, .. }
            | Self::ConnectEx { slot, .. }
            | Self::Accept { slot, .. }
            | Self::Send { slot, .. }
            | Self::SendTo { slot, .. }
            | Self::SendAll { slot, .. }
            | Self::SendAllSlowly { slot, .. }
            | Self::Recv { slot, .. }
            | Self::RecvFrom { slot, .. }
            | Self::Shutdown { slot, .. }
            | Self::SetTimeout { slot, .. }
            | Self::SetBlocking { slot, .. }
            | Self::GetTimeout { slot }
            | Self::GetSockName { slot }
            | Self::GetPeerName { slot }
            | Self::GetOption { slot, .. }
            | Self::SetOption { slot, .. }
            | Self::Dup { slot, .. }
            | Self::Close { slot } => slot,
        }
    }

    /// The socket that it makes.
    pub(crate) fn makes(&self) -> Option<Slot> {
        match *self {
            Self::Create { slot, .. } => Some(slot),
            Self::Accept { into, .. } | Self::Dup { into, .. } => Some(into),
            _ => None,
        }
    }

    /// Whom it names as an address, or reads from.
    pub(crate) fn names(&self) -> Option<Slot> {
        match *self {
            Self::Bind { to: Place::Of(other), .. }
            | Self::Connect { to: Place::Of(other), .. }
            | Self::ConnectEx { to: Place::Of(other), .. }
            | Self::SendTo { to: Place::Of(other), .. } => Some(other),
            Self::SendAllSlowly { reader, .. } => Some(reader),
            _ => None,
        }
    }
}

/// The address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Family {
    /// `AF_INET`.
    V4,
    /// `AF_INET6`.
    V6,
}

/// The type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// `SOCK_STREAM`.
    Tcp,
    /// `SOCK_DGRAM`.
    Udp,
}

/// A timeout, by name: what it is for rather than how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Timeout {
    /// Waits as long as it takes.
    None,
    /// Never waits.
    Zero,
    /// Never waits.
    MinusZero,
    /// For what is to time out.
    Short,
    /// For what is not to time out.
    Long,
    /// No timeout: refused.
    Negative,
    /// No timeout: refused.
    Nan,
    /// No timeout: refused.
    Infinite,
    /// No timeout: refused.
    Huge,
}

impl Timeout {
    /// In seconds, as `settimeout` takes it. The driver in Python has the same table.
    pub(crate) fn seconds(self) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Zero => Some(0.0),
            Self::MinusZero => Some(-0.0),
            Self::Short => Some(0.004),
            Self::Long => Some(20.0),
            Self::Negative => Some(-1.0),
            Self::Nan => Some(f64::NAN),
            Self::Infinite => Some(f64::INFINITY),
            Self::Huge => Some(1e18),
        }
    }

    /// Whether `settimeout` takes it.
    pub(crate) fn is_one(self) -> bool {
        !matches!(self, Self::Negative | Self::Nan | Self::Infinite | Self::Huge)
    }
}

/// An address. Ports are never spelled: the system chooses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// The local address of that socket.
    Of(Slot),
    /// The loopback, port 0.
    Loopback,
    /// An empty host, port 0.
    Anywhere,
    /// `127.1`, port 0.
    Shorthand,
    /// `<broadcast>`: port 0 to bind, else 9.
    Broadcast,
    /// An address of no machine here, port 0.
    Foreign,
    /// A literal of the other family.
    OtherFamily,
    /// `fe80::1%lo`, port 0.
    Zone,
    /// Port 65536.
    PortTooLarge,
    /// Port -1.
    PortNegative,
}

impl Place {
    /// The host and the port, for a socket of `family`; of a socket's address the caller knows.
    pub(crate) fn spelled(self, family: Family, to_bind: bool) -> (&'static str, i64) {
        let v4 = family == Family::V4;
        let loopback = if v4 { "127.0.0.1" } else { "::1" };
        match self {
            Self::Of(_) | Self::Loopback => (loopback, 0),
            Self::Anywhere => ("", 0),
            Self::Shorthand => ("127.1", 0),
            Self::Broadcast => ("<broadcast>", if to_bind { 0 } else { 9 }),
            Self::Foreign => (if v4 { "192.0.2.1" } else { "2001:db8::1" }, 0),
            Self::OtherFamily => (if v4 { "::1" } else { "127.0.0.1" }, 9),
            Self::Zone => ("fe80::1%lo", 0),
            Self::PortTooLarge => (loopback, 65536),
            Self::PortNegative => (loopback, -1),
        }
    }
}

/// The flag of a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Flag {
    /// None.
    Plain,
    /// `MSG_PEEK`.
    Peek,
    /// `MSG_WAITALL`.
    WaitAll,
    /// `MSG_DONTWAIT`.
    DontWait,
    /// `MSG_TRUNC`.
    Trunc,
}

/// An option whose value is an `int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Opt {
    /// `SO_ERROR`.
    Error,
    /// `SO_TYPE`.
    Type,
    /// `SO_ACCEPTCONN`.
    AcceptConn,
    /// `SO_KEEPALIVE`.
    KeepAlive,
    /// `SO_BROADCAST`.
    Broadcast,
    /// `TCP_NODELAY`.
    NoDelay,
}

/// What to wait for. It is there at once nearly always; the deadline is long and stands only
/// against hanging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wait {
    /// So many bytes or more are there to be received.
    Queued(Slot, usize),
    /// A datagram is there to be received.
    Readable(Slot),
    /// An error is pending.
    Failed(Slot),
    /// The peer has ended its side.
    Ended(Slot),
    /// The connection is over for both sides.
    Over(Slot),
    /// The attempt to connect has been answered.
    Answered(Slot),
    /// So many connections are there to be accepted.
    Pending(Slot, usize),
}

/// The byte at `position` of what operation `step` sends.
pub(crate) fn payload(step: usize, len: usize) -> Vec<u8> {
    (0..len).map(|position| (step * 41 + position % 251 * 7) as u8).collect()
}
