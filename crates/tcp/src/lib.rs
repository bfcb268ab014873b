//! TCP: streams and listeners with exact semantics and one deadline for a whole operation.
//!
//! | | |
//! |---|---|
//! | [`TcpStream`] | one end of a connection |
//! | [`TcpListener`] | where connections arrive |
//! | [`TcpSocket`] | a socket before it is either: `bind`, options, `connect_ex` |
//!
//! Operations wait as the socket's mode says (`set_timeout`); those ending in `_by` have a deadline
//! of their own too, and the earlier counts.
//!
//! ```
//! use sockrates_tcp::{TcpListener, TcpStream};
//! use std::time::Duration;
//!
//! let listener = TcpListener::bind(("127.0.0.1", 0))?;
//! let client = TcpStream::connect(listener.local_addr()?)?;
//! let (server, from) = listener.accept()?;
//! assert_eq!(from, client.local_addr()?);
//!
//! client.set_timeout(Some(Duration::from_secs(2)))?;
//! client.send_all(b"hello")?;
//! let mut hello = [0; 5];
//! server.recv_exact(&mut hello)?;
//! assert_eq!(&hello, b"hello");
//! # Ok::<(), sockrates_core::Error>(())
//! ```

mod listener;
mod socket;
mod stream;

pub use listener::TcpListener;
pub use socket::TcpSocket;
#[doc(no_inline)]
pub use sockrates_socket::{Address, Family, ServerOptions, Socket};
pub use stream::TcpStream;
