//! `sendto` and `recvfrom` of libc, with the address made and read as any program has to.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::AsRawFd;

use super::RawSocket;
use crate::layer::Addressed;

impl Addressed for RawSocket {
    #[inline]
    fn send_to(&self, bytes: &[u8], to: SocketAddr) -> usize {
        let SocketAddr::V4(to) = to else { panic!("no address of IPv4: {to}") };
        let addr = libc::sockaddr_in {
            sin_family: libc::AF_INET as libc::sa_family_t,
            sin_port: to.port().to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from(*to.ip()).to_be() },
            sin_zero: [0; 8],
        };
        let (fd, flags) = (self.0.as_raw_fd(), libc::MSG_NOSIGNAL);
        let (addr, size) = (&raw const addr, size_of_val(&addr) as libc::socklen_t);
        let (from, len) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: bytes and an address, alive through the call, and as long as told.
        let sent = unsafe { libc::sendto(fd, from, len, flags, addr.cast(), size) };
        usize::try_from(sent).expect("send")
    }

    #[inline]
    fn recv_from(&self, room: &mut [u8]) -> (usize, SocketAddr) {
        let zero = libc::in_addr { s_addr: 0 };
        let mut addr =
            libc::sockaddr_in { sin_family: 0, sin_port: 0, sin_addr: zero, sin_zero: [0; 8] };
        let mut size = size_of_val(&addr) as libc::socklen_t;
        let (fd, to, len) = (self.0.as_raw_fd(), room.as_mut_ptr().cast(), room.len());
        let (name, told) = (&raw mut addr, &raw mut size);
        // SAFETY: room for as many bytes as told, and for an address of IPv4; the kernel writes no
        // more of a longer one.
        let received = unsafe { libc::recvfrom(fd, to, len, 0, name.cast(), told) };
        let ip = Ipv4Addr::from(u32::from_be(addr.sin_addr.s_addr));
        let from = SocketAddrV4::new(ip, u16::from_be(addr.sin_port));
        (usize::try_from(received).expect("recv"), from.into())
    }
}
