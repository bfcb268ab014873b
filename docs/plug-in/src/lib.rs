//! A transport that knows nothing of sockrates, in `pipe.rs`, and what plugs it in, in `plug.rs`.

mod pipe;
mod plug;

pub use pipe::{Pipe, pipe};
