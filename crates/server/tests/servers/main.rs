//! Servers, as their clients and programs meet them.

mod arrivals;
mod client;
mod datagrams;
mod handlers;
mod limits;
mod lines;
mod orders;
mod pool;
mod processes;
mod protocols;
mod stopping;
