//! One BSD socket with exact, documented semantics: Python's `socket.socket`, typed.
//!
//! | | |
//! |---|---|
//! | [`Socket`] | every operation, in three modes or to a deadline; closing that wakes |
//! | [`RecvBatch`], [`SendBatch`] | many datagrams with few system calls |
//! | [`Family`], [`Type`], [`Protocol`] | what kind of socket |
//! | [`Address`], [`Service`] | hosts and ports as people write them |
//! | [`getaddrinfo`], [`getnameinfo`], [`gethostname`] | names, looked up to a deadline |
//! | [`if_nameindex`], [`if_nametoindex`], [`if_indextoname`] | network interfaces |
//! | [`create_connection`], [`create_server`] | a host reached by any address, or served |
//! | [`set_default_timeout`] | the timeout that new sockets start with |
//!
//! The typed sockets of `sockrates-tcp` and `sockrates-udp` are made of it, and are what most
//! programs want. This crate is the only one that calls the system: the engine that tries first,
//! waits only where it has to and keeps one deadline is here, once.
//!
//! # Where Python differs
//! The names are Rust's, each with Python's as an alias that the search of these pages finds. The
//! semantics are Python's but where those lose something:
//!
//! - An error says how much was done before ([`Error::done`](sockrates_core::Error::done)), and a
//!   receive whether a datagram's tail is lost ([`Recv::truncated`](sockrates_core::Recv)).
//! - A timeout is for the whole operation, the look-up of a name and all addresses included.
//! - An adopted descriptor that does not block says so; IPv6 zones get to the system; ports over
//!   65535 are an error everywhere.
//! - `MSG_WAITALL` fills also with a timeout, `MSG_DONTWAIT` never waits, `MSG_TRUNC` shows no byte
//!   that was not received.
//! - [`Socket::close`] wakes whoever waits.

mod address;
mod batch;
mod close;
mod connect;
mod connection;
mod control;
mod default_timeout;
mod family;
mod interface;
mod listen;
mod literal;
mod name_info;
mod option;
mod receive;
mod resolve;
mod send;
#[cfg(unix)]
mod send_file;
mod server;
mod service;
mod socket;
mod stream;
mod sys;
mod transport;
mod typed;
#[cfg(unix)]
mod unix;
mod vectored;
mod wait;

pub use address::Address;
pub use batch::{Datagrams, RecvBatch, RecvDatagram, SendBatch, SendHeader};
pub use connection::{connect_any, connect_to, create_connection};
pub use control::RecvFds;
pub use default_timeout::{default_timeout, set_default_timeout};
pub use family::{Family, Protocol, Type};
pub use interface::{if_indextoname, if_nameindex, if_nametoindex};
pub use name_info::{NameHints, getnameinfo};
pub use resolve::{AddrInfo, Hints, getaddrinfo, gethostname};
pub use server::{ServerOptions, create_server, create_server_at, has_dual_stack};
pub use service::Service;
pub use socket::Socket;
#[cfg(unix)]
pub use unix::{socketpair, socketpair_of};

#[doc(hidden)]
pub use sockrates_core as core;
#[doc(hidden)]
pub use typed::{expect_local, expect_type, first_of, inet};
