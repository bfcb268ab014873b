//! Batches: what arrives in them, whose it is, and what is left of them.

mod ends;

use std::time::Duration;

use ends::{LONG, batch_by_loop, bodies, connected, pair};
use sockrates_core::{Deadline, Errno, Error, RecvFlags, SendFlags};
use sockrates_udp::{ConnectedUdp, RecvBatch, SendBatch, SendHeader, UdpSocket};

/// A batch by the system's own call, and one by the loop that stands in for it.
fn both_ways(slots: usize, slot: usize) -> [RecvBatch; 2] {
    [RecvBatch::new(slots, slot).unwrap(), batch_by_loop(slots, slot)]
}

#[test]
fn each_datagram_is_told_with_its_sender_and_a_lost_tail_shows_where_it_is() {
    for mut batch in both_ways(8, 4) {
        let (a, b) = pair();
        let c = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        let to = b.local_addr().unwrap();
        for (from, word) in [(&a, "one"), (&c, "three"), (&a, ""), (&c, "four")] {
            from.send_to(word.as_bytes(), to).unwrap();
        }
        assert_eq!(b.recv_many_from(&mut batch).unwrap(), 4);
        assert_eq!(bodies(&batch), [&b"one"[..], b"thre", b"", b"four"]);
        let lost: Vec<_> = batch.iter().map(|one| (one.is_truncated(), one.sent_len())).collect();
        assert_eq!(lost, [(false, 3), (true, 5), (false, 0), (false, 4)]);
        let (a, c) = (a.local_addr().unwrap(), c.local_addr().unwrap());
        let peers: Vec<_> = batch.iter().map(|one| one.peer().unwrap()).collect();
        assert_eq!(peers, [a, c, a, c]);
    }
}

#[test]
fn a_batch_used_again_has_nothing_of_before() {
    for mut batch in both_ways(4, 100) {
        let (a, b) = pair();
        let to = b.local_addr().unwrap();
        for (length, count) in [(100, 4), (1, 1), (0, 2), (50, 3), (200, 4), (7, 4)] {
            (0..count).for_each(|i| a.send_to(&vec![i; length], to).map(drop).unwrap());
            assert_eq!(b.recv_many_from(&mut batch).unwrap(), usize::from(count));
            for (i, one) in (0..).zip(&batch) {
                assert_eq!(one.bytes(), vec![i; length.min(100)]);
                assert_eq!((one.is_truncated(), one.sent_len()), (length > 100, length));
                assert_eq!(one.peer(), Some(a.local_addr().unwrap()));
            }
        }
    }
}

#[test]
fn a_batch_may_go_from_socket_to_socket() {
    for mut batch in both_ways(4, 16) {
        let (a, b) = pair();
        let (c, d) = connected();
        for _ in 0..3 {
            a.send_to(b"named", b.local_addr().unwrap()).unwrap();
            c.send(b"known").unwrap();
            assert_eq!(b.recv_many_from(&mut batch).unwrap(), 1);
            assert_eq!(batch.iter().next().unwrap().peer(), Some(a.local_addr().unwrap()));
            assert_eq!(d.recv_many(&mut batch).unwrap(), 1);
            assert_eq!(batch.iter().next().unwrap().peer(), None);
            assert_eq!(bodies(&batch), [b"known"]);
        }
    }
}

#[test]
fn it_takes_what_there_is_room_for_and_the_rest_next_time() {
    for mut batch in both_ways(3, 8) {
        let (a, b) = pair();
        (0..5).for_each(|i| a.send_to(&[i], b.local_addr().unwrap()).map(drop).unwrap());
        assert_eq!(b.recv_many_from(&mut batch).unwrap(), 3);
        assert_eq!(bodies(&batch), [[0], [1], [2]]);
        assert_eq!(b.recv_many_from(&mut batch).unwrap(), 2);
        assert_eq!(bodies(&batch), [[3], [4]]);
        assert_eq!(batch.iter().len(), 2);
    }
}

#[test]
fn with_nothing_there_it_is_eagain_or_a_timeout_and_the_batch_is_empty() {
    for mut batch in both_ways(3, 8) {
        let (a, b) = pair();
        a.send_to(b"x", b.local_addr().unwrap()).unwrap();
        assert_eq!(b.recv_many_from(&mut batch).unwrap(), 1);
        let soon = Deadline::after(Duration::from_millis(5));
        let late = b.recv_many_from_by(&mut batch, RecvFlags::NONE, soon).unwrap_err();
        assert!(late.is_timeout() && soon.has_passed());
        assert!(batch.is_empty() && batch.iter().next().is_none());
        let hasty = b.recv_many_from_by(&mut batch, RecvFlags::DONTWAIT, Deadline::NEVER);
        assert_eq!(hasty.unwrap_err().errno(), Some(Errno::EAGAIN));
        b.set_blocking(false).unwrap();
        let never = b.recv_many_from(&mut batch).unwrap_err();
        assert_eq!(never.errno(), Some(Errno::EAGAIN));
    }
}

#[test]
fn what_is_there_is_not_held_back_for_more() {
    for mut batch in both_ways(64, 8) {
        let (a, b) = pair();
        for mode in [None, Some(LONG)] {
            b.set_timeout(mode).unwrap();
            a.send_to(b"alone", b.local_addr().unwrap()).unwrap();
            assert_eq!(b.recv_many_from(&mut batch).unwrap(), 1);
        }
    }
}

#[test]
fn a_look_leaves_the_datagram_there() {
    for mut batch in both_ways(4, 8) {
        let (a, b) = pair();
        a.send_to(b"first", b.local_addr().unwrap()).unwrap();
        a.send_to(b"second", b.local_addr().unwrap()).unwrap();
        let look = |batch: &mut _| b.recv_many_from_by(batch, RecvFlags::PEEK, Deadline::NEVER);
        assert_eq!(look(&mut batch).unwrap(), 1);
        assert_eq!(look(&mut batch).unwrap(), 1);
        assert_eq!(bodies(&batch), [b"first"]);
        assert_eq!(b.recv_many_from(&mut batch).unwrap(), 2);
    }
}

#[test]
fn no_room_takes_datagrams_as_truncated() {
    for mut batch in both_ways(2, 0) {
        let (a, b) = pair();
        a.send_to(b"gone", b.local_addr().unwrap()).unwrap();
        a.send_to(b"", b.local_addr().unwrap()).unwrap();
        assert_eq!(b.recv_many_from(&mut batch).unwrap(), 2);
        let lost: Vec<_> = batch.iter().map(|one| one.is_truncated()).collect();
        assert_eq!(lost, [true, false]);
    }
}

#[test]
fn nobody_there_is_told_once_and_no_datagram_is_lost() {
    for mut batch in both_ways(4, 8) {
        let (deaf, peer) = pair();
        let deaf = deaf.connect(peer.local_addr().unwrap()).unwrap();
        let client = ConnectedUdp::connect(deaf.local_addr().unwrap()).unwrap();
        client.set_timeout(Some(LONG)).unwrap();
        client.send(b"anyone?").unwrap();
        let refused = client.recv_many(&mut batch).unwrap_err();
        assert_eq!(refused.errno(), Some(Errno::ECONNREFUSED));
        client.set_blocking(false).unwrap();
        assert_eq!(client.recv_many(&mut batch).unwrap_err().errno(), Some(Errno::EAGAIN));
    }
}

#[test]
fn a_batch_that_cannot_be_is_refused_with_its_number_and_the_limit() {
    for (slots, slot, number) in [(0, 1, "0"), (1025, 1, "1025"), (1, 65_536, "65536")] {
        let error = RecvBatch::new(slots, slot).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }));
        assert!(error.to_string().contains(number), "{error}");
    }
    for (most, room, number) in [(0, 1, "0"), (65_537, 1, "65537"), (1, 1 << 27, "134217728")] {
        let error = SendBatch::new(most, room).unwrap_err();
        assert!(error.to_string().contains(number), "{error}");
    }
    let mut batch = SendBatch::new(2, 10).unwrap();
    batch.push(b"123456").unwrap();
    assert!(batch.push(b"12345").unwrap_err().to_string().contains("room for 4"));
    batch.push(b"1234").unwrap();
    assert!(batch.push(b"").unwrap_err().to_string().contains("number 3"));
    assert!(batch.push(&[0; 65_536]).unwrap_err().to_string().contains("65536"));
    assert_eq!(batch.len(), 2);
}

#[test]
fn memory_is_what_it_says() {
    let batch = RecvBatch::new(16, 1500).unwrap();
    assert!((16 * 1500..16 * (1500 + 700)).contains(&batch.memory()), "{}", batch.memory());
    let batch = SendBatch::new(16, 1000).unwrap();
    assert!((1000..1000 + 16 * 100).contains(&batch.memory()), "{}", batch.memory());
}

#[test]
fn what_was_sent_is_gone_from_the_batch_and_what_failed_is_the_first_left() {
    let (a, b) = pair();
    let to = b.local_addr().unwrap();
    let mut batch = SendBatch::new(8, 200_000).unwrap();
    let long = vec![0; 65_508];
    for body in [&b"one"[..], b"two", &long, b"", b"four"] {
        batch.push_to(body, to).unwrap();
    }
    let error = a.send_many(&mut batch).unwrap_err();
    assert_eq!((error.errno(), error.done()), (Some(Errno::EMSGSIZE), 6));
    assert_eq!((batch.len(), batch.first()), (3, Some(&long[..])));
    assert!(batch.skip());
    a.send_many(&mut batch).unwrap();
    assert!(batch.is_empty() && !batch.skip());
    let mut got = RecvBatch::new(8, 8).unwrap();
    assert_eq!(b.recv_many_from(&mut got).unwrap(), 4);
    assert_eq!(bodies(&got), [&b"one"[..], b"two", b"", b"four"]);
}

#[test]
fn a_datagram_skipped_in_the_middle_of_a_run_leaves_the_others() {
    let (a, b) = pair();
    let to = b.local_addr().unwrap();
    let mut batch = SendBatch::new(4, 12).unwrap();
    for body in [b"one", b"two", b"six"] {
        batch.push_to(body, to).unwrap();
    }
    assert!(batch.skip());
    batch.push_to(b"ten", to).unwrap();
    // There is room for four datagrams at once, of which one is gone.
    batch.push_to(b"new", to).unwrap();
    assert!(batch.push_to(b"full", to).is_err());
    assert_eq!(batch.first(), Some(&b"two"[..]));
    a.send_many(&mut batch).unwrap();
    let mut got = RecvBatch::new(8, 8).unwrap();
    assert_eq!(b.recv_many_from(&mut got).unwrap(), 4);
    assert_eq!(bodies(&got), [b"two", b"six", b"ten", b"new"]);
}

#[test]
fn a_batch_to_several_peers_goes_to_each_in_order() {
    let (a, b) = pair();
    let c = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    c.set_timeout(Some(LONG)).unwrap();
    let (to_b, to_c) = (b.local_addr().unwrap(), c.local_addr().unwrap());
    let mut batch = SendBatch::new(16, 160).unwrap();
    for round in 0..2 {
        for i in 0..8_u8 {
            batch.push_to(&[round, i], if i < 5 { to_b } else { to_c }).unwrap();
        }
        a.send_many(&mut batch).unwrap();
        let mut got = RecvBatch::new(16, 8).unwrap();
        assert_eq!(b.recv_many_from(&mut got).unwrap(), 5);
        assert_eq!(bodies(&got), [[round, 0], [round, 1], [round, 2], [round, 3], [round, 4]]);
        assert_eq!(c.recv_many_from(&mut got).unwrap(), 3);
        assert_eq!(bodies(&got), [[round, 5], [round, 6], [round, 7]]);
    }
}

#[test]
fn flags_that_would_glue_and_sockets_of_other_types_are_refused() {
    let (a, b) = connected();
    let mut batch = SendBatch::new(2, 10).unwrap();
    batch.push(b"x").unwrap();
    let more = a.send_many_by(&mut batch, SendFlags::MORE, Deadline::NEVER).unwrap_err();
    assert!(more.to_string().contains("MORE"), "{more}");
    let urgent = a.send_many_by(&mut batch, SendFlags::OOB, Deadline::NEVER).unwrap_err();
    assert_eq!(urgent.errno(), Some(Errno::EOPNOTSUPP));
    assert_eq!(batch.len(), 1);
    assert!(a.send_segments(b"x", 0).unwrap_err().to_string().contains('0'));
    a.send_segments(b"", 1).unwrap();
    b.set_blocking(false).unwrap();
    assert!(b.recv(&mut [0; 4]).unwrap_err().would_block());
}

#[test]
fn a_batch_that_is_never_empty_takes_no_more_memory() {
    let mut batch = SendBatch::new(2, 0).unwrap();
    batch.push(b"").unwrap();
    batch.push(b"").unwrap();
    let mut least = usize::MAX;
    for turn in 0..10_000 {
        batch.skip();
        // Another header than the one before, so that they are no run.
        let header = SendHeader::new().with_ttl(turn as u8 % 2 + 1);
        batch.push_with(b"", None, header).unwrap();
        if turn == 100 {
            least = batch.memory();
        }
    }
    assert_eq!((batch.memory(), batch.len()), (least, 2));
}
