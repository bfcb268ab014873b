//! quinn-udp, as its own benches set it up, and ours with the same metadata.

use std::io::IoSliceMut;
use std::net::{Ipv4Addr, UdpSocket};

use quinn_udp::{EcnCodepoint, RecvMeta, Transmit, UdpSocketState};
use sockrates_core::{Deadline, Ecn, Endpoint, SocketOption};
use sockrates_udp::{RecvBatch, SendHeader};

use crate::contest::{Side, side};

/// How many datagrams it takes at once, as it says itself (`max_gso_segments`).
pub(super) const TRAIN_MAX: usize = 64;

/// Sends so many with one call and receives them, with their sender, destination and time. The ECN
/// that was sent it asks for too, but has no room for it beside the others where they are joined
/// (quinn-udp 0.6.3, IPv4): it is lost.
pub(super) fn train(length: usize, count: usize) -> Side {
    let bind = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    let (near, far) = (bind(), bind());
    let state = |socket| UdpSocketState::new(socket).expect("quinn-udp's state");
    let (sender, receiver) = (state((&near).into()), state((&far).into()));
    assert!(count <= sender.max_gso_segments(), "quinn-udp cuts no more");
    let (from, to) = (near.local_addr().expect("address"), far.local_addr().expect("address"));
    let bytes = vec![7; count * length];
    let mut room = vec![0; 65_535];
    side(move || {
        let transmit = Transmit {
            destination: to,
            ecn: Some(EcnCodepoint::Ect0),
            contents: &bytes,
            segment_size: (count > 1).then_some(length),
            src_ip: None,
        };
        sender.try_send((&near).into(), &transmit).expect("send");
        let mut left = count;
        while left > 0 {
            let mut meta = [RecvMeta::default()];
            let mut rooms = [IoSliceMut::new(&mut room)];
            let got = receiver.recv((&far).into(), &mut rooms, &mut meta).expect("recv");
            assert_eq!(got, 1);
            let [told] = meta;
            assert_eq!((told.addr, told.dst_ip), (from, Some(to.ip())));
            assert!(told.timestamp.is_some());
            let datagrams = room[..told.len].chunks(told.stride);
            left -= datagrams.filter(|one| one.len() == length).count();
        }
    })
}

/// Has a socket of ours never fragment, as it has its own.
pub(super) fn never_fragment(socket: &impl Endpoint) {
    socket.set_option(SocketOption::MtuDiscover, IP_PMTUDISC_PROBE).expect("IP_MTU_DISCOVER");
}

const IP_PMTUDISC_PROBE: i32 = 3;

/// The same of ours, with the same metadata.
pub(super) fn told_train(length: usize, count: usize) -> Side {
    let bind = || sockrates_udp::UdpSocket::bind(("127.0.0.1", 0)).expect("bind");
    let (near, far) = (bind(), bind());
    never_fragment(&near);
    far.set_gro(true).expect("UDP_GRO");
    far.set_recv_tos(true).expect("IP_RECVTOS");
    far.set_recv_packet_info(true).expect("IP_PKTINFO");
    far.set_recv_timestamp(true).expect("SO_TIMESTAMPNS");
    let (from, to) = (near.local_addr().expect("address"), far.local_addr().expect("address"));
    let header = SendHeader::new().with_ecn(Ecn::Ect0);
    let bytes = vec![7; count * length];
    let mut got = RecvBatch::for_gro(1).expect("a batch");
    side(move || {
        near.send_segments_to_by(&bytes, length, to, header, Deadline::NEVER).expect("send");
        let mut left = count;
        while left > 0 {
            far.recv_many_from(&mut got).expect("recv");
            let first = got.iter().next().expect("a datagram");
            assert_eq!((first.peer(), first.ecn()), (Some(from), Some(Ecn::Ect0)));
            assert_eq!(first.destination(), Some(to.ip()));
            assert!(first.timestamp().is_some());
            left -= got.iter().filter(|one| one.bytes().len() == length).count();
        }
    })
}
