//! One BSD socket with exact, documented semantics: Python's `socket.socket`, typed.

mod address;
mod close;
mod connect;
mod default_timeout;
mod family;
mod listen;
mod literal;
mod option;
mod receive;
mod resolve;
mod send;
mod service;
mod socket;
mod sys;
mod transport;
#[cfg(unix)]
mod unix;
mod wait;

pub use address::Address;
pub use default_timeout::{default_timeout, set_default_timeout};
pub use family::{Family, Protocol, Type};
pub use resolve::{AddrInfo, Hints, getaddrinfo, gethostname};
pub use service::Service;
pub use socket::Socket;
#[cfg(unix)]
pub use unix::{socketpair, socketpair_of};
