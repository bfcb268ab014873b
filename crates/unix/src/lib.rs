//! Local sockets, `AF_UNIX`: connections and datagrams within one machine, and what only they
//! carry: descriptors, and the credentials of the peer.
//!
//! | | |
//! |---|---|
//! | [`UnixStream`], [`UnixListener`] | connections of bytes |
//! | [`UnixSeqpacket`], [`UnixSeqpacketListener`] | connections that keep messages apart |
//! | [`UnixDatagram`], [`ConnectedUnixDatagram`] | datagrams, that are neither lost nor reordered |
//! | [`UnixAddress`] | paths, Linux's abstract names, none at all |
//! | [`remove_stale`] | clears the file that a crashed server has left |
//!
//! Operations wait as the socket's mode says (`set_timeout`); those ending in `_by` have a deadline
//! of their own too, and the earlier counts.
//!
//! ```
//! use sockrates_unix::UnixStream;
//! use std::os::fd::AsFd;
//!
//! let (parent, child) = UnixStream::pair()?;
//! let file = std::fs::File::open(".").unwrap();
//! parent.send_fds(b"here", &[file.as_fd()])?; // descriptors travel with bytes
//!
//! let mut buf = [0; 16];
//! let got = child.recv_fds(&mut buf, 1)?;
//! assert_eq!((&buf[..got.len], got.fds.len()), (&b"here"[..], 1));
//! # Ok::<(), sockrates_core::Error>(())
//! ```
#![cfg(unix)]

mod address;
mod connected;
mod datagram;
mod listener;
mod passing;
mod seqpacket;
mod seqpacket_listener;
mod stale;
mod stream;

pub use address::UnixAddress;
pub use connected::ConnectedUnixDatagram;
pub use datagram::UnixDatagram;
pub use listener::UnixListener;
pub use seqpacket::UnixSeqpacket;
pub use seqpacket_listener::UnixSeqpacketListener;
#[doc(no_inline)]
pub use sockrates_core::{Addr, Credentials};
#[doc(no_inline)]
pub use sockrates_socket::{RecvFds, Socket};
pub use stale::remove_stale;
pub use stream::UnixStream;
