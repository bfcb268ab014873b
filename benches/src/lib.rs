//! What the benches share: the layers that stand beside each other, on the same kernel sockets.
//!
//! Run them with `cargo bench`; a quick look is `cargo bench -p sockrates-benches -- --quick`.
//! Quote ratios between layers of one run: absolute figures belong to a machine and its hour.

mod layer;
pub mod raw;

pub use layer::{Addressed, Layer, RustixSocket};
pub use raw::RawSocket;

pub mod bridge;
pub mod by_hand;
pub mod contest;
pub mod ends;
pub mod group;
pub mod instructions;
pub mod load;
pub mod peer;
pub mod place;
pub mod runner;
pub mod served;
pub mod wire;

pub use contest::{Absent, Contest, Cost, Goal, Pair, Side, Start, Work, side};
