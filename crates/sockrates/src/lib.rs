#![doc = include_str!("../README.md")]

#[doc(no_inline)]
pub use sockrates_core::{self as core, *};
#[doc(no_inline)]
pub use sockrates_socket::{self as socket, Socket};
#[doc(no_inline)]
pub use sockrates_tcp::{self as tcp, TcpListener, TcpSocket, TcpStream};
#[doc(no_inline)]
pub use sockrates_udp::{self as udp, ConnectedUdp, UdpSocket};
