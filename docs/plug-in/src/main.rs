//! The judge's command line for the pipe: `cargo run`, `cargo run -- --help`.

use plug_in::pipe;
use sockrates_harness::{Caps, Subject};

sockrates_harness::main!(Subject::pair("my-pipe", Caps::HALF_CLOSE, || Ok(pipe())));
