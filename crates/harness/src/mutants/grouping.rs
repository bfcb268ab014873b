//! Datagram sockets that are wrong about groups, broadcasts and what IP allows.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Addr, Endpoint, Errno, Error, Op, Result, Shutdown, SocketOption};

use super::call::{What, is};
use super::fault::Fault;
use super::subject::{datagram, inet_datagram};
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        inet_datagram::<GroupSentTwice>(),
        inet_datagram::<GroupNeverLeft>(),
        inet_datagram::<GroupIsEveryone>(),
        inet_datagram::<EmptyGroupIsEveryone>(),
        inet_datagram::<JoinedTwice>(),
        inet_datagram::<HostJoined>(),
        inet_datagram::<LongestCut>(),
        inet_datagram::<DatagramForeignBound>(),
        inet_datagram::<BroadcastUnasked>(),
        inet_datagram::<BroadcastNever>(),
        inet_datagram::<BroadcastUntold>(),
        inet_datagram::<BroadcastAllRefused>(),
        datagram::<FailedShutdownBreaks>(),
    ]
}

#[derive(Default)]
struct GroupSentTwice;

impl Fault<MemDatagram> for GroupSentTwice {
    const NAME: &'static str = "group-sent-twice";
    const SAYS: &'static str = "what is sent to a group is sent twice";
    const FAILS: &'static [&'static str] = &["datagram.option.join"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let group = what.to.filter(|to| to.ip().is_some_and(|ip| ip.is_multicast()));
        if group.is_some() {
            what.send(end)?;
        }
        what.send(end)
    }
}

#[derive(Default)]
struct GroupNeverLeft;

impl Fault<MemDatagram> for GroupNeverLeft {
    const NAME: &'static str = "group-never-left";
    const SAYS: &'static str = "who leaves a group stays a member";
    const FAILS: &'static [&'static str] = &["datagram.option.join-twice", "datagram.option.leave"];

    fn leave(&self, end: &MemDatagram, group: IpAddr, interface: u32) -> Result<()> {
        end.leave(group, interface)?;
        end.join(group, interface)
    }
}

#[derive(Default)]
struct GroupIsEveryone;

impl Fault<MemDatagram> for GroupIsEveryone {
    const NAME: &'static str = "group-is-everyone";
    const SAYS: &'static str = "what is sent to a group goes to whoever has the port";
    const FAILS: &'static [&'static str] =
        &["datagram.option.bystander", "datagram.option.leave", "datagram.option.stranger"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let group = what.to.filter(|to| to.ip().is_some_and(|ip| ip.is_multicast()));
        let port = group.and_then(Addr::port);
        let to = port.map(|port| Addr::from((Ipv4Addr::LOCALHOST, port)));
        What { to: to.as_ref().or(what.to), ..what }.send(end)
    }
}

#[derive(Default)]
struct EmptyGroupIsEveryone;

thread_local! {
    /// The group that a socket of this thread is a member of.
    static JOINED: Cell<Option<IpAddr>> = const { Cell::new(None) };
}

impl Fault<MemDatagram> for EmptyGroupIsEveryone {
    const NAME: &'static str = "empty-group-is-everyone";
    const SAYS: &'static str = "what a group without a member is sent goes to whoever has the port";
    const FAILS: &'static [&'static str] = &["datagram.option.leave", "datagram.option.stranger"];

    fn join(&self, end: &MemDatagram, group: IpAddr, interface: u32) -> Result<()> {
        JOINED.set(Some(group));
        end.join(group, interface)
    }

    fn leave(&self, end: &MemDatagram, group: IpAddr, interface: u32) -> Result<()> {
        JOINED.set(None);
        end.leave(group, interface)
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.to.and_then(Addr::ip) == JOINED.get() {
            return what.send(end);
        }
        GroupIsEveryone.send(end, what)
    }

    fn dropped(&self, _end: &MemDatagram) {
        JOINED.set(None);
    }
}

#[derive(Default)]
struct JoinedTwice;

impl Fault<MemDatagram> for JoinedTwice {
    const NAME: &'static str = "joined-twice";
    const SAYS: &'static str = "joining a group again succeeds";
    const FAILS: &'static [&'static str] = &["datagram.option.join-twice"];

    fn join(&self, end: &MemDatagram, group: IpAddr, interface: u32) -> Result<()> {
        match end.join(group, interface) {
            Err(error) if is(&error, Errno::EADDRINUSE) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct HostJoined;

impl Fault<MemDatagram> for HostJoined {
    const NAME: &'static str = "host-joined";
    const SAYS: &'static str = "joining an address that is no group succeeds";
    const FAILS: &'static [&'static str] = &["datagram.option.no-group"];

    fn join(&self, end: &MemDatagram, group: IpAddr, interface: u32) -> Result<()> {
        match end.join(group, interface) {
            Err(error) if is(&error, Errno::EINVAL) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct LongestCut;

impl Fault<MemDatagram> for LongestCut {
    const NAME: &'static str = "longest-cut";
    const SAYS: &'static str = "the longest datagram loses a byte";
    const FAILS: &'static [&'static str] = &["datagram.message.longest", "datagram.transfer.sizes"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let whole = what.whole();
        match whole.len() {
            65_507 => what.send_as(end, &whole[1..]).map(|len| len + 1),
            _ => what.send(end),
        }
    }
}

#[derive(Default)]
struct DatagramForeignBound;

impl Fault<MemDatagram> for DatagramForeignBound {
    const NAME: &'static str = "datagram-foreign-bound";
    const SAYS: &'static str = "binding an address of another machine succeeds";
    const FAILS: &'static [&'static str] = &["datagram.address.bind-foreign"];

    fn bind(&self, end: &MemDatagram, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EADDRNOTAVAIL) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct BroadcastUnasked;

impl Fault<MemDatagram> for BroadcastUnasked {
    const NAME: &'static str = "broadcast-unasked";
    const SAYS: &'static str = "broadcasts are sent without being allowed";
    const FAILS: &'static [&'static str] = &["datagram.address.broadcast"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        match what.send(end) {
            Err(error) if is(&error, Errno::EACCES) => Ok(what.len()),
            other => other,
        }
    }
}

#[derive(Default)]
struct BroadcastNever;

impl Fault<MemDatagram> for BroadcastNever {
    const NAME: &'static str = "broadcast-never";
    const SAYS: &'static str = "broadcasts are refused, whatever was set";
    const FAILS: &'static [&'static str] =
        &["datagram.address.broadcast-allowed", "datagram.option.broadcast"];

    fn set_option(&self, end: &MemDatagram, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::Broadcast => Ok(()),
            other => end.set_option(other, value),
        }
    }
}

#[derive(Default)]
struct BroadcastUntold;

impl Fault<MemDatagram> for BroadcastUntold {
    const NAME: &'static str = "broadcast-untold";
    const SAYS: &'static str = "that broadcasts are allowed is not told";
    const FAILS: &'static [&'static str] = &["datagram.option.broadcast"];

    fn option(&self, end: &MemDatagram, option: SocketOption) -> Result<i32> {
        if option == SocketOption::Broadcast { Ok(0) } else { end.option(option) }
    }
}

#[derive(Default)]
struct BroadcastAllRefused;

impl Fault<MemDatagram> for BroadcastAllRefused {
    const NAME: &'static str = "broadcast-all-refused";
    const SAYS: &'static str = "a broadcast into a network is refused even where it is allowed";
    const FAILS: &'static [&'static str] = &["datagram.address.broadcast-allowed"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let everybody = Ipv4Addr::new(127, 255, 255, 255);
        if what.to.and_then(Addr::ip).is_some_and(|ip| ip == everybody) {
            return Err(Error::os(Op::Send, Errno::EACCES));
        }
        what.send(end)
    }
}

#[derive(Default)]
struct FailedShutdownBreaks(AtomicBool);

impl Fault<MemDatagram> for FailedShutdownBreaks {
    const NAME: &'static str = "failed-shutdown-breaks";
    const SAYS: &'static str = "after a shutdown that failed the socket cannot send";
    const FAILS: &'static [&'static str] = &["datagram.shutdown.failed"];

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        let outcome = end.shutdown(how);
        self.0.fetch_or(outcome.is_err(), SeqCst);
        outcome
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if self.0.load(SeqCst) {
            return Err(Error::os(Op::Send, Errno::EBADF));
        }
        what.send(end)
    }
}
