//! The selector, on every backend: what it tells, and for how long.
#![cfg(unix)]

mod ends;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use sockrates_poll::{Backend, Interest, PollEvents, Ready, Selector};

const NOW: Option<Duration> = Some(Duration::ZERO);
const SOON: Option<Duration> = Some(Duration::from_secs(20));
const READABLE: Ready = Ready { readable: true, writable: false, error: false, hangup: false };
const WRITABLE: Ready = Ready { readable: false, writable: true, error: false, hangup: false };

fn all<T>(test: impl Fn(Selector<T>)) {
    for backend in Backend::ALL {
        test(Selector::with(*backend).unwrap());
    }
}

/// What is ready now: data and readiness of each, in the order of the data.
fn ready_now<T: Ord + Clone>(selector: &mut Selector<T>) -> Vec<(T, Ready)> {
    let count = selector.select(NOW).unwrap();
    let next = || selector.next_ready().map(|(key, ready)| (key.data.clone(), ready));
    let mut found: Vec<_> = std::iter::from_fn(next).collect();
    assert_eq!(found.len(), count);
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

#[test]
fn what_is_left_is_told_again() {
    all(|mut selector| {
        let (mut a, mut b) = UnixStream::pair().unwrap();
        selector.register(&a, Interest::READ, 'a').unwrap();
        selector.register(&b, Interest::WRITE, 'b').unwrap();
        assert_eq!(ready_now(&mut selector), [('b', WRITABLE)]);
        b.write_all(b"xy").unwrap();
        for left in [1, 0] {
            assert_eq!(selector.select(SOON).unwrap(), 2);
            assert_eq!(ready_now(&mut selector), [('a', READABLE), ('b', WRITABLE)]);
            a.read_exact(&mut [0]).unwrap();
            assert_eq!(ready_now(&mut selector).len(), 1 + left);
        }
    });
}

#[test]
fn the_end_of_the_stream_is_readable() {
    all(|mut selector| {
        let (a, _b) = ends::half_closed();
        selector.register(&a, Interest::READ, ()).unwrap();
        assert_eq!(ready_now(&mut selector), [((), READABLE)]);
        assert_eq!((&a).read(&mut [0]).unwrap(), 0);
        assert_eq!(ready_now(&mut selector), [((), READABLE)]);
    });
}

#[test]
fn full_is_not_writable_and_drained_is() {
    all(|mut selector| {
        let (a, mut b) = UnixStream::pair().unwrap();
        ends::fill(&a);
        selector.register(&a, Interest::WRITE, ()).unwrap();
        assert_eq!(ready_now(&mut selector), []);
        b.set_nonblocking(true).unwrap();
        while b.read(&mut [0; 65_536]).is_ok() {}
        assert_eq!(ready_now(&mut selector), [((), WRITABLE)]);
    });
}

#[test]
fn a_listener_is_readable_while_somebody_calls() {
    all(|mut selector| {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        selector.register(&listener, Interest::BOTH, ()).unwrap();
        assert_eq!(ready_now(&mut selector), []);
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert_eq!(selector.select(SOON).unwrap(), 1);
        assert_eq!(ready_now(&mut selector), [((), READABLE)]);
        listener.accept().unwrap();
        assert_eq!(ready_now(&mut selector), []);
    });
}

#[test]
fn errors_and_hangups_are_told_unasked() {
    all(|mut selector| {
        let tells = selector.backend() != Backend::Select;
        let reset = ends::reset();
        selector.register(&reset, Interest::WRITE, ()).unwrap();
        let over = Ready { error: tells, hangup: tells, ..WRITABLE };
        assert_eq!(ready_now(&mut selector), [((), over)]);
        selector.modify(&reset, Interest::READ).unwrap();
        let over = Ready { error: tells, hangup: tells, ..READABLE };
        assert_eq!(ready_now(&mut selector), [((), over)]);
    });
}

#[test]
fn both_ended_is_a_hangup_without_an_error() {
    all(|mut selector| {
        let (a, _b) = ends::half_closed();
        a.shutdown(Shutdown::Write).unwrap();
        ends::settle(&a, PollEvents::NONE);
        selector.register(&a, Interest::BOTH, ()).unwrap();
        let hangup = selector.backend() != Backend::Select;
        let over = Ready { readable: true, writable: true, error: false, hangup };
        assert_eq!(ready_now(&mut selector), [((), over)]);
    });
}

#[test]
fn a_change_takes_effect_at_once_and_keeps_the_data() {
    all(|mut selector| {
        let (a, mut b) = UnixStream::pair().unwrap();
        b.write_all(b"x").unwrap();
        selector.register(&a, Interest::READ, 7).unwrap();
        assert_eq!(ready_now(&mut selector), [(7, READABLE)]);
        selector.modify(&a, Interest::WRITE).unwrap();
        *selector.get_mut(&a).unwrap().data += 1;
        assert_eq!(ready_now(&mut selector), [(8, WRITABLE)]);
        selector.modify(&a, Interest::BOTH).unwrap();
        let both = Ready { writable: true, ..READABLE };
        assert_eq!(ready_now(&mut selector), [(8, both)]);
        assert_eq!(selector.get_key(&a).unwrap().interest, Interest::BOTH);
    });
}

#[test]
fn a_change_counts_for_what_was_found_and_not_taken() {
    all(|mut selector| {
        let (a, mut b) = UnixStream::pair().unwrap();
        b.write_all(b"x").unwrap();
        selector.register(&a, Interest::BOTH, ()).unwrap();
        selector.select(SOON).unwrap();
        selector.modify(&a, Interest::WRITE).unwrap();
        assert_eq!(selector.next_ready().unwrap().1, WRITABLE);
        selector.select(SOON).unwrap();
        selector.modify(&a, Interest::READ).unwrap();
        assert!(selector.next_ready().is_none(), "it was found writable, which nobody wants now");
    });
}

#[test]
fn what_was_taken_out_is_not_told_any_more() {
    all(|mut selector| {
        let pairs: Vec<_> = (0..3).map(|_| UnixStream::pair().unwrap()).collect();
        for (index, (a, _)) in pairs.iter().enumerate() {
            selector.register(a, Interest::WRITE, index).unwrap();
        }
        assert_eq!(selector.select(SOON).unwrap(), 3);
        let first = *selector.next_ready().unwrap().0.data;
        let gone = (first + 1) % 3;
        assert_eq!(selector.unregister(&pairs[gone].0).unwrap().data, gone);
        // The same number again is another registration, which was not waited for yet.
        let back = (first + 2) % 3;
        selector.unregister(&pairs[back].0).unwrap();
        selector.register(&pairs[back].0, Interest::WRITE, back).unwrap();
        assert!(selector.next_ready().is_none());
        let now: Vec<_> = ready_now(&mut selector).into_iter().map(|(data, _)| data).collect();
        assert_eq!(now.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([first, back]));
    });
}

#[test]
fn data_may_own_what_is_waited_for() {
    all(|mut selector: Selector<UnixStream>| {
        let (a, mut b) = UnixStream::pair().unwrap();
        let fd = a.as_raw_fd();
        selector.register_owner(a, Interest::READ, AsFd::as_fd).unwrap();
        b.write_all(b"x").unwrap();
        selector.select(SOON).unwrap();
        let (key, _) = selector.next_ready().unwrap();
        assert_eq!(key.data.read(&mut [0; 8]).unwrap(), 1);
        drop(selector.unregister(&fd).unwrap());
        assert_eq!(b.read(&mut [0]).unwrap(), 0, "the stream went with its key");
    });
}

#[test]
fn the_map_has_every_key_and_closing_gives_them_back() {
    all(|mut selector| {
        let (a, b) = UnixStream::pair().unwrap();
        selector.register(&a, Interest::READ, "a").unwrap();
        selector.register(&b, Interest::BOTH, "b").unwrap();
        assert_eq!((selector.len(), selector.get_map().len()), (2, 2));
        let data: BTreeSet<_> = selector.get_map().map(|key| *key.data).collect();
        assert_eq!(data, BTreeSet::from(["a", "b"]));
        assert!(format!("{selector:?}").contains("\"b\""));
        let fds: BTreeSet<_> = selector.close().into_iter().map(|key| key.fd).collect();
        assert_eq!(fds, BTreeSet::from([a.as_raw_fd(), b.as_raw_fd()]));
    });
}
