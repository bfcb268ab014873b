//! More descriptors than one wait tells. A test program of its own, for it takes so many numbers
//! that the other tests of select would get too high ones.
#![cfg(unix)]

mod ends;

use std::collections::BTreeSet;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use sockrates_poll::{Backend, Interest, Selector};

const NOW: Option<Duration> = Some(Duration::ZERO);

/// The data of what is ready now.
fn ready_now(selector: &mut Selector<usize>) -> BTreeSet<usize> {
    selector.select(NOW).unwrap();
    std::iter::from_fn(|| selector.next_ready().map(|(key, _)| *key.data)).collect()
}

#[test]
fn each_of_many_is_told_once() {
    assert!(ends::allow(8000), "the limit of open files is below 8001");
    for backend in Backend::ALL {
        let mut selector = Selector::with(*backend).unwrap();
        // More than one wait on an epoll tells; fewer than a set of select holds.
        let many = if selector.backend() == Backend::Select { 200 } else { 1500 };
        let pairs: Vec<_> = (0..many).map(|_| UnixStream::pair().unwrap()).collect();
        for (index, (a, _)) in pairs.iter().enumerate() {
            selector.register(a, Interest::WRITE, index).unwrap();
        }
        for (index, (a, _)) in pairs.iter().enumerate().filter(|(index, _)| index % 3 == 0) {
            selector.modify(a, Interest::READ).unwrap();
            assert_eq!(selector.get_key(a).map(|key| *key.data), Some(index));
        }
        let mut told = BTreeSet::new();
        for _ in 0..2 {
            told.extend(ready_now(&mut selector));
        }
        let expected: BTreeSet<_> = (0..many).filter(|index| index % 3 != 0).collect();
        assert_eq!(told, expected);
        for (a, _) in &pairs {
            selector.unregister(a).unwrap();
        }
        assert!(selector.is_empty());
        assert_eq!(ready_now(&mut selector), BTreeSet::new());
    }
}
