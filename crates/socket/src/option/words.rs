//! The options of the typed sockets, which forward to the one inside.

/// Lists methods that forward to the [`Socket`](crate::Socket) in the field `socket`.
#[doc(hidden)]
#[macro_export]
macro_rules! forward_options {
    ($name:ident: $(
        $(#[$doc:meta])* $method:ident($($value:ident: $kind:ty)?) -> $out:ty;
    )*) => {
        /// Options; those without a method are set by name, through
        #[doc = "[`set_option`](Self::set_option)."]
        impl $name {$(
            $(#[$doc])*
            ///
            /// # Errors
            #[doc = concat!("As in [`Socket::", stringify!($method), "`].")]
            pub fn $method(&self $(, $value: $kind)?) -> $crate::core::Result<$out> {
                self.socket.$method($($value)?)
            }
        )*}
    };
}

/// Gives a typed socket the options of every internet socket.
#[doc(hidden)]
#[macro_export]
macro_rules! ip_options {
    ($name:ident) => {
        impl $name {
            /// The value of an option.
            ///
            /// # Errors
            /// As in [`Socket::option`].
            #[doc(alias = "getsockopt")]
            pub fn option(&self, option: $crate::core::SocketOption) -> $crate::core::Result<i32> {
                self.socket.option(option)
            }

            /// Sets an option.
            ///
            /// # Errors
            /// As in [`Socket::set_option`].
            #[doc(alias = "setsockopt")]
            pub fn set_option(
                &self,
                option: $crate::core::SocketOption,
                value: i32,
            ) -> $crate::core::Result<()> {
                self.socket.set_option(option, value)
            }
        }

        $crate::forward_options! { $name:
            /// The size of the send buffer in bytes, as the system counts it.
            #[doc(alias = "SO_SNDBUF")]
            send_buffer_size() -> usize;

            /// Asks for a send buffer of this many bytes, up to 2 GiB.
            #[doc(alias = "SO_SNDBUF")]
            set_send_buffer_size(bytes: usize) -> ();

            /// The size of the receive buffer in bytes, as the system counts it.
            #[doc(alias = "SO_RCVBUF")]
            recv_buffer_size() -> usize;

            /// Asks for a receive buffer of this many bytes, up to 2 GiB.
            #[doc(alias = "SO_RCVBUF")]
            set_recv_buffer_size(bytes: usize) -> ();

            /// How many routers a packet to one host may pass: 1 to 255.
            #[doc(alias = "IP_TTL")]
            #[doc(alias = "IPV6_UNICAST_HOPS")]
            ttl() -> u32;

            /// Sets how many routers a packet to one host may pass: 1 to 255.
            #[doc(alias = "IP_TTL")]
            #[doc(alias = "IPV6_UNICAST_HOPS")]
            set_ttl(hops: u32) -> ();

            /// The type of service, or traffic class, of what is sent: 0 to 255.
            #[doc(alias = "IP_TOS")]
            #[doc(alias = "IPV6_TCLASS")]
            tos() -> u32;

            /// Sets the type of service, or traffic class, of what is sent: 0 to 255.
            #[doc(alias = "IP_TOS")]
            #[doc(alias = "IPV6_TCLASS")]
            set_tos(tos: u32) -> ();

            /// Whether an IPv6 socket leaves IPv4 alone.
            #[doc(alias = "IPV6_V6ONLY")]
            only_v6() -> bool;
        }
    };
}

/// Gives a typed socket that is not bound yet the options that count when it is.
#[doc(hidden)]
#[macro_export]
macro_rules! bind_options {
    ($name:ident) => {
        $crate::forward_options! { $name:
            /// Whether the address may be bound again while old connections linger.
            #[doc(alias = "SO_REUSEADDR")]
            reuse_address() -> bool;

            /// Allows the address to be bound again while old connections linger; before `bind`.
            #[doc(alias = "SO_REUSEADDR")]
            set_reuse_address(on: bool) -> ();

            /// Whether several sockets may bind the same address, each with this option set.
            #[doc(alias = "SO_REUSEPORT")]
            reuse_port() -> bool;

            /// Lets several sockets bind the same address, each with this option set before
            /// `bind`.
            #[doc(alias = "SO_REUSEPORT")]
            set_reuse_port(on: bool) -> ();

            /// Makes an IPv6 socket leave IPv4 alone, or take both; before `bind`.
            #[doc(alias = "IPV6_V6ONLY")]
            set_only_v6(on: bool) -> ();
        }
    };
}

/// Gives a typed socket the options of TCP.
#[doc(hidden)]
#[macro_export]
macro_rules! tcp_options {
    ($name:ident) => {
        $crate::forward_options! { $name:
            /// Whether small writes are sent at once instead of being gathered; off unless set.
            #[doc(alias = "TCP_NODELAY")]
            nodelay() -> bool;

            /// Sends small writes at once, or gathers them.
            #[doc(alias = "TCP_NODELAY")]
            set_nodelay(on: bool) -> ();

            /// Whether an idle connection is probed; off unless set.
            #[doc(alias = "SO_KEEPALIVE")]
            keepalive() -> bool;

            /// Has an idle connection probed, or not.
            #[doc(alias = "SO_KEEPALIVE")]
            set_keepalive(on: bool) -> ();

            /// After how long without a sign of the peer the first probe is sent, in whole
            /// seconds.
            #[doc(alias = "TCP_KEEPIDLE")]
            keepalive_idle() -> ::std::time::Duration;

            /// Sets after how long without a sign of the peer the first probe is sent. A part of
            /// a second counts as a whole one.
            #[doc(alias = "TCP_KEEPIDLE")]
            set_keepalive_idle(idle: ::std::time::Duration) -> ();

            /// How long a probe waits for its answer before the next one, in whole seconds.
            #[doc(alias = "TCP_KEEPINTVL")]
            keepalive_interval() -> ::std::time::Duration;

            /// Sets how long a probe waits for its answer before the next one. A part of a second
            /// counts as a whole one.
            #[doc(alias = "TCP_KEEPINTVL")]
            set_keepalive_interval(interval: ::std::time::Duration) -> ();

            /// How many probes may stay unanswered before the connection is given up.
            #[doc(alias = "TCP_KEEPCNT")]
            keepalive_count() -> u32;

            /// Sets how many probes may stay unanswered before the connection is given up.
            #[doc(alias = "TCP_KEEPCNT")]
            set_keepalive_count(count: u32) -> ();

            /// How long what was sent may stay unacknowledged before the connection is given up;
            /// `None` is as long as the system says.
            #[doc(alias = "TCP_USER_TIMEOUT")]
            user_timeout() -> ::std::option::Option<::std::time::Duration>;

            /// Sets how long what was sent may stay unacknowledged before the connection is given
            /// up; `None` is as long as the system says.
            #[doc(alias = "TCP_USER_TIMEOUT")]
            set_user_timeout(timeout: ::std::option::Option<::std::time::Duration>) -> ();

            /// What closing with unsent data may wait for, in whole seconds; `None` is off.
            #[doc(alias = "SO_LINGER")]
            linger() -> ::std::option::Option<::std::time::Duration>;

            /// Sets what closing with unsent data may wait for. A part of a second counts as a
            /// whole one; zero drops what is unsent and resets the connection.
            #[doc(alias = "SO_LINGER")]
            set_linger(linger: ::std::option::Option<::std::time::Duration>) -> ();
        }
    };
}

/// Gives a typed socket the options of UDP: groups, and what datagrams tell.
#[doc(hidden)]
#[macro_export]
macro_rules! udp_options {
    ($name:ident) => {
        $crate::forward_options! { $name:
            /// Whether sending to broadcast addresses is allowed; off unless set.
            #[doc(alias = "SO_BROADCAST")]
            broadcast() -> bool;

            /// Allows sending to broadcast addresses, or not.
            #[doc(alias = "SO_BROADCAST")]
            set_broadcast(on: bool) -> ();

            /// How many routers a packet to a group may pass: 0 to 255; 1 unless set.
            #[doc(alias = "IP_MULTICAST_TTL")]
            #[doc(alias = "IPV6_MULTICAST_HOPS")]
            multicast_ttl() -> u32;

            /// Sets how many routers a packet to a group may pass: 0, which is this machine, to
            /// 255.
            #[doc(alias = "IP_MULTICAST_TTL")]
            #[doc(alias = "IPV6_MULTICAST_HOPS")]
            set_multicast_ttl(hops: u32) -> ();

            /// Whether what is sent to a group reaches this machine's own members too; on unless
            /// set.
            #[doc(alias = "IP_MULTICAST_LOOP")]
            #[doc(alias = "IPV6_MULTICAST_LOOP")]
            multicast_loop() -> bool;

            /// Has what is sent to a group reach this machine's own members too, or not.
            #[doc(alias = "IP_MULTICAST_LOOP")]
            #[doc(alias = "IPV6_MULTICAST_LOOP")]
            set_multicast_loop(on: bool) -> ();

            /// Sends to groups by the interface of this index; 0 lets the system choose one.
            #[doc(alias = "IP_MULTICAST_IF")]
            #[doc(alias = "IPV6_MULTICAST_IF")]
            set_multicast_interface(interface: u32) -> ();

            /// Has each datagram tell how many routers it could still have passed.
            #[doc(alias = "IP_RECVTTL")]
            #[doc(alias = "IPV6_RECVHOPLIMIT")]
            set_recv_ttl(on: bool) -> ();

            /// Has each datagram tell its type of service, or traffic class.
            #[doc(alias = "IP_RECVTOS")]
            #[doc(alias = "IPV6_RECVTCLASS")]
            set_recv_tos(on: bool) -> ();

            /// Has each datagram tell to which address and by which interface it came.
            #[doc(alias = "IP_PKTINFO")]
            #[doc(alias = "IPV6_RECVPKTINFO")]
            set_recv_packet_info(on: bool) -> ();

            /// Has each datagram tell when it came, by this machine's clock.
            #[doc(alias = "SO_TIMESTAMP")]
            #[doc(alias = "SO_TIMESTAMPNS")]
            set_recv_timestamp(on: bool) -> ();

            /// Whether datagrams that came together are received joined; off unless set.
            #[doc(alias = "UDP_GRO")]
            gro() -> bool;

            /// Has datagrams that come together be received joined, which spares most of their
            /// cost, or not. They are received by `recv_many` alone then, which tells them apart.
            #[doc(alias = "UDP_GRO")]
            set_gro(on: bool) -> ();
        }

        /// Sending several as one.
        impl $name {
            /// Whether datagrams of one length that are sent together go to the system as one
            /// buffer, which it cuts; as in [`Socket::gso`].
            #[doc(alias = "UDP_SEGMENT")]
            #[must_use]
            pub fn gso(&self) -> bool {
                self.socket.gso()
            }

            /// Has datagrams be cut by the system, where it can, or not; as in
            /// [`Socket::set_gso`].
            #[doc(alias = "UDP_SEGMENT")]
            pub fn set_gso(&self, on: bool) {
                self.socket.set_gso(on);
            }
        }
    };
}
