//! `send` and `recv` of libc on a descriptor, with nothing around them: the floor.

// This file and those below it are the ones of this package with unsafe code.
#![expect(unsafe_code, reason = "calls libc directly, which is what is measured")]

use std::net::{TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use crate::Layer;

mod addressed;
mod clock;
pub mod connection;
mod file;
pub(crate) mod readiness;

pub(crate) use clock::process_time;

/// A connected socket of either kind.
#[derive(Debug)]
pub struct RawSocket(OwnedFd);

impl From<TcpStream> for RawSocket {
    fn from(stream: TcpStream) -> Self {
        Self(stream.into())
    }
}

impl From<UnixStream> for RawSocket {
    fn from(stream: UnixStream) -> Self {
        Self(stream.into())
    }
}

impl From<UdpSocket> for RawSocket {
    fn from(socket: UdpSocket) -> Self {
        Self(socket.into())
    }
}

impl Layer for RawSocket {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        let (fd, flags) = (self.0.as_raw_fd(), libc::MSG_NOSIGNAL);
        // SAFETY: the pointer and the length are those of a slice that lives through the call.
        let sent = unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), flags) };
        usize::try_from(sent).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        let fd = self.0.as_raw_fd();
        // SAFETY: the pointer and the length are those of a slice that is exclusively borrowed
        // through the call, and the kernel writes initialised bytes.
        let received = unsafe { libc::recv(fd, room.as_mut_ptr().cast(), room.len(), 0) };
        usize::try_from(received).expect("recv")
    }
}
