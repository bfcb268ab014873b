//! The contract of sockets, in types: no sockets in here, and no system calls.
//!
//! | | |
//! |---|---|
//! | [`Transport`], [`Listener`] | one end of a conversation, and where conversations begin; their laws |
//! | [`Stream`], [`Datagram`] | whole operations to one deadline, for every transport |
//! | [`Endpoint`], [`SocketOption`] | the rest of the socket vocabulary, each word optional |
//! | [`Control`], [`ControlRef`] | what travels beside the bytes: descriptors, credentials, hop limits |
//! | [`Framing`], [`framing`] | where a message starts and ends; the framings of the field |
//! | [`Framed`] | a framing on a transport: messages that arrive whole or not at all |
//! | [`Mode`], [`Deadline`] | how long to wait: as a socket's habit, for one operation |
//! | [`Error`], [`Errno`], [`FrameError`] | what failed, whose fault, how much was done |
//! | [`RecvBuf`] | memory to receive into, initialised or not |
//!
//! Without the feature `std` (on by default) the framings and [`Errno`] remain, on `core` and
//! `alloc` alone.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod errno;
pub mod framing;
mod recv_buf;

pub use errno::Errno;
pub use framing::{Announced, Decoded, Encoded, FrameError, FrameErrorKind, Framing, Resync};
pub use recv_buf::RecvBuf;

#[cfg(feature = "std")]
mod addr;
#[cfg(feature = "std")]
mod control;
#[cfg(feature = "std")]
mod datagram;
#[cfg(feature = "std")]
mod deadline;
#[cfg(feature = "std")]
mod endpoint;
#[cfg(feature = "std")]
mod error;
#[cfg(feature = "std")]
mod flags;
#[cfg(feature = "std")]
mod framed;
#[cfg(feature = "std")]
mod mode;
#[cfg(feature = "std")]
mod option;
#[cfg(feature = "std")]
mod stream;
#[cfg(feature = "std")]
mod transport;

#[cfg(feature = "std")]
pub use {
    addr::{Addr, Peer},
    control::{Control, ControlRef, Credentials, Ecn, RecvControl},
    datagram::{Datagram, Message},
    deadline::Deadline,
    endpoint::{Endpoint, Ready, Shutdown},
    error::{Error, Fault, Op, Result},
    flags::{RecvFlags, SendFlags},
    framed::{Framed, FramedParts, Frames},
    mode::Mode,
    option::SocketOption,
    stream::Stream,
    transport::{Kind, Listener, Recv, Transport},
};
