//! The suites as another crate uses them, on the references and on framings of core.

use sockrates_harness::{Subject, framings, mem};

fn reference(name: &str) -> Subject {
    let mut all = mem::subjects().into_iter().chain(framings::subjects());
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

mod framing {
    sockrates_harness::framing_suite!(super::reference("lines-lf"));
}

mod framing_of_a_format {
    sockrates_harness::framing_suite!(super::reference("netstring"), netstring);
}

mod server {
    sockrates_harness::server_suite!(super::reference("mem-server"));
}

mod datagram_server {
    sockrates_harness::datagram_server_suite!(super::reference("mem-datagram-server"));
}
