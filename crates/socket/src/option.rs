//! Options, typed; and any other, raw.

use std::time::Duration;

use sockrates_core::{Op, Result};

use crate::{Socket, sys};

/// Lists options with a getter and a setter: names, type, where they come from.
macro_rules! options {
    ($($(#[$doc:meta])* $get:ident $set:ident: $kind:ty = $inner_get:ident $inner_set:ident;)*) => {
        /// Options with a type of their own.
        impl Socket {$(
            $(#[$doc])*
            pub fn $get(&self) -> Result<$kind> {
                self.check(Op::GetOption, self.inner().$inner_get())
            }

            #[doc = concat!("Sets what [`", stringify!($get), "`](Self::", stringify!($get), ") tells.")]
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

    /// What closing with unsent data may wait for, in whole seconds; `None` is off.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_LINGER")]
    linger set_linger: Option<Duration> = linger set_linger;

    /// The size of the send buffer in bytes.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_SNDBUF")]
    send_buffer_size set_send_buffer_size: usize = send_buffer_size set_send_buffer_size;

    /// The size of the receive buffer in bytes.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    #[doc(alias = "SO_RCVBUF")]
    recv_buffer_size set_recv_buffer_size: usize = recv_buffer_size set_recv_buffer_size;

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
    /// `ENOPROTOOPT` for an unknown one; `EINVAL` for a value of the wrong size; `EBADF` on a closed
    /// socket.
    ///
    /// Source: POSIX.1-2024 `setsockopt`; Python `socket.setsockopt`.
    #[doc(alias = "setsockopt")]
    pub fn set_option(&self, level: i32, name: i32, value: &[u8]) -> Result<()> {
        self.check(Op::SetOption, sys::set_option(self.inner(), level, name, value))
    }
}
