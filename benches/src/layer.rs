//! One way to call the kernel, so that a bench's body is written once for all of them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use rustix::net::{RecvFlags, SendFlags};

/// A connected socket as one layer offers it. A failure ends the bench: there is nothing to
/// measure.
pub trait Layer: Send + 'static {
    /// Sends once and returns how many bytes were taken.
    fn send(&self, bytes: &[u8]) -> usize;

    /// Receives once and returns how many bytes came.
    fn recv(&self, room: &mut [u8]) -> usize;

    /// Sends all of `bytes`.
    fn send_all(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = &bytes[self.send(bytes)..];
        }
    }

    /// Receives until `room` is full.
    ///
    /// # Panics
    /// Where the peer closes before that.
    fn recv_exact(&self, mut room: &mut [u8]) {
        while !room.is_empty() {
            let len = self.recv(room);
            assert!(len > 0, "the peer closed {} bytes too early", room.len());
            room = &mut room[len..];
        }
    }
}

/// A datagram socket that is not connected.
pub trait Addressed: 'static {
    /// Sends one datagram and returns how many bytes were taken.
    fn send_to(&self, bytes: &[u8], to: SocketAddr) -> usize;

    /// Receives one and returns how many bytes came, and from whom.
    fn recv_from(&self, room: &mut [u8]) -> (usize, SocketAddr);
}

impl Addressed for sockrates_udp::UdpSocket {
    #[inline]
    fn send_to(&self, bytes: &[u8], to: SocketAddr) -> usize {
        Self::send_to(self, bytes, to).expect("send");
        bytes.len()
    }

    #[inline]
    fn recv_from(&self, room: &mut [u8]) -> (usize, SocketAddr) {
        let received = Self::recv_from(self, room).expect("recv");
        (received.len, received.peer)
    }
}

impl Layer for TcpStream {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        (&mut &*self).write(bytes).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        (&mut &*self).read(room).expect("recv")
    }
}

impl Layer for UnixStream {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        (&mut &*self).write(bytes).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        (&mut &*self).read(room).expect("recv")
    }
}

impl Layer for UdpSocket {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        Self::send(self, bytes).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        Self::recv(self, room).expect("recv")
    }
}

impl Layer for socket2::Socket {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        Self::send(self, bytes).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        (&mut &*self).read(room).expect("recv")
    }
}

/// A connected socket that rustix sends and receives on.
#[derive(Debug)]
pub struct RustixSocket(OwnedFd);

impl<S: Into<OwnedFd>> From<S> for RustixSocket {
    fn from(socket: S) -> Self {
        Self(socket.into())
    }
}

impl Layer for RustixSocket {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        rustix::net::send(&self.0, bytes, SendFlags::NOSIGNAL).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        rustix::net::recv(&self.0, room, RecvFlags::empty()).expect("recv").0
    }
}

impl Layer for sockrates_tcp::TcpStream {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        Self::send(self, bytes).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        Self::recv(self, room).expect("recv")
    }
}

impl Layer for sockrates_unix::UnixStream {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        Self::send(self, bytes).expect("send")
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        Self::recv(self, room).expect("recv")
    }
}

impl Layer for sockrates_udp::ConnectedUdp {
    #[inline]
    fn send(&self, bytes: &[u8]) -> usize {
        Self::send(self, bytes).expect("send");
        bytes.len()
    }

    #[inline]
    fn recv(&self, room: &mut [u8]) -> usize {
        Self::recv(self, room).expect("recv").len
    }
}
