//! Options, typed; and any other, raw.

use std::time::Duration;

use sockrates_core::{Error, Op, Result};

use crate::{Family, Socket, sys};

/// Lists options with a getter and a setter: names, type, where they come from.
macro_rules! options {
    ($($(#[$doc:meta])* $get:ident $set:ident: $kind:ty = $inner_get:ident $inner_set:ident;)*) => {
        /// Options with a type of their own.
        impl Socket {$(
            $(#[$doc])*
            pub fn $get(&self) -> Result<$kind> {
                self.check(Op::GetOption, self.inner().$inner_get())
            }

            #[doc = concat!(
                "Sets what [`", stringify!($get), "`](Self::", stringify!($get), ") tells."
            )]
            ///
            /// # Errors
            /// The errno of `setsockopt`; `EBADF` on a closed socket.
            pub fn $set(&self, value: $kind) -> Result<()> {
                self.check(Op::SetOption, self.inner().$inner_set(value))
            }
        )*}
    };
}

options! {
    /// Whether the address may be bound again while old connections linger.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_REUSEADDR")]
    reuse_address set_reuse_address: bool = reuse_address set_reuse_address;

    /// Whether an idle connection is probed.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_KEEPALIVE")]
    keepalive set_keepalive: bool = keepalive set_keepalive;

    /// Whether sending to a broadcast address is allowed.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_BROADCAST")]
    broadcast set_broadcast: bool = broadcast set_broadcast;

    /// Whether small writes are sent at once.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `ENOPROTOOPT` or `EOPNOTSUPP` where it is not TCP.
    #[doc(alias = "TCP_NODELAY")]
    nodelay set_nodelay: bool = tcp_nodelay set_tcp_nodelay;

    /// Whether an IPv6 socket leaves IPv4 alone.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `ENOPROTOOPT` where it is not IPv6.
    #[doc(alias = "IPV6_V6ONLY")]
    only_v6 set_only_v6: bool = only_v6 set_only_v6;
}

/// Options whose values need looking at.
impl Socket {
    /// Whether several sockets may bind the same address, each with this option set.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_REUSEPORT")]
    pub fn reuse_port(&self) -> Result<bool> {
        self.check(Op::GetOption, sys::reuse_port(self.inner()))
    }

    /// Sets what [`reuse_port`](Self::reuse_port) tells, before `bind`.
    ///
    /// # Errors
    /// The errno of `setsockopt`; `EBADF` on a closed socket.
    pub fn set_reuse_port(&self, on: bool) -> Result<()> {
        self.check(Op::SetOption, sys::set_reuse_port(self.inner(), on))
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
        self.check(Op::GetOption, self.inner().send_buffer_size())
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
        let bytes = buffer_size("send buffer", bytes)?;
        self.check(Op::SetOption, self.inner().set_send_buffer_size(bytes))
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
        self.check(Op::GetOption, self.inner().recv_buffer_size())
    }

    /// Asks for a receive buffer of this many bytes, up to 2 GiB.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more; `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// As for [`set_send_buffer_size`](Self::set_send_buffer_size), with `net.core.rmem_max`.
    pub fn set_recv_buffer_size(&self, bytes: usize) -> Result<()> {
        let bytes = buffer_size("receive buffer", bytes)?;
        self.check(Op::SetOption, self.inner().set_recv_buffer_size(bytes))
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
        let whole =
            |time: Duration| time.as_secs().saturating_add((time.subsec_nanos() > 0).into());
        let seconds = linger.map(whole);
        if let Some(long @ 65_536..) = seconds {
            return Err(Error::invalid("linger time", format!("{long} s"), "use up to 65535 s"));
        }
        self.check(Op::SetOption, self.inner().set_linger(seconds.map(Duration::from_secs)))
    }

    /// How many routers an IP packet may pass: 1 to 255.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `ENOPROTOOPT` or `EOPNOTSUPP` where it is not IP.
    #[doc(alias = "IP_TTL")]
    #[doc(alias = "IPV6_UNICAST_HOPS")]
    pub fn ttl(&self) -> Result<u32> {
        let ttl = if self.family() == Family::INET6 {
            self.inner().unicast_hops_v6()
        } else {
            self.inner().ttl_v4()
        };
        self.check(Op::GetOption, ttl)
    }

    /// Sets what [`ttl`](Self::ttl) tells.
    ///
    /// # Errors
    /// `EINVAL` for a number out of range; else as in [`ttl`](Self::ttl).
    pub fn set_ttl(&self, hops: u32) -> Result<()> {
        let set = if self.family() == Family::INET6 {
            self.inner().set_unicast_hops_v6(hops)
        } else {
            self.inner().set_ttl_v4(hops)
        };
        self.check(Op::SetOption, set)
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
        self.check(Op::GetOption, sys::is_listening(self.inner()))
    }
}

/// Any other option.
impl Socket {
    /// Reads an option that has no type here into `value`, and returns how many bytes it has.
    ///
    /// # Errors
    /// `ENOPROTOOPT` for an unknown one; `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `getsockopt`; Python `socket.getsockopt`.
    #[doc(alias = "getsockopt")]
    pub fn option(&self, level: i32, name: i32, value: &mut [u8]) -> Result<usize> {
        self.check(Op::GetOption, sys::get_option(self.inner(), level, name, value))
    }

    /// Sets an option that has no type here to `value`, as the system lays it out.
    ///
    /// # Errors
    /// `ENOPROTOOPT` for an unknown one; `EINVAL` for a value of the wrong size; `EBADF` on a
    /// closed socket.
    ///
    /// Source: POSIX.1-2024 `setsockopt`; Python `socket.setsockopt`.
    #[doc(alias = "setsockopt")]
    pub fn set_option(&self, level: i32, name: i32, value: &[u8]) -> Result<()> {
        self.check(Op::SetOption, sys::set_option(self.inner(), level, name, value))
    }
}

/// The size, if the system's `int` holds it.
fn buffer_size(what: &'static str, bytes: usize) -> Result<usize> {
    if i32::try_from(bytes).is_ok() {
        return Ok(bytes);
    }
    Err(Error::invalid(what, format!("of {bytes} bytes"), "use up to 2147483647 bytes"))
}
