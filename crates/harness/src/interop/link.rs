//! What subjects speak with each other.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use sockrates_core::{Addr, Kind, Result};

use crate::{Caps, TransportSubject};

/// What two ends have to have in common to talk to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    family: Family,
    way: Way,
    /// Whether it can only be reached from the same host: its address is the loopback's.
    within: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    V4,
    V6,
    Unix,
}

/// How two ends come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    /// A connection of bytes.
    Stream,
    /// A connection of messages.
    Seqpacket,
    /// Messages from anybody to anybody.
    Datagram,
    /// Messages of two that have made each other their peer.
    Connected,
}

impl Link {
    /// What `subject` speaks.
    ///
    /// # Errors
    /// Why it meets nobody else, in words.
    pub(super) fn of(subject: &dyn TransportSubject) -> Result<Self, String> {
        let caps = subject.caps();
        if !subject.interoperates() {
            return Err("each talks to itself only".to_owned());
        }
        if !caps.contains(Caps::ADDRESSES) {
            return Err("no `addresses`".to_owned());
        }
        let way = Way::of(subject.kind(), caps).ok_or("each makes its ends together")?;
        let (family, within) = match address(subject).map_err(|error| error.to_string())? {
            Addr::Inet(addr) => (Family::of(addr), addr.ip().is_loopback()),
            _ => (Family::Unix, true),
        };
        Ok(Self { family, way, within })
    }

    /// Whether a client that speaks `self` gets through to a server that speaks `other`. What
    /// sends to the loopback from elsewhere does not, nor does an answer get back to it; a
    /// connection gets out of the loopback, but for a datagram it is the address to answer to.
    pub(super) fn reaches(self, server: Self) -> bool {
        let connects = matches!(self.way, Way::Stream | Way::Seqpacket);
        let arrives = self.within == server.within || (connects && self.within);
        self.protocol() == server.protocol() && arrives
    }

    /// How two ends of this come together.
    pub(super) fn way(self) -> Way {
        self.way
    }

    /// The same, wherever it is.
    pub(super) fn protocol(self) -> Self {
        Self { within: true, ..self }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match (self.family, self.way) {
            (Family::Unix, Way::Stream) => "Unix streams",
            (Family::Unix, Way::Seqpacket) => "Unix messages in sequence",
            (Family::Unix, Way::Datagram) => "Unix datagrams",
            (Family::Unix, Way::Connected) => "connected Unix datagrams",
            (_, Way::Stream) => "TCP",
            (_, Way::Seqpacket) => "messages in sequence",
            (_, Way::Datagram) => "UDP",
            (_, Way::Connected) => "connected UDP",
        };
        f.write_str(way)?;
        match self.family {
            Family::V4 => f.write_str(" over IPv4"),
            Family::V6 => f.write_str(" over IPv6"),
            Family::Unix => Ok(()),
        }
    }
}

impl Family {
    fn of(addr: SocketAddr) -> Self {
        if addr.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

impl Way {
    /// The way of a subject of this kind that can do this; none where two ends can only be had from
    /// it together.
    fn of(kind: Kind, caps: Caps) -> Option<Self> {
        let meets = !caps.common(Caps::LISTEN | Caps::CONNECT).is_empty();
        match kind {
            Kind::Stream => meets.then_some(Self::Stream),
            _ if meets => Some(Self::Seqpacket),
            _ if caps.contains(Caps::SENDTO) => Some(Self::Datagram),
            _ => caps.contains(Caps::SOCKET).then_some(Self::Connected),
        }
    }
}

/// An address as this subject's ends have it.
fn address(subject: &dyn TransportSubject) -> Result<Addr> {
    let caps = subject.caps();
    if caps.contains(Caps::SOCKET) {
        return subject.any_addr();
    }
    if caps.contains(Caps::LISTEN) {
        return subject.listen()?.local_addr();
    }
    subject.pair()?.0.local_addr()
}
