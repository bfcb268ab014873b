//! The options of a socket in memory: what each is unless set, and the values that it takes.

use std::ops::RangeInclusive;

use sockrates_core::{Errno, SocketOption};

use super::naming::Naming;

/// What each of `SO_SNDBUF` and `SO_RCVBUF` of a stream is unless set: small, so that a full queue
/// is soon reached.
pub(super) const BUFFER_SIZE: i32 = 32 << 10;

/// How many bytes a datagram socket keeps unless told otherwise. What does not fit is lost.
pub(super) const QUEUE_SIZE: i32 = 256 << 10;

/// An option, its value unless set, and the values that it takes.
type Known = (SocketOption, i32, RangeInclusive<i32>);

/// What every socket has.
const ANY: &[Known] = &[
    (SocketOption::ReuseAddress, 0, SWITCH),
    (SocketOption::Ttl, 64, 1..=255),
    (SocketOption::Tos, 0, 0..=255),
];

/// What a stream has.
const STREAM: &[Known] = &[
    (SocketOption::SocketType, 1, READ_ONLY),
    (SocketOption::SendBuffer, BUFFER_SIZE, SIZE),
    (SocketOption::RecvBuffer, BUFFER_SIZE, SIZE),
    (SocketOption::ReusePort, 0, SWITCH),
    (SocketOption::NoDelay, 0, SWITCH),
    (SocketOption::OobInline, 0, SWITCH),
    (SocketOption::KeepAlive, 0, SWITCH),
    (SocketOption::KeepIdle, 7200, 1..=32_767),
    (SocketOption::KeepInterval, 75, 1..=32_767),
    (SocketOption::KeepCount, 9, 1..=127),
    (SocketOption::UserTimeout, 0, 0..=i32::MAX),
];

/// What a datagram socket has. There is no queue on its sending side to have a size.
const DATAGRAM: &[Known] = &[
    (SocketOption::SocketType, 2, READ_ONLY),
    (SocketOption::SendBuffer, QUEUE_SIZE, SIZE),
    (SocketOption::RecvBuffer, QUEUE_SIZE, SIZE),
    (SocketOption::RecvTtl, 0, SWITCH),
    (SocketOption::RecvTos, 0, SWITCH),
    (SocketOption::RecvTimestamp, 0, SWITCH),
];

/// What a datagram socket has in a network with groups.
const GROUPS: &[Known] = &[
    (SocketOption::Broadcast, 0, SWITCH),
    (SocketOption::MulticastTtl, 1, 0..=255),
    (SocketOption::MulticastLoop, 1, SWITCH),
    (SocketOption::MulticastInterface, 0, 0..=INTERFACE as i32),
    (SocketOption::RecvPacketInfo, 0, SWITCH),
];

/// The only interface of these networks.
pub(super) const INTERFACE: u32 = 1;

/// What a stream has in a network of IPv6.
const OF_V6: &[Known] = &[(SocketOption::OnlyV6, 0, SWITCH)];

/// Off and on.
const SWITCH: RangeInclusive<i32> = 0..=1;
/// A buffer of nothing would carry nothing.
const SIZE: RangeInclusive<i32> = 1..=i32::MAX;
/// No value is taken.
const READ_ONLY: RangeInclusive<i32> = i32::MIN..=i32::MIN;

/// The options of one socket.
#[derive(Clone, Debug)]
pub(super) struct Options {
    own: &'static [Known],
    of_naming: &'static [Known],
    set: Vec<(SocketOption, i32)>,
}

impl Options {
    pub(super) fn of_stream(naming: Naming) -> Self {
        let of_naming = if naming == Naming::V6 { OF_V6 } else { &[] };
        Self { own: STREAM, of_naming, set: Vec::new() }
    }

    pub(super) fn of_datagram(naming: Naming) -> Self {
        let of_naming = if naming == Naming::Tokens { &[] } else { GROUPS };
        Self { own: DATAGRAM, of_naming, set: Vec::new() }
    }

    /// The value, or `ENOPROTOOPT` for one that such a socket does not have.
    pub(super) fn get(&self, option: SocketOption) -> Result<i32, Errno> {
        let (_, unless_set, _) = self.known(option)?;
        let set = self.set.iter().find(|(other, _)| *other == option);
        Ok(set.map_or(*unless_set, |(_, value)| *value))
    }

    pub(super) fn set(&mut self, option: SocketOption, value: i32) -> Result<(), Errno> {
        let (.., takes) = self.known(option)?;
        if *takes == READ_ONLY {
            return Err(Errno::ENOPROTOOPT);
        }
        let value = match takes {
            // Any number is on but zero, and a size too small becomes the smallest.
            takes if *takes == SWITCH => i32::from(value != 0),
            takes if *takes == SIZE => value.max(1),
            takes if takes.contains(&value) => value,
            _ => return Err(Errno::EINVAL),
        };
        self.set.retain(|(other, _)| *other != option);
        self.set.push((option, value));
        Ok(())
    }

    pub(super) fn is_on(&self, option: SocketOption) -> bool {
        self.get(option).is_ok_and(|value| value != 0)
    }

    /// An option that counts bytes.
    pub(super) fn size(&self, option: SocketOption) -> usize {
        self.get(option).map_or(0, |value| usize::try_from(value).unwrap_or(0))
    }

    fn known(&self, option: SocketOption) -> Result<&'static Known, Errno> {
        let mut all = self.own.iter().chain(self.of_naming).chain(ANY);
        all.find(|(known, ..)| *known == option).ok_or(Errno::ENOPROTOOPT)
    }
}
