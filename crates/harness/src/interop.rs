//! Every client with every server: subjects that speak the same protocol, judged with each other.
//!
//! Whoever talks to nobody but itself may misread the protocol on both sides alike, and notices
//! nothing. Here the one listens and the other connects; each pair is a transport as any other,
//! which the checks judge as it is.

mod home;
mod link;
mod matrix;
mod meeting;
mod table;

pub use home::home;

pub(crate) use home::{VARIABLE, bind, bound};
pub(crate) use matrix::{Between, Cell, Seat, Seats, cells, is_across};
pub(crate) use table::{Matrix, terminal, write_markdown};
#[cfg(test)]
pub(crate) use {link::Way, meeting::meet};
