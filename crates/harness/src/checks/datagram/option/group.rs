//! Groups: one datagram for all their members.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Errno, Error, SocketOption};

use crate::checks::datagram::ends::{next, send_to};
use crate::expect::{equal, fails_with, holds, same_bytes, saw};
use crate::{Case, Conn, Observation, Stop};

/// What is sent to a socket alone, to see what came before it.
const MARK: &[u8] = b"the mark";

/// There is no route to a group by the interface at hand.
const NO_WAY: &str = "no way there";

pub(super) fn join(case: &Case<'_>) -> Observation {
    let party = Party::new(case)?;
    party.member.join(party.group, party.interface)?;
    for bytes in [&b"one"[..], b"", b"three"] {
        if !party.sends(bytes)? {
            return saw(NO_WAY);
        }
        same_bytes("what the group is sent", bytes, &next(case, &party.member)?)?;
    }
    saw("received")
}

pub(super) fn leave(case: &Case<'_>) -> Observation {
    let party = Party::new(case)?;
    party.member.join(party.group, party.interface)?;
    party.member.leave(party.group, party.interface)?;
    if !party.sends(b"to the others")? {
        return saw(NO_WAY);
    }
    let after = party.what_came(case)?;
    party.member.join(party.group, party.interface)?;
    party.sends(b"welcome back")?;
    same_bytes("after joining again", b"welcome back", &next(case, &party.member)?)?;
    saw(after)
}

pub(super) fn stranger(case: &Case<'_>) -> Observation {
    let party = Party::new(case)?;
    if !party.sends(b"to the members")? {
        return saw(NO_WAY);
    }
    saw(party.what_came(case)?)
}

pub(super) fn bystander(case: &Case<'_>) -> Observation {
    let party = Party::new(case)?;
    let other = case.socket()?;
    other.set_option(SocketOption::ReuseAddress, 1)?;
    other.bind(&everywhere(&party.member.local_addr()?, party.port)?)?;
    other.join(party.group, party.interface)?;
    if !party.sends(b"to the members")? {
        return saw(NO_WAY);
    }
    same_bytes("what the member receives", b"to the members", &next(case, &other)?)?;
    // The mark goes to one of the two sockets that have the port; here it must be this one.
    other.drop_now();
    saw(party.what_came(case)?)
}

pub(super) fn join_twice(case: &Case<'_>) -> Observation {
    let Party { member, group, interface, .. } = Party::new(case)?;
    let early = member.leave(group, interface);
    fails_with("leaving before joining", early, &[Errno::EADDRNOTAVAIL]).map(drop)?;
    member.join(group, interface)?;
    let again = member.join(group, interface);
    fails_with("joining again", again, &[Errno::EADDRINUSE]).map(drop)?;
    member.leave(group, interface)?;
    let again = member.leave(group, interface);
    fails_with("leaving again", again, &[Errno::EADDRNOTAVAIL]).map(drop)?;
    holds()
}

pub(super) fn no_group(case: &Case<'_>) -> Observation {
    let Party { member, group, interface, .. } = Party::new(case)?;
    let host: IpAddr = match group {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let joined = member.join(host, interface);
    fails_with("joining a host", joined, &[Errno::EINVAL]).map(drop)?;
    let refusals = [Errno::ENODEV, Errno::EADDRNOTAVAIL, Errno::from_code(ENXIO)];
    let joined = member.join(group, 999_999);
    fails_with("joining where there is no interface", joined, &refusals).map(drop)?;
    member.join(group, interface)?;
    holds()
}

/// The number of `ENXIO`, which is the same on every Unix.
const ENXIO: i32 = 6;

/// Who takes part: one that may be a member, and one that sends to the group.
struct Party {
    member: Conn,
    sender: Conn,
    group: IpAddr,
    interface: u32,
    port: u16,
}

impl Party {
    fn new(case: &Case<'_>) -> Result<Self, Stop> {
        let any = case.transport()?.any_addr()?;
        let interface = case.transport()?.loopback();
        let member = case.socket()?;
        member.set_option(SocketOption::ReuseAddress, 1)?;
        member.bind(&everywhere(&any, 0)?)?;
        let port = member.local_addr()?.port().unwrap_or(0);
        let sender = case.socket()?;
        let index = i32::try_from(interface).unwrap_or(0);
        sender.set_option(SocketOption::MulticastInterface, index)?;
        let [x, y] = [case.below(256), case.below(256)].map(|n| u8::try_from(n).unwrap_or(0));
        // Groups for whoever wants one, on this site.
        let group = match any.ip() {
            Some(IpAddr::V6(_)) => {
                Ipv6Addr::new(0xff15, 0, 0, 0, 0, 0, x.into(), u16::from(y) + 1).into()
            }
            _ => Ipv4Addr::new(239, 255, x, y).into(),
        };
        Ok(Self { member, sender, group, interface, port })
    }

    /// Sends to the group, unless there is no way there.
    fn sends(&self, bytes: &[u8]) -> Result<bool, Stop> {
        let to = Addr::Inet(SocketAddr::new(self.group, self.port));
        match self.sender.send_to(bytes, Some(&to)) {
            Ok(count) => equal("bytes taken", &bytes.len(), &count).map(|()| true),
            Err(Error::Os { errno: Errno::ENETUNREACH | Errno::EADDRNOTAVAIL, .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the member has received anything until now.
    fn what_came(&self, case: &Case<'_>) -> Result<&'static str, Stop> {
        let host = match self.group {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        };
        let alone = case.socket()?;
        send_to(&alone, MARK, &Addr::Inet(SocketAddr::new(host, self.port)))?;
        let first = next(case, &self.member)?;
        if first == MARK {
            return Ok("nothing");
        }
        same_bytes("then", MARK, &next(case, &self.member)?)?;
        Ok("received")
    }
}

/// Every address of the machine, of the family of `like`.
fn everywhere(like: &Addr, port: u16) -> Result<Addr, Stop> {
    match like.ip() {
        Some(IpAddr::V4(_)) => Ok(Addr::from((Ipv4Addr::UNSPECIFIED, port))),
        Some(IpAddr::V6(_)) => Ok(Addr::from((Ipv6Addr::UNSPECIFIED, port))),
        None => Err(Stop::HarnessError("no IP address, though declared".to_owned())),
    }
}
