//! Servers, as their clients and programs meet them.

mod client;
mod lines;
mod protocols;
