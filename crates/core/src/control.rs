//! Control messages: what travels beside the bytes of a message.

#[cfg(unix)]
use std::os::fd::{BorrowedFd, OwnedFd};

use std::net::IpAddr;
use std::time::Duration;

use crate::Addr;

/// A control message that was received, beside the bytes.
///
/// What it holds is the receiver's: descriptors are open, closed on `exec`, and close themselves
/// when they are dropped.
///
/// Source: POSIX.1-2024 `<sys/socket.h>`, `cmsghdr`; Linux `cmsg(3)`, `unix(7)`, `ip(7)`,
/// `ipv6(7)`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Control {
    /// Descriptors, `SCM_RIGHTS`. Several such messages that were sent with the same bytes may
    /// arrive as one.
    #[cfg(unix)]
    #[doc(alias = "SCM_RIGHTS")]
    Rights(Vec<OwnedFd>),
    /// Who sent it, `SCM_CREDENTIALS`, as the system vouches for.
    #[doc(alias = "SCM_CREDENTIALS")]
    Credentials(Credentials),
    /// A descriptor of the process that sent it, `SCM_PIDFD`, which no other process can come to
    /// stand for.
    #[cfg(unix)]
    #[doc(alias = "SCM_PIDFD")]
    PidFd(OwnedFd),
    /// How many routers the packet could still have passed: `IP_TTL`, `IPV6_HOPLIMIT`.
    #[doc(alias = "IP_TTL")]
    #[doc(alias = "IPV6_HOPLIMIT")]
    Ttl(u8),
    /// The type of service or traffic class, `IP_TOS`, `IPV6_TCLASS`; ECN is its two low bits.
    #[doc(alias = "IP_TOS")]
    #[doc(alias = "IPV6_TCLASS")]
    Tos(u8),
    /// Where the packet was sent, and the number of the interface that it came in by: `IP_PKTINFO`,
    /// `IPV6_PKTINFO`.
    #[doc(alias = "IP_PKTINFO")]
    #[doc(alias = "IPV6_PKTINFO")]
    PacketInfo {
        /// The destination in the packet: an address of this machine, or a multicast group.
        addr: IpAddr,
        /// The interface's number.
        interface: u32,
    },
    /// How many bytes each of the datagrams has that were received joined, but for the last, which
    /// may have fewer: `UDP_GRO`.
    #[doc(alias = "UDP_GRO")]
    Segment(u16),
    /// When it arrived, by the machine's clock, since 1970-01-01 00:00 UTC: `SO_TIMESTAMP`,
    /// `SO_TIMESTAMPNS`.
    #[doc(alias = "SO_TIMESTAMP")]
    #[doc(alias = "SO_TIMESTAMPNS")]
    Timestamp(Duration),
    /// Any other, as it came.
    Unknown {
        /// The level: the protocol that it belongs to, `SOL_SOCKET` or `IPPROTO_*`.
        level: i32,
        /// The type, a number of that protocol.
        kind: i32,
        /// The bytes.
        data: Vec<u8>,
    },
}

/// A control message to send, beside the bytes.
///
/// Source: as for [`Control`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ControlRef<'a> {
    /// Descriptors, `SCM_RIGHTS`: the receiver gets duplicates of them.
    #[cfg(unix)]
    #[doc(alias = "SCM_RIGHTS")]
    Rights(&'a [BorrowedFd<'a>]),
    /// Who sends it, `SCM_CREDENTIALS`. Without privileges the system takes the process's own
    /// alone.
    #[doc(alias = "SCM_CREDENTIALS")]
    Credentials(Credentials),
    /// How many routers this packet may pass: `IP_TTL`, `IPV6_HOPLIMIT`.
    Ttl(u8),
    /// The type of service or traffic class of this packet: `IP_TOS`, `IPV6_TCLASS`.
    Tos(u8),
    /// The address to send from, and the number of the interface to send by, 0 for any:
    /// `IP_PKTINFO`, `IPV6_PKTINFO`. An unspecified address leaves it to the system.
    PacketInfo {
        /// An address of this machine.
        addr: IpAddr,
        /// The interface's number, or 0.
        interface: u32,
    },
    /// Any other, laid out as the system wants it. Descriptors are not among them, for numbers
    /// own nothing: use [`Rights`](Self::Rights).
    Raw {
        /// The level: the protocol that it belongs to, `SOL_SOCKET` or `IPPROTO_*`.
        level: i32,
        /// The type, a number of that protocol.
        kind: i32,
        /// The bytes.
        data: &'a [u8],
    },
}

/// A process and whom it runs for, as the system vouches for.
///
/// Source: Linux `unix(7)`, `SO_PEERCRED` and `SCM_CREDENTIALS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "ucred")]
pub struct Credentials {
    /// The process; 0 where it is out of this one's sight (another namespace). Such a number may
    /// be another process's by the time that it is looked at.
    pub pid: i32,
    /// The user.
    pub uid: u32,
    /// The group.
    pub gid: u32,
}

/// What a packet says of congestion on its way: the two low bits of its type of service or traffic
/// class.
///
/// ```
/// use sockrates_core::Ecn;
/// assert_eq!(Ecn::of(0b1011_1011), Ecn::Ce);
/// assert_eq!(Ecn::Ect0.bits(), 0b10);
/// ```
///
/// Source: RFC 3168 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[doc(alias = "ECN")]
pub enum Ecn {
    /// Its ends do not speak of congestion.
    #[default]
    NotEct = 0b00,
    /// Its ends do; RFC 9331 gives this one a meaning of its own.
    Ect1 = 0b01,
    /// Its ends do.
    Ect0 = 0b10,
    /// A router on its way was congested.
    Ce = 0b11,
}

impl Ecn {
    /// What a type of service or traffic class says.
    #[must_use]
    pub const fn of(class: u8) -> Self {
        match class & 0b11 {
            0b00 => Self::NotEct,
            0b01 => Self::Ect1,
            0b10 => Self::Ect0,
            _ => Self::Ce,
        }
    }

    /// The two bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self as u8
    }
}

/// What one receive with control messages brought.
#[derive(Debug)]
#[must_use]
pub struct RecvControl {
    /// How many bytes were added to the buffer; with [`RecvFlags::TRUNC`](crate::RecvFlags::TRUNC)
    /// the datagram's own length.
    pub len: usize,
    /// Who sent them, where each message has a sender.
    pub peer: Option<Addr>,
    /// Whether the message was longer than the room for it, so that its tail is lost.
    pub truncated: bool,
    /// The control messages, in the order in which they came.
    pub control: Vec<Control>,
    /// Whether control messages were lost, or descriptors of one, for want of room (or of free
    /// numbers for descriptors in this process). The system has closed what is lost.
    pub control_truncated: bool,
}

impl Control {
    /// The most room that a receive makes: 64 KiB, more than all that systems send at once.
    pub const ROOM_MAX: usize = 1 << 16;

    /// Room for one of every kind but [`Rights`](Self::Rights).
    pub const ROOM: usize = 256;

    /// The room that `n` descriptors take. What is sent beyond that the system closes, and
    /// [`RecvControl::control_truncated`] tells; add this to the room for other kinds.
    ///
    /// ```
    /// use sockrates_core::Control;
    /// let room = Control::ROOM + Control::room_for_rights(3);
    /// assert!(room < Control::ROOM_MAX);
    /// ```
    #[cfg(unix)]
    #[must_use]
    pub const fn room_for_rights(n: usize) -> usize {
        HEADER.saturating_add(n.saturating_mul(size_of::<std::os::fd::RawFd>()))
    }
}

impl RecvControl {
    /// The descriptors of all its messages, taken out.
    #[cfg(unix)]
    #[must_use]
    pub fn into_rights(self) -> Vec<OwnedFd> {
        let mut fds = Vec::new();
        for control in self.control {
            if let Control::Rights(some) = control {
                fds.extend(some);
            }
        }
        fds
    }
}

/// A message's header, with what it is padded to.
#[cfg(unix)]
const HEADER: usize = {
    let unit = if cfg!(target_vendor = "apple") { 4 } else { size_of::<usize>() };
    size_of::<libc::cmsghdr>().next_multiple_of(unit)
};
