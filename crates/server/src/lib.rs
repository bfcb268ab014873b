//! Servers: one handler, served one by one, by threads, by processes, or many protocols on one
//! thread. Python's `socketserver`, without what it does wrong.
//!
//! ```
//! use sockrates_core::Result;
//! use sockrates_server::{Connection, Handler, Options, StreamServer, Threads};
//! use std::time::Duration;
//!
//! struct Echo;
//!
//! impl Handler for Echo {
//!     fn handle(&self, conn: &mut Connection) -> Result<()> {
//!         let mut line = Vec::new();
//!         while conn.read_line(&mut line, 4096)? {
//!             conn.send_all(&line)?;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let options = Options { idle_timeout: Some(Duration::from_secs(60)), ..Options::default() };
//! let server = StreamServer::bind_with(("127.0.0.1", 0), &options)?;
//! println!("echoing at {}", server.local_addr()?);
//! let stopper = server.stopper(); // for a signal handler, say
//! # stopper.stop();
//! let summary = server.serve(Threads::new(64).named("echo"), Echo)?; // until it is stopped
//! println!("{} clients", summary.accepted);
//! # Ok::<(), sockrates_core::Error>(())
//! ```
//!
//! | | |
//! |---|---|
//! | [`StreamServer`], [`DatagramServer`] | TCP and UDP, or `AF_UNIX` on a path |
//! | [`Options`] | limits of time and number, grace, queue, dual stack |
//! | [`Handler`], [`Connection`] | what is done with a connection, waiting as it likes |
//! | [`DatagramHandler`], [`Datagram`] | what is done with a datagram |
//! | [`Protocol`], [`Output`], [`Protocols`] | what is done with a connection's bytes, never waiting |
//! | [`Sequential`], [`Threads`], [`Processes`], [`EventLoop`] | by whom: the policies |
//! | [`Driven`] | protocols as a handler, for every policy |
//! | [`enter_child`], [`enter_datagram_child`] | the first line of `main` with [`Processes`] |
//! | [`Stopper`], [`Running`], [`Summary`] | how it ends |
//! | [`Failure`], [`Cause`] | what the error hook is told |
//!
//! # Which policy
//! [`Threads`], unless there is a reason: a handler is plain code that waits. An [`EventLoop`] for
//! thousands of connections that are mostly idle; its protocols must not wait. [`Processes`] for
//! handlers that may crash. [`Sequential`] where clients are to be served one after the other.
//!
//! # What every policy keeps to
//! - The server stops at once when it is told to, from any thread or handler, twice or before it
//!   serves. It refuses new connections, lets live ones go on for the grace, then cuts them;
//!   afterwards no thread, process or descriptor of it is left, and its address can be bound again.
//!   Only a handler that does not return although its connection was cut outlives the server, a
//!   second later, and [`Summary::stuck`] says so.
//! - What fails or panics in a handler ends its own connection, and is told to the error hook.
//! - No more is served at once than was allowed; the others wait in the system's queue.
//! - Where descriptors run out the server waits, in pauses of 10 ms to 1 s or until a connection
//!   ends, and after each pause lets one client go, so that it knows. The hook is told once.
//! - Nothing spins, and an idle server sleeps, unless it has a [`tick`](Options::tick).
//!
//! # Where Python differs
//! - `serve_forever` looks every half second whether to stop; here a stop wakes it.
//! - `shutdown` waits for ever where the server does not serve, deadlocks where the serving thread
//!   calls it, and called too late ends the *next* `serve_forever` at once. Here a server is served
//!   once, and a stop is for good.
//! - An error of `accept` is swallowed, and tried again at once: without descriptors Python spins.
//! - `ThreadingMixIn` starts any number of threads; nothing bounds how long an accepted connection
//!   may idle or last; `server_close` waits for its threads however long they take.
//! - `ForkingMixIn` forks a process that has threads, and at its maximum waits for a child while
//!   clients wait for it. [`Processes`] starts the program again, and goes on looking.
//! - `UDPServer` cuts datagrams at 8192 bytes without a word, and `DatagramRequestHandler` always
//!   answers, if with nothing.
//! - Closing a connection whose input was not all read resets it, and the client may lose the end
//!   of the answer. Here what has arrived is read first.
//! - The queue holds 5 clients; here 128, or what [`Options::socket`] says. `allow_reuse_address`
//!   is off; here the address can be bound again while old connections linger.
//! - `UnixStreamServer` leaves its file behind.
//! - There is no class to derive from for each combination, and no object for each request: a
//!   handler is shared, and what belongs to one connection are variables of its method.
//!
//! # Platform notes
//! Unix alone: what a server waits with (`sockrates-poll`) takes descriptors.
//!
//! Source: Python `socketserver`, `asyncio.Protocol`; POSIX.1-2024 `accept`; Linux `accept(2)`.

mod child;
mod connection;
mod datagram;
mod datagram_server;
mod dearth;
mod driven;
mod event_loop;
mod exchange;
mod failure;
mod gate;
mod handler;
mod isolate;
mod options;
mod order;
mod output;
mod policy;
mod pool;
mod process;
mod processes;
mod protocol;
mod running;
mod service;
mod setting;
mod socket_file;
mod stopper;
mod stream_server;
mod summary;
mod supervisor;
mod threads;

pub use child::enter_child;
pub use connection::Connection;
pub use datagram::{Datagram, DatagramHandler};
pub use datagram_server::{DatagramServer, enter_datagram_child};
pub use driven::Driven;
pub use event_loop::EventLoop;
pub use failure::{Cause, Failure};
pub use handler::Handler;
pub use options::Options;
pub use output::Output;
pub use policy::{DatagramPolicy, Policy};
pub use processes::Processes;
pub use protocol::{Protocol, Protocols};
pub use running::Running;
pub use stopper::Stopper;
pub use stream_server::StreamServer;
pub use summary::Summary;
pub use threads::{Sequential, Threads};
