//! Servers, as their clients and programs meet them.

mod client;
mod datagrams;
mod handlers;
mod limits;
mod lines;
mod orders;
mod processes;
mod protocols;
mod stopping;
