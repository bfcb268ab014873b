//! `Framed` on a transport that follows a script: whatever a stream or a datagram may do.

mod datagrams;
mod every;
mod lawless;
mod paths;
mod receiving;
mod script;
mod sending;
mod text;
