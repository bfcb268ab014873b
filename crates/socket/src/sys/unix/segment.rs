//! Sending datagrams, several as one buffer that the system cuts: `UDP_SEGMENT`.
//!
//! Source: Linux `udp(7)`; net/ipv4/udp.c, `udp_send_skb`.

use std::io;
use std::mem;
use std::os::fd::AsRawFd;

use sockrates_core::{ControlRef, Errno, Result};

use super::control::{HEADER, UNIT, packet};
#[cfg(any(target_os = "linux", target_os = "android"))]
use super::control::{Put, header};
use super::name::Target;
use crate::Family;

/// Of Linux's linux/udp.h, which libc has not for every target.
pub(crate) const UDP_GRO: i32 = 104;
#[cfg(any(target_os = "linux", target_os = "android"))]
const UDP_SEGMENT: i32 = 103;

/// Whether the option has datagrams be received joined.
pub(crate) fn joins_datagrams(level: i32, name: i32) -> bool {
    cfg!(any(target_os = "linux", target_os = "android"))
        && (level, name) == (libc::IPPROTO_UDP, UDP_GRO)
}

/// How many datagrams one send carries at the most: `UDP_MAX_SEGMENTS`. It is 1 where the system
/// does not cut.
///
/// The version decides, for what an older system does not know it ignores, and sends the datagrams
/// as one.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn segments_max() -> usize {
    static MOST: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *MOST.get_or_init(|| match release() {
        Some(version) if version >= (6, 9) => 128,
        Some(version) if version >= (4, 18) => 64,
        _ => 1,
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn segments_max() -> usize {
    1
}

/// The system's version: "6.18.44-generic" is 6, 18.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn release() -> Option<(u32, u32)> {
    // SAFETY: a utsname is arrays of characters, for which zero is a value.
    let mut names: libc::utsname = unsafe { mem::zeroed() };
    // SAFETY: the system writes one utsname.
    super::check(unsafe { libc::uname(&raw mut names) }).ok()?;
    let bytes = names.release.map(|c| c.to_ne_bytes()[0]);
    let text = std::str::from_utf8(bytes.split(|byte| *byte == 0).next()?).ok()?;
    version(text)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What a send of several datagrams as one was refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Being several: the card, its driver, the way there or the system does not cut.
    Cutting,
    /// That, or on older systems their length.
    Either,
    /// The length of the datagrams, which are longer than the way there takes uncut.
    Length,
}

/// Whether an error may be for being several as one, so that one by one they can be sent. Which
/// error it is depends on the card, its driver and the version of the system.
///
/// Any other may have been said of an earlier datagram and wait at the socket since: `ENOPROTOOPT`,
/// `EOPNOTSUPP` and `EPROTO` too, for ICMP's messages come as these. Of what is here only
/// `EMSGSIZE` may have been that as well.
///
/// Source: Linux net/ipv4/udp.c, `udp_send_skb`, `udp_cmsg_send`; net/ipv4/icmp.c,
/// `icmp_err_convert`.
pub(crate) fn refusal(errno: Errno) -> Option<Refusal> {
    match errno.code() {
        // Only of datagrams whose length was found good.
        libc::EIO => Some(Refusal::Cutting),
        libc::EINVAL => Some(Refusal::Either),
        libc::EMSGSIZE => Some(Refusal::Length),
        _ => None,
    }
}

/// The control messages of a send, laid out: first room for the length of a segment, then what the
/// packets are told, up to `len`.
pub(crate) struct Beside {
    memory: Memory,
    len: usize,
}

#[repr(align(8))]
struct Memory([u8; BESIDE_MAX]);

/// As much as the length of a segment, two of each kind that a packet is told, and its source.
const BESIDE_MAX: usize = SEGMENT + 5 * MESSAGE_MAX;

/// What the length of a segment takes.
const SEGMENT: usize = (HEADER + size_of::<u16>()).next_multiple_of(UNIT);

/// What the longest message takes, which tells an IPv6 source. Each is written as so many bytes, a
/// number known beforehand; the next one begins where it ends.
const MESSAGE_MAX: usize = (HEADER + 20).next_multiple_of(UNIT);

impl Beside {
    /// Nothing to tell.
    #[inline]
    pub(crate) fn new() -> Self {
        Self { memory: Memory([0; BESIDE_MAX]), len: SEGMENT }
    }

    /// Adds what packets of `family` are told. There is room for two of each kind.
    #[inline]
    pub(crate) fn push(&mut self, family: Family, control: &ControlRef<'_>) -> Result<()> {
        packet(family, control, self)
    }

    /// The messages, the length of a segment among them where there is one.
    #[inline]
    fn messages(&mut self, segment: Option<u16>) -> &[u8] {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(segment) = segment {
            let len = HEADER + size_of_val(&segment);
            let header = header(libc::IPPROTO_UDP, UDP_SEGMENT, len);
            self.memory.0[..HEADER].copy_from_slice(&header);
            self.memory.0[HEADER..len].copy_from_slice(&segment.to_ne_bytes());
        }
        let start = if segment.is_some() { 0 } else { SEGMENT };
        &self.memory.0[start..self.len]
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Put for Beside {
    #[inline]
    fn put<const N: usize>(&mut self, level: i32, kind: i32, data: [u8; N]) {
        let mut message = [0; MESSAGE_MAX];
        message[..HEADER].copy_from_slice(&header(level, kind, HEADER + N));
        message[HEADER..][..N].copy_from_slice(&data);
        self.memory.0[self.len..][..MESSAGE_MAX].copy_from_slice(&message);
        self.len += (HEADER + N).next_multiple_of(UNIT);
    }
}

/// Sends `bytes` to `to`, or to the connected peer: as one datagram, or as many of `segment` bytes,
/// the last of what is left.
#[inline]
pub(crate) fn send_segments(
    socket: &socket2::Socket,
    bytes: &[u8],
    segment: Option<u16>,
    to: Option<&Target>,
    beside: &mut Beside,
    flags: i32,
) -> io::Result<()> {
    let flags = flags | super::MSG_NOSIGNAL;
    let (name, name_len) = to.map_or((std::ptr::null(), 0), Target::name);
    let (fd, messages) = (socket.as_raw_fd(), beside.messages(segment));
    let sent = if messages.is_empty() {
        let (from, len) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: bytes and an address or null, alive through the call, and as long as told.
        unsafe { libc::sendto(fd, from, len, flags, name.cast(), name_len) }
    } else {
        let mut slice =
            libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        // SAFETY: a msghdr is plain numbers and pointers, for which zero is a value.
        let mut header: libc::msghdr = unsafe { mem::zeroed() };
        header.msg_name = name.cast_mut();
        header.msg_namelen = name_len;
        header.msg_iov = &raw mut slice;
        header.msg_iovlen = 1;
        header.msg_control = messages.as_ptr().cast_mut().cast();
        header.msg_controllen = messages.len() as _;
        // SAFETY: everything the header points to is alive through the call, and sendmsg writes to
        // nothing.
        unsafe { libc::sendmsg(fd, &raw const header, flags) }
    };
    if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_however_they_end() {
        assert_eq!(version("6.18.44-generic"), Some((6, 18)));
        assert_eq!(version("4.18-rc1"), Some((4, 18)));
        assert_eq!(version("5.10.0+"), Some((5, 10)));
        assert_eq!(version("unknown"), None);
        assert!(release().is_some());
    }
}
