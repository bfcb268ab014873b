//! Servers: a handler, served one by one, by threads, by processes or by an event loop.

mod connection;
mod driven;
mod event_loop;
mod exchange;
mod failure;
mod gate;
mod handler;
mod isolate;
mod options;
mod output;
mod policy;
mod pool;
mod protocol;
mod running;
mod service;
mod socket_file;
mod stopper;
mod stream_server;
mod summary;
mod supervisor;
mod threads;

pub use connection::Connection;
pub use driven::Driven;
pub use event_loop::EventLoop;
pub use failure::{Cause, Failure};
pub use handler::Handler;
pub use options::Options;
pub use output::Output;
pub use policy::Policy;
pub use protocol::{Protocol, Protocols};
pub use running::Running;
pub use stopper::Stopper;
pub use stream_server::StreamServer;
pub use summary::Summary;
pub use threads::{Sequential, Threads};
