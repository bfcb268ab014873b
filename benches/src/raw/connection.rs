//! `socket`, `connect` and `accept4` of libc: the least that a connection costs.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

/// Connects to a port of the loopback.
///
/// # Errors
/// What the system says.
pub fn connect(port: u16) -> io::Result<OwnedFd> {
    let flags = libc::SOCK_STREAM | libc::SOCK_CLOEXEC;
    // SAFETY: no pointers.
    let fd = checked(unsafe { libc::socket(libc::AF_INET, flags, 0) })?;
    // SAFETY: the number was just returned and nobody else has it.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    let addr = libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(Ipv4Addr::LOCALHOST).to_be() },
        sin_zero: [0; 8],
    };
    let len = size_of_val(&addr) as libc::socklen_t;
    // SAFETY: the pointer and the length are those of an address that lives through the call.
    checked(unsafe { libc::connect(fd, (&raw const addr).cast(), len) })?;
    Ok(socket)
}

/// Takes the next connection off a listener of IPv4, with its address.
///
/// # Errors
/// What the system says.
pub fn accept(listener: &impl AsFd) -> io::Result<(OwnedFd, SocketAddrV4)> {
    let zero = libc::in_addr { s_addr: 0 };
    let mut addr =
        libc::sockaddr_in { sin_family: 0, sin_port: 0, sin_addr: zero, sin_zero: [0; 8] };
    let mut len = size_of_val(&addr) as libc::socklen_t;
    let (listener, flags) = (listener.as_fd().as_raw_fd(), libc::SOCK_CLOEXEC);
    // SAFETY: the pointers are those of an address and its length, which live through the call.
    let fd = unsafe { libc::accept4(listener, (&raw mut addr).cast(), &raw mut len, flags) };
    let fd = checked(fd)?;
    // SAFETY: the number was just returned and nobody else has it.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    let ip = Ipv4Addr::from(u32::from_be(addr.sin_addr.s_addr));
    Ok((socket, SocketAddrV4::new(ip, u16::from_be(addr.sin_port))))
}

fn checked(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
