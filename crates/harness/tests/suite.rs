//! The suites as another crate uses them, on the references.

use sockrates_harness::{Subject, mem};

fn reference(name: &str) -> Subject {
    let mut all = mem::subjects().into_iter();
    all.find(|subject| subject.name() == name).expect("a reference of this name")
}

mod stream {
    sockrates_harness::stream_suite!(super::reference("mem-stream"));
}

mod datagram {
    sockrates_harness::datagram_suite!(super::reference("mem-datagram"));
}

mod connected_datagram {
    sockrates_harness::datagram_suite!(super::reference("mem-connected-datagram"));
}
