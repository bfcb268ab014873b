//! Datagrams that the system cuts and joins (Linux), and the same where it does not.
#![cfg(target_os = "linux")]

mod ends;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{SystemTime, UNIX_EPOCH};

use ends::{LONG, batch_by_loop, bodies, connected, pair, pair_at};
use sockrates_core::{Deadline, Ecn, Errno, Error, RecvBuf, RecvFlags, SocketOption};
use sockrates_udp::{ConnectedUdp, RecvBatch, SendBatch, SendHeader, UdpSocket};

/// The batches to receive joined datagrams into, by the system's own call and by the loop.
fn both_ways(slots: usize) -> [RecvBatch; 2] {
    [RecvBatch::for_gro(slots).unwrap(), batch_by_loop(slots, RecvBatch::SLOT_MAX)]
}

/// Bytes no two neighbours of which are the same.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

/// Receives until there are so many bytes, and tells the lengths, and the bytes all together.
fn drain(socket: &ConnectedUdp, batch: &mut RecvBatch, total: usize) -> (Vec<usize>, Vec<u8>) {
    let (mut lengths, mut bytes) = (Vec::new(), Vec::new());
    while bytes.len() < total {
        socket.recv_many(batch).unwrap();
        for one in batch.iter() {
            assert!(!one.is_truncated());
            lengths.push(one.bytes().len());
            bytes.extend_from_slice(one.bytes());
        }
    }
    (lengths, bytes)
}

#[test]
fn what_is_cut_and_joined_comes_apart_as_it_was_sent() {
    for mut batch in both_ways(4) {
        let (a, b) = connected();
        b.set_gro(true).unwrap();
        assert!(a.gso() && b.gro().unwrap());
        for (len, segment) in
            [(3_000, 1_200), (1_200, 1_200), (2_400, 1_200), (1_201, 1_200), (640, 64), (5, 9)]
        {
            let bytes = pattern(len);
            a.send_segments(&bytes, segment).unwrap();
            assert_eq!(b.recv_many(&mut batch).unwrap(), len.div_ceil(segment));
            let want: Vec<_> = bytes.chunks(segment).collect();
            assert_eq!(bodies(&batch), want);
            assert_eq!(batch.iter().len(), want.len());
            // One by one, and all at once from any place on, are the same.
            for skipped in 0..want.len() {
                let mut rest = batch.iter();
                for one in &want[..skipped] {
                    assert_eq!(rest.next().unwrap().bytes(), *one);
                }
                assert_eq!(rest.len(), want.len() - skipped);
                let mut left = Vec::new();
                rest.for_each(|one| left.push((one.bytes(), one.is_truncated())));
                assert!(left.into_iter().eq(want[skipped..].iter().map(|one| (*one, false))));
            }
        }
        assert!(a.gso());
    }
}

#[test]
fn more_than_one_send_carries_goes_in_several() {
    let (a, b) = connected();
    let mut batch = RecvBatch::for_gro(8).unwrap();
    b.set_gro(true).unwrap();
    // Over the limit of datagrams, then over that of bytes, then too long for two as one.
    for (len, segment) in [(300, 1), (140_000, 1_200), (120_000, 40_000)] {
        let bytes = pattern(len);
        a.send_segments(&bytes, segment).unwrap();
        let (lengths, got) = drain(&b, &mut batch, len);
        assert_eq!(got, bytes);
        let want: Vec<_> = bytes.chunks(segment).map(<[u8]>::len).collect();
        assert_eq!(lengths, want);
    }
    assert!(a.gso());
}

#[test]
fn a_socket_that_does_not_join_receives_each_by_itself() {
    let (a, b) = connected();
    a.send_segments(&pattern(3_000), 1_200).unwrap();
    let mut buf = [0; 2_000];
    for len in [1_200, 1_200, 600] {
        assert_eq!(b.recv(&mut buf).unwrap().len, len);
    }
}

#[test]
fn a_socket_that_joins_is_not_received_from_one_by_one() {
    let (a, b) = pair();
    b.set_gro(true).unwrap();
    a.send_segments_to(&pattern(100), 40, b.local_addr().unwrap()).unwrap();
    let mut memory = [0; 200];
    let refused = b.recv_from(&mut memory).unwrap_err();
    assert!(matches!(refused, Error::Invalid { .. }), "{refused}");
    assert!(b.peek_from(&mut memory).is_err());
    assert!(b.as_socket().recv(&mut memory).is_err());
    // That tells the length of one.
    let got = b.as_socket().recv_with_control(
        &mut RecvBuf::new(&mut memory),
        256,
        RecvFlags::PEEK,
        Deadline::NEVER,
    );
    assert!(format!("{:?}", got.unwrap().control).contains("Segment(40)"));
    b.set_option(SocketOption::Gro, 0).unwrap();
    assert_eq!(b.recv_from(&mut memory).unwrap().len, 100, "it was joined before");
    a.send_segments_to(&pattern(100), 40, b.local_addr().unwrap()).unwrap();
    assert_eq!(b.dup().unwrap().recv_from(&mut memory).unwrap().len, 40);
}

#[test]
fn a_lost_tail_of_joined_datagrams_shows_on_each_that_lost_something() {
    let (a, b) = connected();
    b.set_gro(true).unwrap();
    for mut batch in [RecvBatch::new(2, 25).unwrap(), batch_by_loop(2, 25)] {
        a.send_segments(&pattern(47), 10).unwrap();
        assert_eq!(b.recv_many(&mut batch).unwrap(), 5);
        let got: Vec<_> = batch.iter().map(|one| (one.bytes().len(), one.sent_len())).collect();
        assert_eq!(got, [(10, 10), (10, 10), (5, 10), (0, 10), (0, 7)]);
        let lost: Vec<_> = batch.iter().map(|one| one.is_truncated()).collect();
        assert_eq!(lost, [false, false, true, true, true]);
    }
}

#[test]
fn a_batch_groups_what_goes_together_and_keeps_the_order() {
    let (a, b) = connected();
    let mut got = RecvBatch::for_gro(32).unwrap();
    let lengths = [10, 10, 4, 10, 0, 0, 7, 7, 7, 8, 8, 1, 1, 3];
    let mut batch = SendBatch::new(lengths.len(), 200).unwrap();
    for (joins, cuts) in [(true, true), (true, false), (false, true), (false, false)] {
        b.set_gro(joins).unwrap();
        a.set_gso(cuts);
        assert_eq!(a.gso(), cuts);
        for (i, len) in lengths.iter().enumerate() {
            batch.push(&vec![i as u8; *len]).unwrap();
        }
        a.send_many(&mut batch).unwrap();
        assert_eq!(b.recv_many(&mut got).unwrap(), lengths.len());
        let told = bodies(&got);
        for (i, len) in lengths.iter().enumerate() {
            assert_eq!(told[i], vec![i as u8; *len]);
        }
    }
}

#[test]
fn each_tells_what_it_was_asked_for_joined_or_not() {
    for host in ["127.0.0.1", "::1"] {
        let (a, b) = pair_at(host);
        let home: IpAddr = host.parse().unwrap();
        b.set_recv_ttl(true).unwrap();
        b.set_recv_tos(true).unwrap();
        b.set_recv_packet_info(true).unwrap();
        b.set_recv_timestamp(true).unwrap();
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        for joins in [true, false] {
            b.set_gro(joins).unwrap();
            for mut batch in both_ways(8) {
                for (ttl, ecn) in [(9, Ecn::Ce), (200, Ecn::Ect0), (1, Ecn::NotEct)] {
                    let header = SendHeader::new().with_ttl(ttl).with_tos(0x20).with_ecn(ecn);
                    let to = b.local_addr().unwrap();
                    a.send_segments_to_by(&pattern(50), 20, to, header, Deadline::NEVER).unwrap();
                    assert_eq!(b.recv_many_from(&mut batch).unwrap(), 3);
                    for one in &batch {
                        assert_eq!((one.ttl(), one.ecn()), (Some(ttl), Some(ecn)));
                        assert_eq!(one.tos(), Some(0x20 | ecn.bits()));
                        assert_eq!((one.destination(), one.interface()), (Some(home), Some(1)));
                        assert!(one.timestamp().is_some_and(|at| at + LONG > start));
                        assert_eq!(one.peer(), Some(a.local_addr().unwrap()));
                        assert!(!one.is_control_truncated());
                    }
                }
                // A batch used again tells nothing of before.
                a.send_to(b"plain", b.local_addr().unwrap()).unwrap();
                b.recv_many_from(&mut batch).unwrap();
                let one = batch.iter().next().unwrap();
                assert_eq!((one.bytes(), one.ecn()), (&b"plain"[..], Some(Ecn::NotEct)));
            }
        }
    }
}

#[test]
fn what_was_not_asked_for_is_not_told() {
    let (a, b) = pair();
    let mut batch = RecvBatch::new(2, 8).unwrap();
    a.send_to(b"x", b.local_addr().unwrap()).unwrap();
    b.recv_many_from(&mut batch).unwrap();
    let one = batch.iter().next().unwrap();
    assert_eq!((one.ttl(), one.tos(), one.ecn()), (None, None, None));
    assert_eq!((one.destination(), one.interface(), one.timestamp()), (None, None, None));
}

#[test]
fn every_slot_tells_what_is_asked_for_later_and_whoever_sends_next() {
    for host in ["127.0.0.1", "::1"] {
        for mut batch in [RecvBatch::new(4, 8).unwrap(), batch_by_loop(4, 8)] {
            let (v4, to_v4) = pair();
            let (from, to) = pair_at(host);
            for asked in [false, true] {
                to_v4.set_recv_tos(asked).unwrap();
                to.set_recv_tos(asked).unwrap();
                for (from, to) in [(&v4, &to_v4), (&from, &to)] {
                    let home = to.local_addr().unwrap();
                    (0..4).for_each(|i| from.send_to(&[i], home).unwrap());
                    assert_eq!(to.recv_many_from(&mut batch).unwrap(), 4);
                    for one in &batch {
                        assert_eq!(one.tos(), asked.then_some(0));
                        assert_eq!(one.peer(), Some(from.local_addr().unwrap()));
                    }
                }
            }
        }
    }
}

#[test]
fn the_header_holds_for_its_own_datagram_alone() {
    let (a, b) = pair();
    b.set_recv_tos(true).unwrap();
    let to = Some(b.local_addr().unwrap().into());
    let mut batch = SendBatch::new(8, 80).unwrap();
    let ecns = [Ecn::Ect0, Ecn::Ect0, Ecn::Ce, Ecn::NotEct, Ecn::Ect1];
    for ecn in ecns {
        batch.push_with(b"same", to.clone(), SendHeader::new().with_ecn(ecn)).unwrap();
    }
    a.send_many(&mut batch).unwrap();
    let mut got = RecvBatch::new(8, 8).unwrap();
    assert_eq!(b.recv_many_from(&mut got).unwrap(), ecns.len());
    assert!(got.iter().map(|one| one.ecn().unwrap()).eq(ecns));
}

#[test]
fn a_source_is_chosen_among_the_addresses_of_this_machine() {
    let server = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
    let client = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    client.set_timeout(Some(LONG)).unwrap();
    let source = IpAddr::from(Ipv4Addr::new(127, 9, 8, 7));
    let header = SendHeader::new().with_source(source, 0);
    let to = client.local_addr().unwrap();
    server.send_segments_to_by(&pattern(30), 10, to, header, Deadline::NEVER).unwrap();
    let mut batch = RecvBatch::new(8, 16).unwrap();
    assert_eq!(client.recv_many_from(&mut batch).unwrap(), 3);
    let from = SocketAddr::new(source, server.local_addr().unwrap().port());
    assert!(batch.iter().all(|one| one.peer() == Some(from)));
    let v6 = SendHeader::new().with_source("::1".parse().unwrap(), 0);
    let error = server.send_segments_to_by(b"x", 1, to, v6, Deadline::NEVER).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error}");
}

#[test]
fn an_ipv6_socket_tells_of_ipv4_too() {
    let both = UdpSocket::v6().unwrap();
    both.set_only_v6(false).unwrap();
    both.as_socket().bind(("::", 0)).unwrap();
    both.set_timeout(Some(LONG)).unwrap();
    both.set_recv_ttl(true).unwrap();
    both.set_recv_tos(true).unwrap();
    both.set_recv_packet_info(true).unwrap();
    both.set_gro(true).unwrap();
    let other = UdpSocket::v6().unwrap();
    other.set_only_v6(false).unwrap();
    other.as_socket().bind(("::", 0)).unwrap();
    let port = both.local_addr().unwrap().port();
    let mut batch = RecvBatch::for_gro(4).unwrap();
    for home in ["::ffff:127.0.0.1", "::1"] {
        let home: IpAddr = home.parse().unwrap();
        let header = SendHeader::new().with_ecn(Ecn::Ce).with_ttl(7);
        let to = SocketAddr::new(home, port);
        other.send_segments_to_by(&pattern(25), 10, to, header, Deadline::NEVER).unwrap();
        assert_eq!(both.recv_many_from(&mut batch).unwrap(), 3);
        for one in &batch {
            assert_eq!((one.ecn(), one.ttl()), (Some(Ecn::Ce), Some(7)));
            assert_eq!(one.destination(), Some(home));
            assert_eq!(one.peer().map(|peer| peer.ip()), Some(home));
        }
    }
    // A connected one is not told of its peer, and so of the version.
    for home in ["::ffff:127.0.0.1", "::1"] {
        let header = SendHeader::new().with_ecn(Ecn::Ect1);
        let to = SocketAddr::new(home.parse().unwrap(), port);
        let from = UdpSocket::v6().unwrap();
        from.set_only_v6(false).unwrap();
        let from = from.connect(to).unwrap();
        from.send_segments_by(&pattern(25), 10, header, Deadline::NEVER).unwrap();
        assert_eq!(both.recv_many_from(&mut batch).unwrap(), 3);
        assert!(batch.iter().all(|one| one.ecn() == Some(Ecn::Ect1)));
    }
}

/// `SO_NO_CHECK`: without checksums Linux refuses to cut, with `EINVAL`.
const NO_CHECK: SocketOption = SocketOption::Raw { level: 1, name: 11 };

#[test]
fn a_send_that_is_refused_for_being_cut_is_done_again_without() {
    for joins in [false, true] {
        let (a, b) = connected();
        b.set_gro(joins).unwrap();
        a.set_option(NO_CHECK, 1).unwrap();
        assert!(a.gso());
        let mut batch = RecvBatch::for_gro(32).unwrap();
        for _ in 0..2 {
            let bytes = pattern(10_000);
            a.send_segments(&bytes, 999).unwrap();
            let (lengths, got) = drain(&b, &mut batch, bytes.len());
            assert_eq!((lengths.len(), got), (11, bytes));
            assert!(!a.gso(), "the socket remembers");
        }
        b.set_blocking(false).unwrap();
        assert!(b.recv_many(&mut batch).unwrap_err().would_block(), "nothing twice");

        // The way may have become another: it can be tried again.
        a.set_option(NO_CHECK, 0).unwrap();
        a.set_gso(true);
        a.send_segments(&pattern(100), 10).unwrap();
        assert!(a.gso());
    }
}

#[test]
fn an_error_of_the_datagrams_themselves_is_not_held_against_cutting() {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    // Port 0 is EINVAL, cut or not.
    let error = socket.send_segments_to(&pattern(100), 10, ("127.0.0.1", 0)).unwrap_err();
    assert_eq!((error.errno(), error.done()), (Some(Errno::EINVAL), 0));
    assert!(socket.gso());
    let to = socket.local_addr().unwrap();
    let error = socket.send_segments_to(&pattern(140_000), 65_508, to).unwrap_err();
    assert_eq!((error.errno(), error.done()), (Some(Errno::EMSGSIZE), 0));
    assert!(socket.gso());
}

#[test]
fn a_batch_to_nobody_tells_so_and_goes_on_where_it_was() {
    let (deaf, peer) = pair();
    let deaf = deaf.connect(peer.local_addr().unwrap()).unwrap();
    let client = ConnectedUdp::connect(deaf.local_addr().unwrap()).unwrap();
    client.set_gso(false);
    let mut batch = SendBatch::new(8, 80).unwrap();
    for i in 0..5 {
        batch.push(&[i; 3]).unwrap();
    }
    // The first is sent, and finds nobody; the send of the next is told.
    let mut refused = 0;
    while let Err(error) = client.send_many(&mut batch) {
        assert_eq!(error.errno(), Some(Errno::ECONNREFUSED));
        assert_eq!(error.done() % 3, 0);
        assert_eq!(batch.first(), Some(&[5 - batch.len() as u8; 3][..]));
        refused += 1;
        assert!(refused < 6);
    }
    assert!(refused > 0 && batch.is_empty());
}
