//! The test that the oracle writes of a divergence compiles, and passes where nothing diverges.
#![cfg(target_os = "linux")]

#[rustfmt::skip]
#[path = "oracle/repro.rs"]
mod repro;
