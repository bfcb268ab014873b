//! Groups, and what datagrams tell beside their bytes.

use std::net::IpAddr;

use sockrates_core::{Op, Result, SocketOption};

use crate::{Family, Socket, sys};

/// Groups: one datagram for all their members.
impl Socket {
    /// Receives what is sent to the group `group` at the socket's port too, by the interface of
    /// this index; 0 lets the system choose one.
    ///
    /// ```
    /// use sockrates_socket::{Family, Socket, Type};
    /// use std::net::Ipv4Addr;
    ///
    /// let member = Socket::new(Family::INET, Type::DGRAM, None)?;
    /// member.set_reuse_address(true)?; // other members of this machine may have the port too
    /// member.bind(("", 0))?;
    /// # let loopback = sockrates_socket::if_nametoindex("lo").unwrap_or(1);
    /// member.join(Ipv4Addr::new(239, 1, 2, 3), loopback)?;
    /// member.leave(Ipv4Addr::new(239, 1, 2, 3), loopback)?;
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `EADDRINUSE` where it is a member already; `EINVAL` for an address that is no group's;
    /// `ENODEV` for an interface that there is not, or where none leads to the group.
    ///
    /// # Platform notes
    /// On Linux, unless `IP_MULTICAST_ALL` is taken away, an IPv4 socket that is bound to the
    /// wildcard address also receives for groups that only others of this machine have joined.
    ///
    /// Source: RFC 3678 4.1, RFC 3493 5.2; Linux `ip(7)`.
    #[doc(alias = "IP_ADD_MEMBERSHIP")]
    #[doc(alias = "IPV6_JOIN_GROUP")]
    pub fn join(&self, group: impl Into<IpAddr>, interface: u32) -> Result<()> {
        self.check(Op::SetOption, sys::join(self.inner(), group.into(), interface, true))
    }

    /// Receives what is sent to the group no more.
    ///
    /// # Errors
    /// `EADDRNOTAVAIL` where it is no member.
    #[doc(alias = "IP_DROP_MEMBERSHIP")]
    #[doc(alias = "IPV6_LEAVE_GROUP")]
    pub fn leave(&self, group: impl Into<IpAddr>, interface: u32) -> Result<()> {
        self.check(Op::SetOption, sys::join(self.inner(), group.into(), interface, false))
    }

    /// How many routers a packet to a group may pass: 0, which is this machine, to 255; 1 unless
    /// set.
    ///
    /// # Errors
    /// As in [`ttl`](Self::ttl).
    #[doc(alias = "IP_MULTICAST_TTL")]
    #[doc(alias = "IPV6_MULTICAST_HOPS")]
    pub fn multicast_ttl(&self) -> Result<u32> {
        self.count(SocketOption::MulticastTtl)
    }

    /// Sets what [`multicast_ttl`](Self::multicast_ttl) tells.
    ///
    /// # Errors
    /// `EINVAL` for a number out of range; else as in [`ttl`](Self::ttl).
    pub fn set_multicast_ttl(&self, hops: u32) -> Result<()> {
        self.set_count(SocketOption::MulticastTtl, hops)
    }

    /// Whether what is sent to a group reaches this machine's own members too; on unless set.
    ///
    /// # Errors
    /// As in [`ttl`](Self::ttl).
    #[doc(alias = "IP_MULTICAST_LOOP")]
    #[doc(alias = "IPV6_MULTICAST_LOOP")]
    pub fn multicast_loop(&self) -> Result<bool> {
        self.switch(SocketOption::MulticastLoop)
    }

    /// Sets what [`multicast_loop`](Self::multicast_loop) tells.
    ///
    /// # Errors
    /// As in [`ttl`](Self::ttl).
    pub fn set_multicast_loop(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::MulticastLoop, on)
    }

    /// Sends to groups by the interface of this index; 0 lets the system choose one.
    ///
    /// # Errors
    /// `EADDRNOTAVAIL` or `ENODEV` for an interface that there is not; else as in
    /// [`ttl`](Self::ttl).
    #[doc(alias = "IP_MULTICAST_IF")]
    #[doc(alias = "IPV6_MULTICAST_IF")]
    pub fn set_multicast_interface(&self, interface: u32) -> Result<()> {
        self.set_count(SocketOption::MulticastInterface, interface)
    }
}

/// Lists what each datagram can be asked to tell: the setter, its option, its documentation.
macro_rules! told {
    ($($(#[$doc:meta])* $set:ident $option:ident;)*) => {
        /// What each datagram tells beside its bytes, for
        /// [`recv_with_control`](sockrates_core::Endpoint::recv_with_control) to receive.
        impl Socket {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// `EBADF` on a closed socket; `ENOPROTOOPT` or `EOPNOTSUPP` where it is not IP;
            /// [`Unsupported`](sockrates_core::Error::Unsupported) where this system has it not.
            ///
            /// Source: Linux `ip(7)`, `socket(7)`; RFC 3542 6.
            pub fn $set(&self, on: bool) -> Result<()> {
                self.set_told(SocketOption::$option, on)
            }
        )*}
    };
}

impl Socket {
    /// An IPv6 socket that takes IPv4 too has an option of its own for what is of IPv4.
    fn set_told(&self, option: SocketOption, on: bool) -> Result<()> {
        self.set_switch(option, on)?;
        let by_version = matches!(option, SocketOption::RecvTtl | SocketOption::RecvTos);
        if self.family() == Family::INET6 && by_version {
            if let Some((level, name)) = sys::option_code(option, false) {
                // Where IPv4 is none of this socket's, or cannot be told of, nothing is lost.
                let _ = self.set_raw_option(level, name, &i32::from(on).to_ne_bytes());
            }
        }
        Ok(())
    }
}

told! {
    /// Whether each datagram tells how many routers it could still have passed.
    #[doc(alias = "IP_RECVTTL")]
    #[doc(alias = "IPV6_RECVHOPLIMIT")]
    set_recv_ttl RecvTtl;

    /// Whether each datagram tells its type of service, or traffic class.
    #[doc(alias = "IP_RECVTOS")]
    #[doc(alias = "IPV6_RECVTCLASS")]
    set_recv_tos RecvTos;

    /// Whether each datagram tells to which address and by which interface it came.
    #[doc(alias = "IP_PKTINFO")]
    #[doc(alias = "IPV6_RECVPKTINFO")]
    set_recv_packet_info RecvPacketInfo;

    /// Whether each datagram tells when it came, by this machine's clock.
    #[doc(alias = "SO_TIMESTAMP")]
    #[doc(alias = "SO_TIMESTAMPNS")]
    set_recv_timestamp RecvTimestamp;
}
