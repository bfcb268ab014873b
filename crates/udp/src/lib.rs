//! UDP: sockets that keep boundaries, show truncation and never take an empty datagram for an end.
//!
//! | | |
//! |---|---|
//! | [`UdpSocket`] | sends each datagram where the call says, receives from anyone |
//! | [`ConnectedUdp`] | speaks with one peer, and learns that nobody is there |
//! | [`RecvBatch`], [`SendBatch`] | many datagrams at once, cut and joined by the system |
//!
//! Operations wait as the socket's mode says (`set_timeout`); those ending in `_by` have a deadline
//! of their own too, and the earlier counts.
//!
//! ```
//! use sockrates_udp::UdpSocket;
//!
//! let (a, b) = (UdpSocket::bind(("127.0.0.1", 0))?, UdpSocket::bind(("127.0.0.1", 0))?);
//! a.send_to(b"hello", b.local_addr()?)?;
//!
//! let mut buf = [0; 3];
//! let got = b.recv_from(&mut buf)?;
//! assert_eq!((got.len, got.peer, got.truncated), (3, a.local_addr()?, true));
//! assert_eq!(&buf, b"hel"); // the tail is lost, and that it is shows
//! # Ok::<(), sockrates_core::Error>(())
//! ```

mod batch;
mod connected;
mod socket;

pub use connected::ConnectedUdp;
pub use socket::UdpSocket;
#[doc(no_inline)]
pub use sockrates_socket::{
    Address, Datagrams, Family, RecvBatch, RecvDatagram, SendBatch, SendHeader, Socket,
};
