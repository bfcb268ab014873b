//! Reading control messages.

use std::os::fd::{FromRawFd, OwnedFd, RawFd};

use sockrates_core::Control;

use super::{HEADER, UNIT};

/// The messages in `bytes`, in order.
///
/// # Safety
/// Any descriptor in them must be the caller's to own, and be owned by nobody else.
pub(super) unsafe fn messages(bytes: &[u8]) -> Vec<Control> {
    let read = |raw: Raw<'_>| match raw.numbers() {
        // SAFETY: the caller's word.
        Some(numbers) => Control::Rights(numbers.map(|fd| unsafe { own(fd) }).collect()),
        None => known(raw).unwrap_or_else(|| Control::Unknown {
            level: raw.level,
            kind: raw.kind,
            data: raw.data.to_vec(),
        }),
    };
    Raws(bytes).map(read).collect()
}

/// # Safety
/// As for [`messages`].
unsafe fn own(number: RawFd) -> OwnedFd {
    // SAFETY: the caller's word; a negative number is none, and never gets here.
    let fd = unsafe { OwnedFd::from_raw_fd(number) };
    #[cfg(target_vendor = "apple")]
    {
        use std::os::fd::AsRawFd;
        // SAFETY: sets a flag of a descriptor that is open and ours.
        unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    fd
}

/// One message as it lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Raw<'a> {
    level: i32,
    kind: i32,
    data: &'a [u8],
}

impl<'a> Raw<'a> {
    /// The numbers of descriptors, where it carries them.
    fn numbers(self) -> Option<impl Iterator<Item = RawFd> + 'a> {
        let rights = (self.level, self.kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS);
        let numbers = self.data.chunks_exact(size_of::<RawFd>());
        rights.then(|| numbers.filter_map(int).filter(|fd| *fd >= 0))
    }
}

/// The messages in what is left.
struct Raws<'a>(&'a [u8]);

impl<'a> Iterator for Raws<'a> {
    type Item = Raw<'a>;

    fn next(&mut self) -> Option<Raw<'a>> {
        let all = self.0;
        if all.len() < HEADER {
            return None;
        }
        // SAFETY: there are as many bytes, and a cmsghdr is plain numbers, at any alignment.
        let header = unsafe { all.as_ptr().cast::<libc::cmsghdr>().read_unaligned() };
        // As wide as the system has it: a size_t, or less.
        let told: usize = header.cmsg_len as _;
        if told < HEADER {
            self.0 = &[];
            return None;
        }
        // A message that was cut off may still tell the length that it had.
        let end = told.min(all.len());
        let next = told.checked_next_multiple_of(UNIT);
        self.0 = next.and_then(|next| all.get(next..)).unwrap_or(&[]);
        Some(Raw { level: header.cmsg_level, kind: header.cmsg_type, data: &all[HEADER..end] })
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn known(raw: Raw<'_>) -> Option<Control> {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use sockrates_core::Credentials;

    let Raw { level, kind, data } = raw;
    Some(match (level, kind, data.len()) {
        (libc::SOL_SOCKET, libc::SCM_CREDENTIALS, 12) => Control::Credentials(Credentials {
            pid: int(&data[..4])?,
            uid: number(&data[4..8])?,
            gid: number(&data[8..])?,
        }),
        (libc::SOL_SOCKET, libc::SO_TIMESTAMP, _) => Control::Timestamp(time(data, 1000)?),
        (libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, _) => Control::Timestamp(time(data, 1)?),
        (libc::IPPROTO_IP, libc::IP_TTL, _) | (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT, _) => {
            Control::Ttl(byte(data)?)
        }
        (libc::IPPROTO_IP, libc::IP_TOS, _) | (libc::IPPROTO_IPV6, libc::IPV6_TCLASS, _) => {
            Control::Tos(byte(data)?)
        }
        // The interface, the local address, the destination in the packet.
        (libc::IPPROTO_IP, libc::IP_PKTINFO, 12) => Control::PacketInfo {
            addr: Ipv4Addr::from(<[u8; 4]>::try_from(&data[8..]).ok()?).into(),
            interface: number(&data[..4])?,
        },
        (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, 20) => Control::PacketInfo {
            addr: Ipv6Addr::from(<[u8; 16]>::try_from(&data[..16]).ok()?).into(),
            interface: number(&data[16..])?,
        },
        _ => return None,
    })
}

/// Elsewhere the layouts differ by system, and the messages are handed on as they came.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn known(_: Raw<'_>) -> Option<Control> {
    None
}

fn int(bytes: &[u8]) -> Option<i32> {
    bytes.try_into().ok().map(i32::from_ne_bytes)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn number(bytes: &[u8]) -> Option<u32> {
    bytes.try_into().ok().map(u32::from_ne_bytes)
}

/// A number below 256, in one byte or in an `int`.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn byte(data: &[u8]) -> Option<u8> {
    match data {
        [one] => Some(*one),
        data => int(data)?.try_into().ok(),
    }
}

/// Seconds, then a part of one in `unit` nanoseconds, each half of the bytes.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn time(data: &[u8], unit: u32) -> Option<std::time::Duration> {
    let signed = |half: &[u8]| match half.len() {
        4 => int(half).map(i64::from),
        8 => half.try_into().ok().map(i64::from_ne_bytes),
        _ => None,
    };
    let (secs, part) = data.split_at_checked(data.len() / 2)?;
    let nanos = u32::try_from(signed(part)?).ok()?.checked_mul(unit)?;
    let secs = u64::try_from(signed(secs)?).ok()?;
    (nanos < 1_000_000_000).then(|| std::time::Duration::new(secs, nanos))
}
