//! Datagrams that go to or come from the wrong one.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Op, Recv, RecvBuf, Result, Shutdown};

use super::call::{How, What, is, locked};
use super::fault::Fault;
use super::subject::{connected, datagram};
use crate::mem::MemDatagram;
use crate::{Caps, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<SourceWrong>(),
        datagram::<SourceUnbound>(),
        datagram::<StrangersHeard>(),
        datagram::<ReconnectIgnored>(),
        datagram::<DisconnectIgnored>(),
        connected::<PeerUntold>(),
        datagram::<DestinationIgnored>(),
        datagram::<DatagramInUseUnseen>(),
        datagram::<DatagramBindTwice>(),
        datagram::<AddressOnce>(),
        connected::<OwnEcho>(),
    ]
}

#[derive(Default)]
struct SourceWrong;

impl Fault<MemDatagram> for SourceWrong {
    const NAME: &'static str = "source-wrong";
    const SAYS: &'static str = "the sender that a receive tells is the receiver itself";
    const FAILS: &'static [&'static str] = &[
        "datagram.address.autobind",
        "datagram.address.disconnect",
        "datagram.address.peek-source",
        "datagram.address.reply",
        "datagram.address.several-peers",
        "datagram.address.source",
        "datagram.transfer.two-senders",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        Ok(Recv { peer: end.local_addr()?, ..how.recv(end, buf)? })
    }
}

#[derive(Default)]
struct SourceUnbound;

impl Fault<MemDatagram> for SourceUnbound {
    const NAME: &'static str = "unbound-cannot-send";
    const SAYS: &'static str = "a socket that was not bound cannot send";
    const FAILS: &'static [&'static str] = &["datagram.address.autobind"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.to.is_some() && end.local_addr()? == Addr::Token(0) {
            return Err(Error::os(Op::Send, Errno::EINVAL));
        }
        what.send(end)
    }
}

/// Connecting is remembered for sending alone.
#[derive(Default)]
struct StrangersHeard(Mutex<Option<Addr>>);

impl Fault<MemDatagram> for StrangersHeard {
    const NAME: &'static str = "strangers-heard";
    const SAYS: &'static str = "a connected socket receives from everybody";
    const FAILS: &'static [&'static str] =
        &["datagram.address.filter", "datagram.address.reconnect"];
    const LACKS: Caps = Caps::REFUSAL;

    fn connect(&self, end: &MemDatagram, addr: &Addr, deadline: Deadline) -> Result<()> {
        end.connect(addr, deadline)?;
        end.disconnect()?;
        *locked(&self.0) = Some(addr.clone());
        Ok(())
    }

    fn disconnect(&self, end: &MemDatagram) -> Result<()> {
        *locked(&self.0) = None;
        end.disconnect()
    }

    fn peer_addr(&self, end: &MemDatagram) -> Result<Addr> {
        locked(&self.0).clone().map_or_else(|| end.peer_addr(), Ok)
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let peer = locked(&self.0).clone();
        What { to: what.to.or(peer.as_ref()), ..what }.send(end)
    }

    fn shutdown(&self, end: &MemDatagram, how: Shutdown) -> Result<()> {
        let peer = locked(&self.0).clone();
        let Some(peer) = peer else { return end.shutdown(how) };
        end.connect(&peer, Deadline::NEVER)?;
        end.shutdown(how)?;
        end.disconnect()
    }
}

#[derive(Default)]
struct ReconnectIgnored(AtomicBool);

impl Fault<MemDatagram> for ReconnectIgnored {
    const NAME: &'static str = "reconnect-ignored";
    const SAYS: &'static str = "connecting again succeeds and keeps the old peer";
    const FAILS: &'static [&'static str] = &["datagram.address.reconnect", "datagram.error.usable"];

    fn connect(&self, end: &MemDatagram, addr: &Addr, deadline: Deadline) -> Result<()> {
        if self.0.swap(true, SeqCst) { Ok(()) } else { end.connect(addr, deadline) }
    }

    fn disconnect(&self, end: &MemDatagram) -> Result<()> {
        self.0.store(false, SeqCst);
        end.disconnect()
    }
}

#[derive(Default)]
struct DisconnectIgnored;

impl Fault<MemDatagram> for DisconnectIgnored {
    const NAME: &'static str = "disconnect-ignored";
    const SAYS: &'static str = "dissolving the association succeeds and keeps the peer";
    const FAILS: &'static [&'static str] = &["datagram.address.disconnect"];

    fn disconnect(&self, _end: &MemDatagram) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct PeerUntold;

impl Fault<MemDatagram> for PeerUntold {
    const NAME: &'static str = "peer-untold";
    const SAYS: &'static str = "a connected socket does not know its peer";
    const FAILS: &'static [&'static str] = &["datagram.address.connect", "datagram.address.peer"];

    fn peer_addr(&self, _end: &MemDatagram) -> Result<Addr> {
        Err(Error::os(Op::PeerAddr, Errno::ENOTCONN))
    }
}

#[derive(Default)]
struct DestinationIgnored;

impl Fault<MemDatagram> for DestinationIgnored {
    const NAME: &'static str = "destination-ignored";
    const SAYS: &'static str = "a connected socket sends to its peer, wherever the call says";
    const FAILS: &'static [&'static str] = &["datagram.address.elsewhere"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let to = if end.peer_addr().is_ok() { None } else { what.to };
        What { to, ..what }.send(end)
    }
}

#[derive(Default)]
struct DatagramInUseUnseen;

impl Fault<MemDatagram> for DatagramInUseUnseen {
    const NAME: &'static str = "datagram-in-use-unseen";
    const SAYS: &'static str = "binding to an address in use succeeds, at another address";
    const FAILS: &'static [&'static str] =
        &["cross.errno.in-use", "datagram.address.bind-taken", "datagram.option.shared-address"];

    fn bind(&self, end: &MemDatagram, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EADDRINUSE) => end.bind(&Addr::Token(0)),
            other => other,
        }
    }
}

#[derive(Default)]
struct DatagramBindTwice;

impl Fault<MemDatagram> for DatagramBindTwice {
    const NAME: &'static str = "datagram-bind-twice";
    const SAYS: &'static str = "binding a bound socket succeeds and does nothing";
    const FAILS: &'static [&'static str] = &["datagram.address.bind-twice"];

    fn bind(&self, end: &MemDatagram, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EINVAL) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct AddressOnce(AtomicBool);

impl Fault<MemDatagram> for AddressOnce {
    const NAME: &'static str = "address-once";
    const SAYS: &'static str = "the local address is told once, and then as none";
    const FAILS: &'static [&'static str] = &[
        "datagram.address.bind-any",
        "datagram.address.bind-twice",
        "datagram.address.connect",
        "datagram.address.peek-source",
        "datagram.address.reply",
        "datagram.address.source",
        "datagram.error.loop-survives",
        "datagram.error.unconnected",
        "datagram.error.usable",
        "datagram.transfer.two-senders",
    ];

    fn local_addr(&self, end: &MemDatagram) -> Result<Addr> {
        let addr = end.local_addr()?;
        Ok(if self.0.swap(true, SeqCst) { Addr::Token(0) } else { addr })
    }
}

#[derive(Default)]
struct OwnEcho {
    sends: AtomicUsize,
    own: Mutex<Option<Vec<u8>>>,
}

impl Fault<MemDatagram> for OwnEcho {
    const NAME: &'static str = "own-echo";
    const SAYS: &'static str =
        "a connected socket receives its second message itself, beside the peer";
    const FAILS: &'static [&'static str] = &[
        "datagram.deadline.usable",
        "datagram.error.keeps-queue",
        "datagram.error.usable",
        "datagram.message.both-ways",
        "datagram.transfer.directions",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if let Some(own) = locked(&self.own).take() {
            return Ok(Recv { len: buf.append(&own), peer: end.peer_addr()?, truncated: false });
        }
        how.recv(end, buf)
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if self.sends.fetch_add(1, SeqCst) == 1 {
            *locked(&self.own) = Some(what.whole());
        }
        what.send(end)
    }
}
