//! Options and requests without a typed call.

use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd;

use sockrates_core::Credentials;

/// `connect` to `AF_UNSPEC`: dissolves a datagram socket's association, resets a connection.
pub(crate) fn disconnect(socket: &socket2::Socket) -> io::Result<()> {
    // SAFETY: a sockaddr is plain numbers, for which zero is a value.
    let mut nowhere: libc::sockaddr = unsafe { std::mem::zeroed() };
    nowhere.sa_family = libc::AF_UNSPEC as libc::sa_family_t;
    let len = size_of::<libc::sockaddr>() as libc::socklen_t;
    // SAFETY: the address is alive through the call and as long as told.
    super::check(unsafe { libc::connect(socket.as_raw_fd(), &raw const nowhere, len) }).map(drop)
}

/// `FIONREAD`: the bytes that a receive would find.
pub(crate) fn queued(socket: &socket2::Socket) -> io::Result<usize> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int.
    super::check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::FIONREAD as _, &raw mut bytes) })?;
    Ok(usize::try_from(bytes).unwrap_or(0))
}

/// `getsockopt`: how many bytes of `value` it filled.
pub(crate) fn get_option(
    socket: &socket2::Socket,
    level: i32,
    name: i32,
    value: &mut [u8],
) -> io::Result<usize> {
    let mut len = libc::socklen_t::try_from(value.len()).unwrap_or(libc::socklen_t::MAX);
    let room = value.as_mut_ptr().cast();
    // SAFETY: the system writes at most `len` bytes, which is no more than the slice has.
    super::check(unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, room, &raw mut len) })?;
    Ok(value.len().min(len as usize))
}

/// `setsockopt`.
pub(crate) fn set_option(
    socket: &socket2::Socket,
    level: i32,
    name: i32,
    value: &[u8],
) -> io::Result<()> {
    let len = libc::socklen_t::try_from(value.len())
        .map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let bytes = value.as_ptr().cast();
    // SAFETY: the system reads `len` bytes, which the slice has.
    super::check(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, bytes, len) }).map(drop)
}

/// `IP_MULTICAST_IF` by an interface's index; one below zero is no index.
pub(crate) fn set_multicast_interface(socket: &socket2::Socket, index: i32) -> io::Result<()> {
    let unspecified = libc::in_addr { s_addr: libc::INADDR_ANY };
    let request =
        libc::ip_mreqn { imr_multiaddr: unspecified, imr_address: unspecified, imr_ifindex: index };
    let len = size_of::<libc::ip_mreqn>() as libc::socklen_t;
    let (fd, pointer) = (socket.as_raw_fd(), (&raw const request).cast());
    // SAFETY: the request is alive through the call and as long as told.
    let set =
        unsafe { libc::setsockopt(fd, libc::IPPROTO_IP, libc::IP_MULTICAST_IF, pointer, len) };
    super::check(set).map(drop)
}

/// Becomes a member of a group on the interface of this index, or is one no more.
pub(crate) fn join(
    socket: &socket2::Socket,
    group: IpAddr,
    index: u32,
    joins: bool,
) -> io::Result<()> {
    match (group, joins) {
        (IpAddr::V4(group), true) => socket.join_multicast_v4_n(&group, &by_index(index)),
        (IpAddr::V4(group), false) => socket.leave_multicast_v4_n(&group, &by_index(index)),
        (IpAddr::V6(group), true) => socket.join_multicast_v6(&group, index),
        (IpAddr::V6(group), false) => socket.leave_multicast_v6(&group, index),
    }
}

fn by_index(index: u32) -> socket2::InterfaceIndexOrAddress {
    socket2::InterfaceIndexOrAddress::Index(index)
}

/// `SO_PEERCRED`.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn peer_credentials(socket: &socket2::Socket) -> io::Result<Credentials> {
    let mut bytes = [[0; 4]; 3];
    get_option(socket, libc::SOL_SOCKET, libc::SO_PEERCRED, bytes.as_flattened_mut())?;
    let [pid, uid, gid] = bytes;
    Ok(Credentials {
        pid: i32::from_ne_bytes(pid),
        uid: u32::from_ne_bytes(uid),
        gid: u32::from_ne_bytes(gid),
    })
}

/// `SO_PEERCRED` is Linux's.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn peer_credentials(_: &socket2::Socket) -> io::Result<Credentials> {
    Err(io::ErrorKind::Unsupported.into())
}
