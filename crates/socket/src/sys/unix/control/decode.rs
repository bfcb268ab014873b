//! Reading control messages.

use std::net::IpAddr;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use sockrates_core::{Control, Credentials};

use super::{HEADER, UNIT};

/// The messages in `bytes`, in order.
///
/// # Safety
/// Any descriptor in them must be the caller's to own, and be owned by nobody else.
pub(super) unsafe fn messages(bytes: &[u8]) -> Vec<Control> {
    let read = |raw: Raw<'_>| {
        if let Some(numbers) = raw.rights() {
            // SAFETY: the caller's word.
            return Control::Rights(numbers.map(|fd| unsafe { own(fd) }).collect());
        }
        if let Some(fd) = raw.process() {
            // SAFETY: the caller's word.
            return Control::PidFd(unsafe { own(fd) });
        }
        known(raw).unwrap_or_else(|| raw.unknown())
    };
    Raws(bytes).map(read).collect()
}

/// What the messages in `bytes` tell that have a type and own nothing, in order.
#[inline]
pub(in crate::sys) fn facts(bytes: &[u8]) -> impl Iterator<Item = Fact> {
    Raws(bytes).filter_map(fact)
}

/// What a message tells that has a type and owns nothing; each as the [`Control`] of that name.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    expect(dead_code, reason = "how other systems lay them out is not known here")
)]
pub(crate) enum Fact {
    Credentials(Credentials),
    Ttl(u8),
    Tos(u8),
    Segment(u16),
    PacketInfo { addr: IpAddr, interface: u32 },
    Timestamp(Duration),
}

fn known(raw: Raw<'_>) -> Option<Control> {
    Some(match fact(raw)? {
        Fact::Credentials(who) => Control::Credentials(who),
        Fact::Ttl(hops) => Control::Ttl(hops),
        Fact::Tos(class) => Control::Tos(class),
        Fact::Segment(bytes) => Control::Segment(bytes),
        Fact::PacketInfo { addr, interface } => Control::PacketInfo { addr, interface },
        Fact::Timestamp(time) => Control::Timestamp(time),
    })
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
    /// The numbers of the descriptors that it passes, where it passes any.
    fn rights(self) -> Option<impl Iterator<Item = RawFd> + 'a> {
        let rights = (self.level, self.kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS);
        let numbers = self.data.chunks_exact(size_of::<RawFd>());
        rights.then(|| numbers.filter_map(int).filter(|fd| *fd >= 0))
    }

    /// The number of the descriptor that stands for a process; a negative one says why there is
    /// none.
    fn process(self) -> Option<RawFd> {
        let process = (self.level, self.kind) == (libc::SOL_SOCKET, SCM_PIDFD);
        int(self.data).filter(|fd| process && *fd >= 0)
    }

    fn unknown(self) -> Control {
        Control::Unknown { level: self.level, kind: self.kind, data: self.data.to_vec() }
    }
}

/// `SCM_PIDFD` of Linux's linux/socket.h, which libc has not; no other system has it.
const SCM_PIDFD: i32 = if cfg!(any(target_os = "linux", target_os = "android")) { 4 } else { -1 };

/// The messages in what is left.
struct Raws<'a>(&'a [u8]);

impl<'a> Iterator for Raws<'a> {
    type Item = Raw<'a>;

    #[inline]
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
        self.0 = all.get(end.next_multiple_of(UNIT)..).unwrap_or(&[]);
        Some(Raw { level: header.cmsg_level, kind: header.cmsg_type, data: &all[HEADER..end] })
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
fn fact(raw: Raw<'_>) -> Option<Fact> {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use crate::sys::UDP_GRO;

    let Raw { level, kind, data } = raw;
    Some(match (level, kind, data.len()) {
        (libc::SOL_SOCKET, libc::SCM_CREDENTIALS, 12) => Fact::Credentials(Credentials {
            pid: int(&data[..4])?,
            uid: number(&data[4..8])?,
            gid: number(&data[8..])?,
        }),
        (libc::SOL_SOCKET, libc::SO_TIMESTAMP, _) => Fact::Timestamp(time(data, 1000)?),
        (libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, _) => Fact::Timestamp(time(data, 1)?),
        (libc::IPPROTO_IP, libc::IP_TTL, _) | (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT, _) => {
            Fact::Ttl(byte(data)?)
        }
        (libc::IPPROTO_IP, libc::IP_TOS, _) | (libc::IPPROTO_IPV6, libc::IPV6_TCLASS, _) => {
            Fact::Tos(byte(data)?)
        }
        (libc::IPPROTO_UDP, UDP_GRO, 4) => Fact::Segment(int(data)?.try_into().ok()?),
        // The interface, the local address, the destination in the packet.
        (libc::IPPROTO_IP, libc::IP_PKTINFO, 12) => Fact::PacketInfo {
            addr: Ipv4Addr::from(<[u8; 4]>::try_from(&data[8..]).ok()?).into(),
            interface: number(&data[..4])?,
        },
        (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, 20) => Fact::PacketInfo {
            addr: Ipv6Addr::from(<[u8; 16]>::try_from(&data[..16]).ok()?).into(),
            interface: number(&data[16..])?,
        },
        _ => return None,
    })
}

/// Elsewhere the layouts differ by system, and the messages are handed on as they came.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[inline]
fn fact(_: Raw<'_>) -> Option<Fact> {
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
#[inline]
fn byte(data: &[u8]) -> Option<u8> {
    match data {
        [one] => Some(*one),
        data => int(data)?.try_into().ok(),
    }
}

/// Seconds, then a part of one in `unit` nanoseconds, each half of the bytes.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
fn time(data: &[u8], unit: u32) -> Option<Duration> {
    let signed = |half: &[u8]| match half.len() {
        4 => int(half).map(i64::from),
        8 => half.try_into().ok().map(i64::from_ne_bytes),
        _ => None,
    };
    let (secs, part) = data.split_at_checked(data.len() / 2)?;
    let nanos = u32::try_from(signed(part)?).ok()?.checked_mul(unit)?;
    let secs = u64::try_from(signed(secs)?).ok()?;
    (nanos < 1_000_000_000).then(|| Duration::new(secs, nanos))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Encoder;
    use super::*;

    fn laid_out(messages: &[(i32, i32, Vec<u8>)]) -> Vec<u8> {
        let mut encoder = Encoder::default();
        for (level, kind, data) in messages {
            encoder.put(*level, *kind, data);
        }
        encoder.finish().as_slice().to_vec()
    }

    fn read_back(bytes: &[u8]) -> Vec<(i32, i32, Vec<u8>)> {
        Raws(bytes).map(|raw| (raw.level, raw.kind, raw.data.to_vec())).collect()
    }

    fn one(level: i32, kind: i32, data: &[u8]) -> Control {
        let raw = Raw { level, kind, data };
        known(raw).unwrap_or_else(|| raw.unknown())
    }

    #[test]
    fn the_layout_is_the_systems() {
        let bytes = laid_out(&[(1, 2, vec![7; 5]), (3, 4, vec![])]);
        // SAFETY: CMSG_LEN and CMSG_SPACE only calculate.
        #[expect(clippy::multiple_unsafe_ops_per_block, reason = "both only calculate")]
        let (len, space) = unsafe { (libc::CMSG_LEN(5), libc::CMSG_SPACE(5)) };
        assert_eq!(HEADER + 5, len as usize);
        assert_eq!(bytes.len(), space as usize + HEADER);
        assert_eq!(read_back(&bytes), [(1, 2, vec![7; 5]), (3, 4, vec![])]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn every_kind_that_has_a_type_is_read_as_such() {
        let who = [7i32.to_ne_bytes(), 8i32.to_ne_bytes(), (-1i32).to_ne_bytes()].concat();
        assert!(matches!(
            one(libc::SOL_SOCKET, libc::SCM_CREDENTIALS, &who),
            Control::Credentials(Credentials { pid: 7, uid: 8, gid: u32::MAX })
        ));
        for (level, kind) in
            [(libc::IPPROTO_IP, libc::IP_TTL), (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT)]
        {
            assert!(matches!(one(level, kind, &64i32.to_ne_bytes()), Control::Ttl(64)));
            assert!(matches!(one(level, kind, &256i32.to_ne_bytes()), Control::Unknown { .. }));
        }
        for (level, kind) in
            [(libc::IPPROTO_IP, libc::IP_TOS), (libc::IPPROTO_IPV6, libc::IPV6_TCLASS)]
        {
            assert!(matches!(one(level, kind, &[0xb9]), Control::Tos(0xb9)));
            assert!(matches!(one(level, kind, &3i32.to_ne_bytes()), Control::Tos(3)));
        }
        let v4 = [[2, 0, 0, 0], [1, 1, 1, 1], [127, 0, 0, 9]].concat();
        let Control::PacketInfo { addr, interface } = one(libc::IPPROTO_IP, libc::IP_PKTINFO, &v4)
        else {
            panic!("no packet information")
        };
        let two = u32::from_ne_bytes([2, 0, 0, 0]);
        assert_eq!((addr, interface), (IpAddr::from([127, 0, 0, 9]), two));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn times_out_of_range_are_handed_on_as_they_came() {
        let at = |secs: i64, part: i64| [secs.to_ne_bytes(), part.to_ne_bytes()].concat();
        let (micros, nanos) = (libc::SO_TIMESTAMP, libc::SO_TIMESTAMPNS);
        for (kind, bytes, time) in [
            (micros, at(1, 5), Some(Duration::new(1, 5000))),
            (nanos, at(1, 5), Some(Duration::new(1, 5))),
            (nanos, at(i64::MAX, 999_999_999), Some(Duration::new(i64::MAX as u64, 999_999_999))),
            (nanos, at(1, 1_000_000_000), None),
            (micros, at(1, 1_000_000), None),
            (micros, at(1, i64::MAX), None),
            (nanos, at(-1, 0), None),
            (nanos, vec![], None),
            (nanos, vec![1; 15], None),
        ] {
            let got = match one(libc::SOL_SOCKET, kind, &bytes) {
                Control::Timestamp(time) => Some(time),
                Control::Unknown { data, .. } if data == bytes => None,
                other => panic!("{other:?}"),
            };
            assert_eq!(got, time, "{kind} {bytes:?}");
        }
    }

    #[test]
    fn numbers_below_zero_are_no_descriptors() {
        let data = [3i32.to_ne_bytes(), (-1i32).to_ne_bytes(), 5i32.to_ne_bytes()].concat();
        let rights = Raw { level: libc::SOL_SOCKET, kind: libc::SCM_RIGHTS, data: &data };
        assert_eq!(rights.rights().unwrap().collect::<Vec<_>>(), [3, 5]);
        let process = Raw { kind: SCM_PIDFD, data: &data[4..8], ..rights };
        assert_eq!(process.process(), None);
        assert_eq!(Raw { kind: libc::SCM_RIGHTS, data: &data[..4], ..process }.process(), None);
    }

    #[test]
    fn a_message_that_was_cut_off_brings_what_is_there() {
        // Some systems still tell the whole length then.
        let bytes = laid_out(&[(libc::SOL_SOCKET, libc::SCM_RIGHTS, vec![1; 12])]);
        for cut in 0..bytes.len() {
            let found: Vec<_> = Raws(&bytes[..cut]).flat_map(|raw| raw.rights().unwrap()).collect();
            let there = cut.saturating_sub(HEADER).min(12) / 4;
            assert_eq!(found.len(), there, "cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            messages in prop::collection::vec(
                (any::<i32>(), any::<i32>(), prop::collection::vec(any::<u8>(), 0..40)), 0..6,
            ),
        ) {
            prop_assert_eq!(read_back(&laid_out(&messages)), messages);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic_and_each_at_most_once(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200),
            len in 0..300usize,
            kind in 0..4i32,
        ) {
            // A header that is likely to be taken for one.
            if bytes.len() >= HEADER {
                let head = laid_out(&[(libc::SOL_SOCKET, kind, vec![])]);
                bytes[..HEADER].copy_from_slice(&head);
                let len = len.to_ne_bytes();
                bytes[..len.len()].copy_from_slice(&len);
            }
            let mut read = 0;
            for raw in Raws(&bytes) {
                read += HEADER + raw.data.len();
                if raw.rights().is_none() {
                    let _ = (raw.process(), known(raw), raw.unknown());
                }
            }
            prop_assert!(read <= bytes.len());
        }
    }
}
