//! Writing control messages.

use std::mem::offset_of;
use std::os::fd::{AsRawFd, BorrowedFd};

use sockrates_core::{ControlRef, Credentials, Error, Op, Result};

use super::{ControlMemory, HEADER, UNIT};
use crate::{Family, Socket};

/// Control messages, one after the other.
#[derive(Default)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    /// The most descriptors that one send carries, of all its messages together: `SCM_MAX_FD`.
    /// Other systems have other limits, and say so themselves.
    pub(crate) const RIGHTS_MAX: usize =
        if cfg!(any(target_os = "linux", target_os = "android")) { 253 } else { usize::MAX };

    /// Adds a message for `socket` to send.
    pub(crate) fn push(&mut self, socket: &Socket, control: &ControlRef<'_>) -> Result<()> {
        match *control {
            ControlRef::Rights(fds) if socket.family() == Family::UNIX => self.put_rights(fds),
            ControlRef::Credentials(who) if socket.family() == Family::UNIX => {
                self.put_credentials(who)?;
            }
            ControlRef::Raw { level: libc::SOL_SOCKET, kind: libc::SCM_RIGHTS, .. } => {
                let rule = "numbers own nothing; use ControlRef::Rights";
                return Err(Error::invalid("raw control message", "SCM_RIGHTS", rule));
            }
            ControlRef::Raw { level, kind, data } => self.put(level, kind, data),
            _ if socket.is_stream() => return Err(Error::Unsupported { op: Op::Send }),
            _ => self.put_packet(socket.family(), control)?,
        }
        Ok(())
    }

    /// How many bytes they take.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The messages, aligned.
    pub(crate) fn finish(self) -> ControlMemory {
        let mut memory = ControlMemory::new(self.0.len());
        memory.as_mut_slice().copy_from_slice(&self.0);
        memory
    }

    pub(super) fn put(&mut self, level: i32, kind: i32, data: &[u8]) {
        self.0.extend_from_slice(&header(level, kind, HEADER + data.len()));
        self.0.extend_from_slice(data);
        self.0.resize(self.0.len().next_multiple_of(UNIT), 0);
    }

    fn put_rights(&mut self, fds: &[BorrowedFd<'_>]) {
        if !fds.is_empty() {
            let numbers: Vec<u8> = fds.iter().flat_map(|fd| fd.as_raw_fd().to_ne_bytes()).collect();
            self.put(libc::SOL_SOCKET, libc::SCM_RIGHTS, &numbers);
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Encoder {
    fn put_credentials(&mut self, who: Credentials) -> Result<()> {
        let Credentials { pid, uid, gid } = who;
        let numbers = [pid.to_ne_bytes(), uid.to_ne_bytes(), gid.to_ne_bytes()].concat();
        self.put(libc::SOL_SOCKET, libc::SCM_CREDENTIALS, &numbers);
        Ok(())
    }

    fn put_packet(&mut self, family: Family, control: &ControlRef<'_>) -> Result<()> {
        packet(family, control, self)
    }
}

/// Takes messages of a length that is known beforehand.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(in crate::sys) trait Put {
    fn put<const N: usize>(&mut self, level: i32, kind: i32, data: [u8; N]);
}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Put for Encoder {
    fn put<const N: usize>(&mut self, level: i32, kind: i32, data: [u8; N]) {
        self.put(level, kind, &data);
    }
}

/// Tells `to` how what an IP packet can be told is laid out.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
pub(in crate::sys) fn packet(
    family: Family,
    control: &ControlRef<'_>,
    to: &mut impl Put,
) -> Result<()> {
    use std::net::IpAddr;

    let (v4, v6) = (libc::IPPROTO_IP, libc::IPPROTO_IPV6);
    let int = |byte: u8| i32::from(byte).to_ne_bytes();
    match (family, *control) {
        (Family::INET, ControlRef::Ttl(hops)) => to.put(v4, libc::IP_TTL, int(hops)),
        (Family::INET, ControlRef::Tos(class)) => to.put(v4, libc::IP_TOS, int(class)),
        (Family::INET6, ControlRef::Ttl(hops)) => to.put(v6, libc::IPV6_HOPLIMIT, int(hops)),
        (Family::INET6, ControlRef::Tos(class)) => to.put(v6, libc::IPV6_TCLASS, int(class)),
        (Family::INET, ControlRef::PacketInfo { addr: IpAddr::V4(addr), interface }) => {
            // The interface, the address to send from, and one that counts for nothing here.
            let mut data = [0; 12];
            data[..4].copy_from_slice(&interface.to_ne_bytes());
            data[4..8].copy_from_slice(&addr.octets());
            to.put(v4, libc::IP_PKTINFO, data)
        }
        (Family::INET6, ControlRef::PacketInfo { addr, interface }) => {
            let addr = match addr {
                IpAddr::V4(addr) => addr.to_ipv6_mapped(),
                IpAddr::V6(addr) => addr,
            };
            let mut data = [0; 20];
            data[..16].copy_from_slice(&addr.octets());
            data[16..].copy_from_slice(&interface.to_ne_bytes());
            to.put(v6, libc::IPV6_PKTINFO, data)
        }
        (Family::INET, ControlRef::PacketInfo { addr, .. }) => {
            let rule = "an IPv4 socket sends from an IPv4 address";
            return Err(Error::invalid("packet information", addr.to_string(), rule));
        }
        _ => return Err(Error::Unsupported { op: Op::Send }),
    }
    Ok(())
}

/// Elsewhere the layouts differ by system; [`ControlRef::Raw`] takes them as they are.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl Encoder {
    fn put_credentials(&mut self, _: Credentials) -> Result<()> {
        Err(Error::Unsupported { op: Op::Send })
    }

    fn put_packet(&mut self, _: Family, _: &ControlRef<'_>) -> Result<()> {
        Err(Error::Unsupported { op: Op::Send })
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(in crate::sys) fn packet<T>(_: Family, _: &ControlRef<'_>, _: &mut T) -> Result<()> {
    Err(Error::Unsupported { op: Op::Send })
}

/// The header of a message whose header and bytes are `len` long.
#[inline]
pub(in crate::sys) fn header(level: i32, kind: i32, len: usize) -> [u8; HEADER] {
    // SAFETY: a cmsghdr is plain numbers, for which zero is a value.
    let mut header: libc::cmsghdr = unsafe { std::mem::zeroed() };
    // As wide as the system has it, which is 32 bits at least; the caller bounds the length.
    header.cmsg_len = len as _;
    let mut bytes = [0; HEADER];
    put_at(&mut bytes, offset_of!(libc::cmsghdr, cmsg_len), header.cmsg_len.to_ne_bytes());
    put_at(&mut bytes, offset_of!(libc::cmsghdr, cmsg_level), level.to_ne_bytes());
    put_at(&mut bytes, offset_of!(libc::cmsghdr, cmsg_type), kind.to_ne_bytes());
    bytes
}

#[inline]
fn put_at<const N: usize>(bytes: &mut [u8; HEADER], at: usize, number: [u8; N]) {
    bytes[at..][..N].copy_from_slice(&number);
}
