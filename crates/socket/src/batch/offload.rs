//! What a socket remembers of its batches.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use sockrates_core::{Errno, Error, Op, Result};

use crate::sys::segments_max;
use crate::{Family, Protocol, Socket, Type};

/// What a socket remembers of its batches. Nothing else waits for any of it, so each is by itself.
#[derive(Default)]
pub(crate) struct Offload {
    /// Whether each datagram is sent by itself.
    uncut: AtomicBool,
    /// Whether datagrams are received joined.
    joined: AtomicBool,
    /// An error that a batch met after its first datagram; 0 is none.
    late: AtomicI32,
}

impl Offload {
    /// What a duplicate of the socket is to remember.
    pub(crate) fn of_duplicate(&self) -> Self {
        let copy = |flag: &AtomicBool| AtomicBool::new(flag.load(Ordering::Relaxed));
        Self { uncut: copy(&self.uncut), joined: copy(&self.joined), late: AtomicI32::new(0) }
    }
}

/// What a socket remembers of its batches.
impl Socket {
    /// Whether datagrams of one length that are sent together to one peer go to the system as one
    /// buffer, which it, or the network card, cuts: `UDP_SEGMENT`. That spares most of their cost.
    ///
    /// It is on for UDP where the system can, and turned off by the first send that the way to the
    /// peer refuses because of it. Such a send is done again without: only its time is lost.
    ///
    /// # Platform notes
    /// Linux 4.18 cuts into up to 64 datagrams, 6.9 into up to 128; other systems do not.
    ///
    /// Source: Linux `udp(7)`.
    #[doc(alias = "UDP_SEGMENT")]
    #[inline]
    #[must_use]
    pub fn gso(&self) -> bool {
        !self.offload().uncut.load(Ordering::Relaxed) && self.is_udp() && segments_max() > 1
    }

    /// Whether it is UDP's. Others ignore what they are told of cutting.
    #[inline]
    fn is_udp(&self) -> bool {
        let protocol = self.protocol();
        (self.family() == Family::INET || self.family() == Family::INET6)
            && self.socket_type() == Type::DGRAM
            && (protocol == Protocol::UDP || protocol == Protocol::DEFAULT)
    }

    /// Has datagrams be cut by the system, where it can, or not: after the way to the peer has
    /// changed, it may be worth another try.
    #[doc(alias = "UDP_SEGMENT")]
    pub fn set_gso(&self, on: bool) {
        self.offload().uncut.store(!on, Ordering::Relaxed);
    }

    /// Remembers that datagrams are received joined, or not.
    pub(crate) fn note_joined(&self, joined: bool) {
        self.offload().joined.store(joined, Ordering::Relaxed);
    }

    /// Whether it is remembered that datagrams are received joined.
    #[inline]
    pub(crate) fn is_joined(&self) -> bool {
        self.offload().joined.load(Ordering::Relaxed)
    }

    /// An error where one receive may bring several datagrams that could not be told apart.
    #[inline]
    pub(crate) fn check_unjoined(&self) -> Result<()> {
        if self.is_joined() { joined() } else { Ok(()) }
    }

    /// Keeps an error that a batch met after its first datagram, where it is one.
    pub(super) fn keep_late(&self, error: &io::Error) {
        let kind = error.kind();
        let passing = kind == io::ErrorKind::WouldBlock || kind == io::ErrorKind::Interrupted;
        if !passing && !self.is_closed() {
            self.offload().late.store(error.raw_os_error().unwrap_or(0), Ordering::Relaxed);
        }
    }

    /// The error that a batch has kept, if any, once.
    pub(crate) fn take_late(&self) -> Errno {
        Errno::from_code(self.offload().late.swap(0, Ordering::Relaxed))
    }

    /// The error that a batch has kept, if any, once.
    #[inline]
    pub(super) fn tell_late(&self, op: Op) -> Result<()> {
        // Looked at first, for taking costs more.
        if self.offload().late.load(Ordering::Relaxed) == 0 {
            return Ok(());
        }
        match self.take_late() {
            Errno::SUCCESS => Ok(()),
            errno => Err(self.or_closed(Error::os(op, errno))),
        }
    }
}

#[cold]
fn joined() -> Result<()> {
    let rule = "one receive may bring several joined; use recv_many";
    Err(Error::invalid("receive", "of one datagram with UDP_GRO on", rule))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::{RecvBatch, SendBatch};

    #[test]
    fn only_udp_is_cut() {
        let cuts = |family, protocol| {
            Socket::new(family, Type::DGRAM, protocol).is_ok_and(|socket| socket.gso())
        };
        assert_eq!(cuts(Family::INET, None), cfg!(target_os = "linux"));
        assert_eq!(cuts(Family::INET, Some(Protocol::UDP)), cfg!(target_os = "linux"));
        assert!(!cuts(Family::UNIX, None));
        for other in [1, 136] {
            assert!(!cuts(Family::INET, Some(Protocol::from_code(other))), "{other}");
        }
    }

    #[test]
    fn a_late_error_is_told_once_by_whichever_comes_first() {
        let socket = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
        socket.bind(("127.0.0.1", 0)).unwrap();
        socket.set_blocking(false).unwrap();
        let (mut batch, mut out) = (RecvBatch::new(1, 1).unwrap(), SendBatch::new(1, 1).unwrap());
        let refused = io::Error::from_raw_os_error(Errno::ECONNREFUSED.code());
        let is_told = |outcome: Result<()>| {
            outcome.is_err_and(|error| error.errno() == Some(Errno::ECONNREFUSED))
        };
        socket.keep_late(&refused);
        assert!(is_told(socket.recv_many(&mut batch).map(drop)));
        assert!(!is_told(socket.recv_many(&mut batch).map(drop)));
        socket.keep_late(&refused);
        assert!(is_told(socket.send_many(&mut out)));
        socket.send_many(&mut out).unwrap();
        socket.keep_late(&refused);
        assert_eq!(socket.take_error().unwrap(), Errno::ECONNREFUSED);
        assert_eq!(socket.take_error().unwrap(), Errno::SUCCESS);
        for passing in [io::ErrorKind::WouldBlock, io::ErrorKind::Interrupted] {
            socket.keep_late(&passing.into());
        }
        socket.keep_late(&io::Error::from_raw_os_error(Errno::EAGAIN.code()));
        assert_eq!(socket.take_error().unwrap(), Errno::SUCCESS);
    }
}
