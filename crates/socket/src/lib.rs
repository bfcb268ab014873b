//! One BSD socket with exact, documented semantics: Python's `socket.socket`, typed.

mod address;
mod close;
mod connect;
mod connection;
mod default_timeout;
mod family;
mod listen;
mod literal;
mod option;
mod receive;
mod resolve;
mod send;
mod server;
mod service;
mod socket;
mod sys;
mod transport;
mod typed;
#[cfg(unix)]
mod unix;
mod vectored;
mod wait;

pub use address::Address;
pub use connection::{connect_any, connect_to, create_connection};
pub use default_timeout::{default_timeout, set_default_timeout};
pub use family::{Family, Protocol, Type};
pub use resolve::{AddrInfo, Hints, getaddrinfo, gethostname};
pub use server::{ServerOptions, create_server, create_server_at, has_dual_stack};
pub use service::Service;
pub use socket::Socket;
#[cfg(unix)]
pub use unix::{socketpair, socketpair_of};

#[doc(hidden)]
pub use sockrates_core as core;
#[doc(hidden)]
pub use typed::{expect_type, inet};
