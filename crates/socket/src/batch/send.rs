//! Sending many datagrams at once.

use sockrates_core::{Addr, ControlRef, Deadline, Errno, Error, Op, Result, SendFlags};

use super::segments::Patience;
use super::{SendBatch, SendHeader};
use crate::send::system_flags;
use crate::sys::{self, Beside, Target};
use crate::{Family, Socket, Type};

/// Sending many datagrams at once.
impl Socket {
    /// Sends all datagrams of `batch`, in their order, and leaves it empty.
    ///
    /// # Errors
    /// As in [`send_many_by`](Self::send_many_by).
    #[inline]
    pub fn send_many(&self, batch: &mut SendBatch) -> Result<()> {
        self.send_many_by(batch, SendFlags::NONE, Deadline::NEVER)
    }

    /// Sends all datagrams of `batch`, in their order, by `deadline`, or by the mode's timeout
    /// where that is earlier, and leaves it empty.
    ///
    /// # Errors
    /// As in [`send_by`](Self::send_by). Those that were sent are no longer in the batch, so that
    /// sending it again goes on where it failed; [`done`](Error::done) of the system's errors and
    /// of [`Error::TimedOut`] tells their bytes. The one that failed is the
    /// [`first`](SendBatch::first) of what is left; [`skip`](SendBatch::skip) drops it. `EAGAIN`
    /// in non-blocking mode as soon as there is no room for one; [`Error::Invalid`] for
    /// [`SendFlags::MORE`], which would glue them together; [`Error::Unsupported`] on a socket of
    /// another type.
    ///
    /// Source: POSIX.1-2024 `sendmsg`; Linux `udp(7)`.
    #[doc(alias = "sendmmsg")]
    pub fn send_many_by(
        &self,
        batch: &mut SendBatch,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<()> {
        self.check_batch(flags)?;
        let (mut patience, mut done) = (Patience::new(flags, deadline), 0);
        while let Some((run, bytes)) = batch.next_run() {
            let len = bytes.len();
            let to = run.to.as_ref();
            let sent = self.send_to_run(bytes, run.segment, to, &run.header, flags, &mut patience);
            match sent {
                Ok(()) => batch.take(len),
                Err(error) => {
                    let sent = error.done();
                    if sent > 0 {
                        batch.take(sent);
                    }
                    return Err(error.during(Op::Send, done + sent));
                }
            }
            done += len;
        }
        self.check_open(Op::Send)
    }

    /// Sends `bytes` to the connected peer as datagrams of `segment` bytes, the last of what is
    /// left. No bytes are no datagram.
    ///
    /// ```
    /// use sockrates_socket::{Family, RecvBatch, Socket, Type};
    ///
    /// let (a, b) = (Socket::new(Family::INET, Type::DGRAM, None)?,
    ///               Socket::new(Family::INET, Type::DGRAM, None)?);
    /// b.bind(("127.0.0.1", 0))?;
    /// a.connect(b.local_addr()?)?;
    /// a.send_segments(b"onetwothree", 3)?;
    ///
    /// let mut batch = RecvBatch::new(8, 3)?;
    /// b.recv_many(&mut batch)?;
    /// let words: Vec<_> = batch.iter().map(|one| one.bytes()).collect();
    /// assert_eq!(words, [&b"one"[..], b"two", b"thr", b"ee"]);
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`send_segments_by`](Self::send_segments_by).
    #[inline]
    pub fn send_segments(&self, bytes: &[u8], segment: usize) -> Result<()> {
        let header = SendHeader::new();
        self.send_segments_by(bytes, segment, None, header, SendFlags::NONE, Deadline::NEVER)
    }

    /// Sends `bytes` by `deadline`, or by the mode's timeout where that is earlier, to `to`, `None`
    /// being the connected peer, as datagrams of `segment` bytes, the last of what is left, each
    /// with what `header` says. No bytes are no datagram.
    ///
    /// # Errors
    /// As in [`send_by`](Self::send_by); `EMSGSIZE` for a segment over the longest datagram.
    /// [`done`](Error::done) tells how many bytes were sent, which are whole datagrams: go on with
    /// `&bytes[done..]`. [`Error::Invalid`] for a segment of 0 bytes, and for
    /// [`SendFlags::MORE`]; [`Error::Unsupported`] on a socket of another type, and for a header
    /// on a socket that is not of IP or where the system has no words for it.
    ///
    /// # Platform notes
    /// Linux cuts them itself ([`gso`](Self::gso)); datagrams longer than the way to the peer takes
    /// in one piece are sent one by one, so that they are broken up, or refused, as any.
    ///
    /// Source: Linux `udp(7)`, `UDP_SEGMENT`.
    #[doc(alias = "UDP_SEGMENT")]
    pub fn send_segments_by(
        &self,
        bytes: &[u8],
        segment: usize,
        to: Option<&Addr>,
        header: SendHeader,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<()> {
        self.check_batch(flags)?;
        if segment == 0 {
            let rule = "use at least 1 byte";
            return Err(Error::invalid("a segment of", "0 bytes", rule));
        }
        if bytes.is_empty() {
            return self.check_open(Op::Send);
        }
        self.send_to_run(bytes, segment, to, &header, flags, &mut Patience::new(flags, deadline))
    }

    #[inline]
    fn send_to_run(
        &self,
        bytes: &[u8],
        segment: usize,
        to: Option<&Addr>,
        header: &SendHeader,
        flags: SendFlags,
        patience: &mut Patience,
    ) -> Result<()> {
        let mut beside = Beside::new();
        self.tell(&mut beside, to, header)?;
        let to = to.map(Target::of).transpose()?;
        let flags = system_flags(flags);
        self.send_run(bytes, segment, patience, &mut |socket, bytes, cut, flag| {
            sys::send_segments(socket, bytes, cut, to.as_ref(), &mut beside, flag | flags)
        })
    }

    /// What the packets to `to` are told. An IPv6 socket sends those to IPv4 addresses as IPv4, and
    /// then goes by what is of IPv4; what is of the other version is ignored.
    #[inline]
    fn tell(&self, beside: &mut Beside, to: Option<&Addr>, header: &SendHeader) -> Result<()> {
        let family = self.family();
        let mut tell = |control| {
            if family == Family::INET6 && to.is_none_or(is_mapped) {
                beside.push(Family::INET, &control)?;
            }
            beside.push(family, &control)
        };
        if let Some(class) = header.tos {
            tell(ControlRef::Tos(class))?;
        }
        if let Some(hops) = header.ttl {
            tell(ControlRef::Ttl(hops))?;
        }
        if let Some((addr, interface)) = header.source {
            beside.push(family, &ControlRef::PacketInfo { addr, interface })?;
        }
        Ok(())
    }

    /// An error where several datagrams cannot be sent with these flags.
    #[inline]
    fn check_batch(&self, flags: SendFlags) -> Result<()> {
        if self.socket_type() != Type::DGRAM {
            return Err(Error::Unsupported { op: Op::Send });
        }
        if flags.is_empty() {
            return self.tell_late(Op::Send);
        }
        if flags.contains(SendFlags::OOB) {
            return Err(Error::os(Op::Send, Errno::EOPNOTSUPP));
        }
        if flags.contains(SendFlags::MORE) {
            let rule = "it would glue datagrams together; send them without";
            return Err(Error::invalid("send flag", "MORE", rule));
        }
        self.tell_late(Op::Send)
    }
}

fn is_mapped(addr: &Addr) -> bool {
    matches!(addr.ip(), Some(std::net::IpAddr::V6(ip)) if ip.to_ipv4_mapped().is_some())
}
