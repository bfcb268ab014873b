//! Which number the system has for an option.

use sockrates_core::SocketOption;

/// The level and the name of an option on a socket, of IPv6 where `v6` says so; `None` where this
/// system does not have it.
pub(crate) fn option_code(option: SocketOption, v6: bool) -> Option<(i32, i32)> {
    if let SocketOption::Raw { level, name } = option {
        return Some((level, name));
    }
    let of_socket = of_socket(option).or_else(|| linux::of_socket(option));
    let of_tcp = || of_tcp(option).or_else(|| linux::of_tcp(option));
    let of_ip = || if v6 { of_ipv6(option) } else { of_ipv4(option) };
    of_socket
        .map(|name| (libc::SOL_SOCKET, name))
        .or_else(|| Some((libc::IPPROTO_TCP, of_tcp()?)))
        .or_else(|| Some((libc::IPPROTO_UDP, linux::of_udp(option)?)))
        .or_else(|| Some((if v6 { libc::IPPROTO_IPV6 } else { libc::IPPROTO_IP }, of_ip()?)))
        // What is of one version only is refused by the system where it is the other.
        .or_else(|| (option == SocketOption::OnlyV6).then_some(ONLY_V6))
}

const ONLY_V6: (i32, i32) = (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY);

fn of_socket(option: SocketOption) -> Option<i32> {
    Some(match option {
        SocketOption::SocketType => libc::SO_TYPE,
        #[cfg(not(target_vendor = "apple"))]
        SocketOption::AcceptConn => libc::SO_ACCEPTCONN,
        SocketOption::ReuseAddress => libc::SO_REUSEADDR,
        SocketOption::ReusePort => libc::SO_REUSEPORT,
        SocketOption::Broadcast => libc::SO_BROADCAST,
        SocketOption::KeepAlive => libc::SO_KEEPALIVE,
        SocketOption::SendBuffer => libc::SO_SNDBUF,
        SocketOption::RecvBuffer => libc::SO_RCVBUF,
        SocketOption::RecvLowWater => libc::SO_RCVLOWAT,
        SocketOption::OobInline => libc::SO_OOBINLINE,
        SocketOption::DontRoute => libc::SO_DONTROUTE,
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        SocketOption::RecvTimestamp => libc::SO_TIMESTAMP,
        _ => return None,
    })
}

fn of_tcp(option: SocketOption) -> Option<i32> {
    Some(match option {
        SocketOption::NoDelay => libc::TCP_NODELAY,
        #[cfg(not(target_vendor = "apple"))]
        SocketOption::KeepIdle => libc::TCP_KEEPIDLE,
        #[cfg(target_vendor = "apple")]
        SocketOption::KeepIdle => libc::TCP_KEEPALIVE,
        SocketOption::KeepInterval => libc::TCP_KEEPINTVL,
        SocketOption::KeepCount => libc::TCP_KEEPCNT,
        SocketOption::MaxSegment => libc::TCP_MAXSEG,
        #[cfg(target_vendor = "apple")]
        SocketOption::Cork => libc::TCP_NOPUSH,
        #[cfg(target_vendor = "apple")]
        SocketOption::FastOpen => libc::TCP_FASTOPEN,
        _ => return None,
    })
}

fn of_ipv4(option: SocketOption) -> Option<i32> {
    Some(match option {
        SocketOption::Ttl => libc::IP_TTL,
        SocketOption::Tos => libc::IP_TOS,
        SocketOption::MulticastTtl => libc::IP_MULTICAST_TTL,
        SocketOption::MulticastLoop => libc::IP_MULTICAST_LOOP,
        SocketOption::MulticastInterface => libc::IP_MULTICAST_IF,
        SocketOption::RecvTtl => libc::IP_RECVTTL,
        SocketOption::RecvTos => libc::IP_RECVTOS,
        // FreeBSD has another word for it, which tells the address alone.
        #[cfg(not(target_os = "freebsd"))]
        SocketOption::RecvPacketInfo => libc::IP_PKTINFO,
        other => return linux::of_ipv4(other),
    })
}

fn of_ipv6(option: SocketOption) -> Option<i32> {
    Some(match option {
        SocketOption::Ttl => libc::IPV6_UNICAST_HOPS,
        SocketOption::Tos => libc::IPV6_TCLASS,
        SocketOption::MulticastTtl => libc::IPV6_MULTICAST_HOPS,
        SocketOption::MulticastLoop => libc::IPV6_MULTICAST_LOOP,
        SocketOption::MulticastInterface => libc::IPV6_MULTICAST_IF,
        SocketOption::RecvTtl => libc::IPV6_RECVHOPLIMIT,
        SocketOption::RecvTos => libc::IPV6_RECVTCLASS,
        SocketOption::RecvPacketInfo => libc::IPV6_RECVPKTINFO,
        other => return linux::of_ipv6(other),
    })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux {
    use super::SocketOption;

    pub(super) fn of_socket(option: SocketOption) -> Option<i32> {
        Some(match option {
            SocketOption::Domain => libc::SO_DOMAIN,
            SocketOption::Protocol => libc::SO_PROTOCOL,
            SocketOption::Priority => libc::SO_PRIORITY,
            SocketOption::Mark => libc::SO_MARK,
            SocketOption::PassCredentials => libc::SO_PASSCRED,
            SocketOption::RecvTimestamp => libc::SO_TIMESTAMPNS,
            _ => return None,
        })
    }

    pub(super) fn of_tcp(option: SocketOption) -> Option<i32> {
        Some(match option {
            SocketOption::Cork => libc::TCP_CORK,
            SocketOption::QuickAck => libc::TCP_QUICKACK,
            SocketOption::UserTimeout => libc::TCP_USER_TIMEOUT,
            SocketOption::SynCount => libc::TCP_SYNCNT,
            SocketOption::DeferAccept => libc::TCP_DEFER_ACCEPT,
            SocketOption::FastOpen => libc::TCP_FASTOPEN,
            SocketOption::NotSentLowWater => libc::TCP_NOTSENT_LOWAT,
            _ => return None,
        })
    }

    pub(super) fn of_udp(option: SocketOption) -> Option<i32> {
        (option == SocketOption::Gro).then_some(super::super::UDP_GRO)
    }

    pub(super) fn of_ipv4(option: SocketOption) -> Option<i32> {
        Some(match option {
            SocketOption::RecvErrors => libc::IP_RECVERR,
            SocketOption::MtuDiscover => libc::IP_MTU_DISCOVER,
            SocketOption::FreeBind => libc::IP_FREEBIND,
            SocketOption::Transparent => libc::IP_TRANSPARENT,
            _ => return None,
        })
    }

    pub(super) fn of_ipv6(option: SocketOption) -> Option<i32> {
        Some(match option {
            SocketOption::RecvErrors => libc::IPV6_RECVERR,
            SocketOption::MtuDiscover => libc::IPV6_MTU_DISCOVER,
            SocketOption::FreeBind => libc::IPV6_FREEBIND,
            SocketOption::Transparent => libc::IPV6_TRANSPARENT,
            _ => return None,
        })
    }
}

/// What there is none of.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod linux {
    use super::SocketOption;

    pub(super) fn of_socket(_: SocketOption) -> Option<i32> {
        None
    }

    pub(super) fn of_tcp(_: SocketOption) -> Option<i32> {
        None
    }

    pub(super) fn of_udp(_: SocketOption) -> Option<i32> {
        None
    }

    pub(super) fn of_ipv4(_: SocketOption) -> Option<i32> {
        None
    }

    pub(super) fn of_ipv6(_: SocketOption) -> Option<i32> {
        None
    }
}
