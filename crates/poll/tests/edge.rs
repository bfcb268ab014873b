//! What is told once: an arrival, and not what it has left.
#![cfg(any(target_os = "linux", target_os = "android"))]

mod ends;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use socket2::SockRef;
use sockrates_poll::{Backend, Interest, PollEvents, Ready, Selector};

const NOW: Option<Duration> = Some(Duration::ZERO);

/// What is ready now.
fn ready_now(selector: &mut Selector<()>) -> Option<Ready> {
    selector.select(NOW).unwrap();
    let ready = selector.next_ready().map(|(_, ready)| ready);
    assert!(selector.next_ready().is_none());
    ready
}

fn readable(selector: &mut Selector<()>) -> bool {
    ready_now(selector).is_some_and(|ready| ready.readable)
}

#[test]
fn an_arrival_is_told_once_and_the_next_one_again() {
    let (mut a, mut b) = ends::tcp();
    let mut selector = Selector::new().unwrap();
    selector.register(&a, Interest::READ.edge(), ()).unwrap();
    for _ in 0..3 {
        b.write_all(b"xy").unwrap();
        ends::settle(&a, PollEvents::IN);
        assert!(readable(&mut selector));
        assert!(!readable(&mut selector), "told twice");
    }
    a.read_exact(&mut [0; 6]).unwrap();
    assert!(!readable(&mut selector));
}

#[test]
fn what_is_there_when_it_is_registered_or_modified_is_told() {
    let (a, mut b) = ends::tcp();
    b.write_all(b"x").unwrap();
    ends::settle(&a, PollEvents::IN);
    let mut selector = Selector::new().unwrap();
    selector.register(&a, Interest::READ.edge(), ()).unwrap();
    assert!(readable(&mut selector) && !readable(&mut selector));
    selector.modify(&a, Interest::BOTH.edge()).unwrap();
    let ready = ready_now(&mut selector).unwrap();
    assert!(ready.readable && ready.writable);
    assert_eq!(ready_now(&mut selector), None);
    selector.modify(&a, Interest::READ).unwrap();
    assert!(readable(&mut selector) && readable(&mut selector));
}

#[test]
fn after_the_peers_end_it_is_told_by_every_wait() {
    let (mut a, mut b) = ends::tcp();
    let mut selector = Selector::new().unwrap();
    selector.register(&a, Interest::READ.edge(), ()).unwrap();
    b.write_all(b"the last").unwrap();
    b.shutdown(Shutdown::Write).unwrap();
    ends::settle(&a, PollEvents::RDHUP);
    for _ in 0..3 {
        assert!(readable(&mut selector), "a short receive would be taken for the last");
    }
    a.read_exact(&mut [0; 8]).unwrap();
    assert!(readable(&mut selector));
    assert_eq!(a.read(&mut [0]).unwrap(), 0);
}

#[test]
fn where_an_urgent_byte_cuts_a_receive_short_it_is_told_by_every_wait() {
    let (mut a, b) = ends::tcp();
    let mut selector = Selector::new().unwrap();
    selector.register(&a, Interest::READ.edge(), ()).unwrap();
    (&b).write_all(b"before").unwrap();
    SockRef::from(&b).send_out_of_band(b"!").unwrap();
    (&b).write_all(b"after").unwrap();
    ends::settle(&a, PollEvents::PRI);
    let (mut got, mut room) = (Vec::new(), [0; 64]);
    while got.len() < "beforeafter".len() {
        assert!(readable(&mut selector), "left {got:?}");
        let len = a.read(&mut room).unwrap();
        got.extend_from_slice(&room[..len]);
    }
    assert_eq!(got, b"beforeafter");
}

#[test]
fn room_is_told_once_it_has_been_made() {
    let (a, mut b) = UnixStream::pair().unwrap();
    ends::fill(&a);
    let mut selector = Selector::new().unwrap();
    selector.register(&a, Interest::WRITE.edge(), ()).unwrap();
    assert_eq!(ready_now(&mut selector), None);
    b.set_nonblocking(true).unwrap();
    while b.read(&mut [0; 65_536]).is_ok() {}
    let ready = ready_now(&mut selector).expect("there is room");
    assert!(ready.writable && !ready.readable);
    assert_eq!(ready_now(&mut selector), None);
}

#[test]
fn other_backends_go_on_telling() {
    for backend in [Backend::Select, Backend::Poll] {
        let (a, mut b) = ends::tcp();
        let mut selector = Selector::with(backend).unwrap();
        selector.register(&a, Interest::READ.edge(), ()).unwrap();
        assert!(!readable(&mut selector));
        b.write_all(b"x").unwrap();
        ends::settle(&a, PollEvents::IN);
        assert!(readable(&mut selector) && readable(&mut selector));
    }
}
