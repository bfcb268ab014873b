//! `Framed` on a transport that follows a script: whatever a stream or a datagram may do.

mod datagrams;
mod lawless;
mod receiving;
mod script;
mod sending;
