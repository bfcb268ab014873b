//! The suite of readiness as another crate uses it: a test for each clause, on the simplest back
//! end and on the one that can do most.

#![cfg(any(target_os = "linux", target_os = "android"))]

use sockrates_cli::subjects;
use sockrates_harness::Subject;

fn back_end(name: &str) -> Subject {
    let mut all = subjects::all().into_iter();
    all.find(|subject| subject.name() == name).expect("a back end of this name")
}

mod select {
    sockrates_harness::readiness_suite!(super::back_end("select"));
}

mod epoll {
    sockrates_harness::readiness_suite!(super::back_end("epoll"));
}
