//! Options: one table of names, any by name or by number, those that people use with a type.

mod multicast;
mod tcp;
mod words;

use std::time::Duration;

use sockrates_core::{Error, Op, Result, SocketOption};

use crate::{Family, Socket, sys};

/// Any option.
impl Socket {
    /// The value of an option, as the system tells it. On an IPv6 socket it is IPv6's of the name.
    ///
    /// ```
    /// use sockrates_core::SocketOption;
    /// use sockrates_socket::{Family, Socket, Type};
    ///
    /// let socket = Socket::new(Family::INET, Type::STREAM, None)?;
    /// assert_eq!(socket.option(SocketOption::KeepAlive)?, 0);
    /// socket.set_option(SocketOption::KeepAlive, 1)?;
    /// assert_ne!(socket.option(SocketOption::KeepAlive)?, 0);
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `ENOPROTOOPT` or `EOPNOTSUPP` for one that the protocol does not know;
    /// [`Error::Unsupported`] for one that this system does not have or does not tell; `EBADF` on
    /// a closed socket.
    ///
    /// Source: POSIX.1-2024 `getsockopt`; Python `socket.getsockopt`.
    #[doc(alias = "getsockopt")]
    pub fn option(&self, option: SocketOption) -> Result<i32> {
        let unsupported = Error::Unsupported { op: Op::GetOption };
        let untold = option == SocketOption::MulticastInterface && self.family() != Family::INET6;
        match sys::option_code(option, self.family() == Family::INET6) {
            Some((level, name)) if !untold => {
                let mut value = [0; 4];
                let len = self.raw_option(level, name, &mut value)?;
                // Some systems tell small numbers in one byte.
                Ok(if len == 1 { value[0].into() } else { i32::from_ne_bytes(value) })
            }
            _ => Err(unsupported),
        }
    }

    /// Sets an option. What the system makes of it, [`option`](Self::option) tells.
    ///
    /// # Errors
    /// `EINVAL` for a value out of range; `EPERM` for an option that needs privileges; else as in
    /// [`option`](Self::option).
    ///
    /// Source: POSIX.1-2024 `setsockopt`; Python `socket.setsockopt`.
    #[doc(alias = "setsockopt")]
    pub fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        let v6 = self.family() == Family::INET6;
        if option == SocketOption::MulticastInterface && !v6 {
            let set = sys::set_multicast_interface(self.inner(), value);
            return self.check(Op::SetOption, set);
        }
        let unsupported = Error::Unsupported { op: Op::SetOption };
        let (level, name) = sys::option_code(option, v6).ok_or(unsupported)?;
        self.set_raw_option(level, name, &value.to_ne_bytes())
    }

    /// Reads an option whose value is no number into `value`, as the system lays it out, and
    /// returns how many bytes it has.
    ///
    /// # Errors
    /// `ENOPROTOOPT` for an unknown one; [`Error::Invalid`] for one that is not known to keep to
    /// the bytes of `value`; `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// Known are the options of sockets, IP, TCP, UDP, ICMPv6, raw sockets and TLS, but for the few
    /// whose values hold addresses of memory, numbers of descriptors, or counts of more than bytes
    /// (on Linux `SO_GET_FILTER`, `IP_MSFILTER`, `MCAST_MSFILTER`, `TCP_ZEROCOPY_RECEIVE`,
    /// `TCP_AO_GET_KEYS`, those of packet filters). For others call the system yourself, with
    /// the descriptor that the socket lends (`as_fd`).
    ///
    /// Source: POSIX.1-2024 `getsockopt`; Python `socket.getsockopt`.
    #[doc(alias = "getsockopt")]
    pub fn raw_option(&self, level: i32, name: i32, value: &mut [u8]) -> Result<usize> {
        if !sys::reads_within(level, name) {
            return Err(reaches_beyond(level, name));
        }
        self.check(Op::GetOption, sys::get_option(self.inner(), level, name, value))
    }

    /// Sets an option whose value is no number to `value`, as the system lays it out.
    ///
    /// # Errors
    /// `ENOPROTOOPT` for an unknown one; `EINVAL` for a value of the wrong size;
    /// [`Error::Invalid`] for one that is not known to keep to the bytes of `value`; `EBADF` on a
    /// closed socket.
    ///
    /// # Platform notes
    /// Known are those of [`raw_option`](Self::raw_option). On Linux `SO_ATTACH_FILTER`,
    /// `SO_ATTACH_BPF` and `SO_ATTACH_REUSEPORT_*` are not: a filter's address or number owns
    /// nothing.
    ///
    /// Source: POSIX.1-2024 `setsockopt`; Python `socket.setsockopt`.
    #[doc(alias = "setsockopt")]
    pub fn set_raw_option(&self, level: i32, name: i32, value: &[u8]) -> Result<()> {
        if !sys::sets_within(level, name) {
            return Err(reaches_beyond(level, name));
        }
        let set = || self.check(Op::SetOption, sys::set_option(self.inner(), level, name, value));
        if !sys::joins_datagrams(level, name) {
            return set();
        }
        let (before, joined) = (self.is_joined(), value.iter().any(|byte| *byte != 0));
        // Before the first joined datagram can come, after the last was not joined.
        self.note_joined(before || joined);
        let set = set();
        self.note_joined(if set.is_ok() { joined } else { before });
        set
    }

    pub(crate) fn switch(&self, option: SocketOption) -> Result<bool> {
        Ok(self.option(option)? != 0)
    }

    pub(crate) fn set_switch(&self, option: SocketOption, on: bool) -> Result<()> {
        self.set_option(option, on.into())
    }

    /// What no option says with a number below zero.
    pub(crate) fn count(&self, option: SocketOption) -> Result<u32> {
        Ok(u32::try_from(self.option(option)?).unwrap_or(0))
    }

    /// A number that the system's `int` does not hold, it would not take either.
    pub(crate) fn set_count(&self, option: SocketOption, count: u32) -> Result<()> {
        self.set_option(option, i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// Options of every kind of socket.
impl Socket {
    /// Whether the address may be bound again while old connections linger.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_REUSEADDR")]
    pub fn reuse_address(&self) -> Result<bool> {
        self.switch(SocketOption::ReuseAddress)
    }

    /// Sets what [`reuse_address`](Self::reuse_address) tells, before `bind`.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub fn set_reuse_address(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::ReuseAddress, on)
    }

    /// Whether several sockets may bind the same address, each with this option set: connections
    /// and datagrams are then shared out among them.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_REUSEPORT")]
    pub fn reuse_port(&self) -> Result<bool> {
        self.switch(SocketOption::ReusePort)
    }

    /// Sets what [`reuse_port`](Self::reuse_port) tells, before `bind`.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// macOS lets them bind, and gives everything to one of them.
    pub fn set_reuse_port(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::ReusePort, on)
    }

    /// Whether sending to a broadcast address is allowed.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_BROADCAST")]
    pub fn broadcast(&self) -> Result<bool> {
        self.switch(SocketOption::Broadcast)
    }

    /// Sets what [`broadcast`](Self::broadcast) tells.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub fn set_broadcast(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::Broadcast, on)
    }

    /// Whether an IPv6 socket leaves IPv4 alone.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `ENOPROTOOPT` or `EOPNOTSUPP` where it is not IPv6.
    #[doc(alias = "IPV6_V6ONLY")]
    pub fn only_v6(&self) -> Result<bool> {
        self.switch(SocketOption::OnlyV6)
    }

    /// Sets what [`only_v6`](Self::only_v6) tells, before `bind`.
    ///
    /// # Errors
    /// `EINVAL` on a socket that is bound; else as in [`only_v6`](Self::only_v6).
    pub fn set_only_v6(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::OnlyV6, on)
    }

    /// The size of the send buffer in bytes, as the system counts it.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// Linux doubles what was set, for its own book-keeping.
    #[doc(alias = "SO_SNDBUF")]
    pub fn send_buffer_size(&self) -> Result<usize> {
        Ok(self.count(SocketOption::SendBuffer)? as usize)
    }

    /// Asks for a send buffer of this many bytes, up to 2 GiB.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more; `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// Linux takes as much as `net.core.wmem_max` allows and does not say so. A size once set, it
    /// does not tune it any more.
    pub fn set_send_buffer_size(&self, bytes: usize) -> Result<()> {
        self.set_option(SocketOption::SendBuffer, buffer_size("send buffer", bytes)?)
    }

    /// The size of the receive buffer in bytes, as the system counts it.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// As for [`send_buffer_size`](Self::send_buffer_size).
    #[doc(alias = "SO_RCVBUF")]
    pub fn recv_buffer_size(&self) -> Result<usize> {
        Ok(self.count(SocketOption::RecvBuffer)? as usize)
    }

    /// Asks for a receive buffer of this many bytes, up to 2 GiB.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more; `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// As for [`set_send_buffer_size`](Self::set_send_buffer_size), with `net.core.rmem_max`.
    pub fn set_recv_buffer_size(&self, bytes: usize) -> Result<()> {
        self.set_option(SocketOption::RecvBuffer, buffer_size("receive buffer", bytes)?)
    }

    /// What closing with unsent data may wait for, in whole seconds; `None` is off: closing does
    /// not wait, and the system goes on sending.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_LINGER")]
    pub fn linger(&self) -> Result<Option<Duration>> {
        self.check(Op::GetOption, self.inner().linger())
    }

    /// Sets what [`linger`](Self::linger) tells. A part of a second counts as a whole one, for
    /// zero is no short wait: it drops what is unsent and resets the connection.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than 65535 s; `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `setsockopt`, `SO_LINGER`.
    pub fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        let seconds = linger.map(whole_seconds);
        if let Some(long @ 65_536..) = seconds {
            return Err(Error::invalid("linger time", format!("{long} s"), "use up to 65535 s"));
        }
        self.check(Op::SetOption, self.inner().set_linger(seconds.map(Duration::from_secs)))
    }

    /// How many routers a packet to one host may pass: 1 to 255.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `ENOPROTOOPT` or `EOPNOTSUPP` where it is not IP.
    #[doc(alias = "IP_TTL")]
    #[doc(alias = "IPV6_UNICAST_HOPS")]
    pub fn ttl(&self) -> Result<u32> {
        self.count(SocketOption::Ttl)
    }

    /// Sets what [`ttl`](Self::ttl) tells.
    ///
    /// # Errors
    /// `EINVAL` for a number out of range; else as in [`ttl`](Self::ttl).
    pub fn set_ttl(&self, hops: u32) -> Result<()> {
        self.set_count(SocketOption::Ttl, hops)
    }

    /// The type of service, or traffic class, of what is sent: 0 to 255. Its two low bits are
    /// those of explicit congestion notification.
    ///
    /// # Errors
    /// As in [`ttl`](Self::ttl).
    ///
    /// Source: RFC 2474, RFC 3168; RFC 3542 6.5.
    #[doc(alias = "IP_TOS")]
    #[doc(alias = "IPV6_TCLASS")]
    pub fn tos(&self) -> Result<u32> {
        self.count(SocketOption::Tos)
    }

    /// Sets what [`tos`](Self::tos) tells.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number over 255; else as in [`ttl`](Self::ttl).
    ///
    /// # Platform notes
    /// Linux leaves the two low bits of TCP's to its congestion control.
    pub fn set_tos(&self, tos: u32) -> Result<()> {
        // Linux would take the low byte of a larger number without a word.
        if tos > 255 {
            return Err(Error::invalid("type of service", tos.to_string(), "use 0 to 255"));
        }
        self.set_count(SocketOption::Tos, tos)
    }

    /// Whether it listens.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// macOS does not tell: [`Error::Unsupported`].
    #[doc(alias = "SO_ACCEPTCONN")]
    pub fn is_listening(&self) -> Result<bool> {
        self.switch(SocketOption::AcceptConn)
    }
}

fn reaches_beyond(level: i32, name: i32) -> Error {
    let rule = "not known to keep to the bytes of its value; call the system yourself, with as_fd";
    Error::invalid("option", format!("{name} of level {level}"), rule)
}

/// So many seconds, a part of one counting as a whole one.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add((time.subsec_nanos() > 0).into())
}

/// The size, if the system's `int` holds it.
fn buffer_size(what: &'static str, bytes: usize) -> Result<i32> {
    i32::try_from(bytes).map_err(|_| {
        Error::invalid(what, format!("of {bytes} bytes"), "use up to 2147483647 bytes")
    })
}
