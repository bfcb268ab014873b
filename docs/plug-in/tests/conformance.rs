//! One test for each clause: `cargo test`, `cargo test stream_eof`.

use plug_in::pipe;
use sockrates_harness::{Caps, Subject};

sockrates_harness::stream_suite!(Subject::pair("my-pipe", Caps::HALF_CLOSE, || Ok(pipe())));
