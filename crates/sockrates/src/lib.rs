#![doc = include_str!("../README.md")]

pub mod guide;

#[doc(no_inline)]
pub use sockrates_core::{self as core, *};
#[doc(no_inline)]
pub use sockrates_poll::{self as poll, Selector, Waker};
#[doc(no_inline)]
pub use sockrates_server::{self as server, DatagramServer, StreamServer};
#[doc(no_inline)]
pub use sockrates_socket::{self as socket, Socket};
#[doc(no_inline)]
pub use sockrates_tcp::{self as tcp, TcpListener, TcpSocket, TcpStream};
#[doc(no_inline)]
pub use sockrates_udp::{self as udp, ConnectedUdp, UdpSocket};
#[cfg(unix)]
#[doc(no_inline)]
pub use sockrates_unix::{
    self as unix, ConnectedUnixDatagram, UnixDatagram, UnixListener, UnixSeqpacket, UnixStream,
};
