//! Servers, as their clients and programs meet them.

mod client;
mod handlers;
mod limits;
mod lines;
mod orders;
mod protocols;
mod stopping;
