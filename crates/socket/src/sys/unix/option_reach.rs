//! Which options keep to the bytes that they are given.
//!
//! The system takes some values for addresses of memory that it then writes to, for numbers of
//! descriptors, or for counts of something larger than bytes. None of that may be reached from safe
//! code, and what a protocol that nobody here knows does with a value, nobody here can tell.
//!
//! Source: Linux, `socket(7)`, `ip(7)`, and net/core/filter.c, net/ipv4/igmp.c, net/ipv4/tcp.c,
//! net/ipv4/tcp_ao.c, linux/netfilter_ipv4/ip_tables.h; FreeBSD and macOS netinet/in.h.

/// Whether reading the option writes to the bytes that it is given and to nothing else.
pub(crate) fn reads_within(level: i32, name: i32) -> bool {
    is_known(level) && !beyond(level, name, BEYOND_READ)
}

/// Whether setting the option reads the bytes that it is given and nothing else.
pub(crate) fn sets_within(level: i32, name: i32) -> bool {
    is_known(level) && !beyond(level, name, BEYOND_SET)
}

fn is_known(level: i32) -> bool {
    level == libc::SOL_SOCKET || level == SOL_TLS || PROTOCOLS.contains(&level)
}

fn beyond(level: i32, name: i32, names: &[(i32, i32)]) -> bool {
    let filters = match level {
        libc::IPPROTO_IP => name >= NETFILTER && name != ORIGINAL_DESTINATION,
        libc::IPPROTO_IPV6 => (NETFILTER..NETFILTER + 2).contains(&name),
        _ => false,
    };
    (filters && IS_LINUX) || names.contains(&(level, name))
}

const PROTOCOLS: [i32; 6] = [
    libc::IPPROTO_IP,
    libc::IPPROTO_IPV6,
    libc::IPPROTO_TCP,
    libc::IPPROTO_UDP,
    libc::IPPROTO_ICMPV6,
    libc::IPPROTO_RAW,
];

const IS_LINUX: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Of Linux's linux/socket.h; no level elsewhere.
const SOL_TLS: i32 = 282;

/// Where the options of packet filters begin, whose values hold addresses.
const NETFILTER: i32 = 64;

/// `SO_ORIGINAL_DST`, which is among them and holds none.
const ORIGINAL_DESTINATION: i32 = 80;

/// `SO_GET_FILTER`, which counts instructions; `IP_MSFILTER`, `MCAST_MSFILTER` and
/// `TCP_AO_GET_KEYS`, which go by the count in the value; `TCP_ZEROCOPY_RECEIVE`, which writes
/// where the value says.
#[cfg(any(target_os = "linux", target_os = "android"))]
const BEYOND_READ: &[(i32, i32)] = &[
    (libc::SOL_SOCKET, libc::SO_ATTACH_FILTER),
    (libc::IPPROTO_IP, 41),
    (libc::IPPROTO_IP, 48),
    (libc::IPPROTO_IPV6, 48),
    (libc::IPPROTO_TCP, 35),
    (libc::IPPROTO_TCP, 41),
];

/// Filters, by the address of a program or by its descriptor.
#[cfg(any(target_os = "linux", target_os = "android"))]
const BEYOND_SET: &[(i32, i32)] = &[
    (libc::SOL_SOCKET, libc::SO_ATTACH_FILTER),
    (libc::SOL_SOCKET, SO_ATTACH_BPF),
    (libc::SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF),
    (libc::SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF),
];

/// The numbers of asm-generic/socket.h; libc has them not for every target.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SO_ATTACH_BPF: i32 = 50;
#[cfg(any(target_os = "linux", target_os = "android"))]
const SO_ATTACH_REUSEPORT_CBPF: i32 = 51;
#[cfg(any(target_os = "linux", target_os = "android"))]
const SO_ATTACH_REUSEPORT_EBPF: i32 = 52;

/// `IP_MSFILTER` and `IPV6_MSFILTER`, whose values hold an address.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const BEYOND_READ: &[(i32, i32)] = &[(libc::IPPROTO_IP, 74), (libc::IPPROTO_IPV6, 74)];
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const BEYOND_SET: &[(i32, i32)] = BEYOND_READ;
