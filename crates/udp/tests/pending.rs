//! What a router or the peer's machine has said of an earlier datagram is told, cut or not.
#![cfg(target_os = "linux")]

mod ends;

use std::net::SocketAddr;

use ends::{LONG, connected, pair_at};
use sockrates_core::{Deadline, Errno, Ready};
use sockrates_socket::{Family, Protocol, Socket, Type};
use sockrates_udp::RecvBatch;

const ICMP: Protocol = Protocol::from_code(1);
const UNREACHABLE: u8 = 3;
const TOO_LONG: u8 = 4;

/// The message of ICMP that a datagram from `from` did not get to `to`: its header, then those of
/// the datagram (RFC 792). `mtu` is the longest packet that would have, or 0 (RFC 1191).
fn unreachable(code: u8, mtu: u16, from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let (SocketAddr::V4(from), SocketAddr::V4(to)) = (from, to) else { panic!("IPv4 alone") };
    let mut bytes = vec![UNREACHABLE, code, 0, 0, 0, 0];
    bytes.extend(mtu.to_be_bytes());
    // Five words of a header, 28 bytes all together, UDP.
    bytes.extend([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0]);
    bytes.extend(from.ip().octets());
    bytes.extend(to.ip().octets());
    bytes.extend([from.port(), to.port(), 8, 0].map(u16::to_be_bytes).concat());
    let sum = bytes.chunks(2).map(|two| u32::from(two[0]) << 8 | u32::from(two[1])).sum::<u32>();
    let folded = (sum & 0xffff) + (sum >> 16);
    bytes[2..4].copy_from_slice(&(!(folded + (folded >> 16)) as u16).to_be_bytes());
    bytes
}

/// What sends such messages, where that is allowed.
fn router() -> Option<Socket> {
    let raw = Socket::new(Family::INET, Type::RAW, Some(ICMP));
    raw.inspect_err(|error| eprintln!("SKIPPED: nobody may send ICMP here: {error}")).ok()
}

#[test]
fn what_became_of_an_earlier_datagram_is_told_and_cutting_goes_on() {
    let Some(raw) = router() else { return };
    for (code, errno) in [(2, Errno::ENOPROTOOPT), (3, Errno::ECONNREFUSED)] {
        let (a, b) = connected();
        let (from, to) = (a.local_addr().unwrap(), b.local_addr().unwrap());
        raw.send_to(&unreachable(code, 0, from, to), from).unwrap();
        a.as_socket().wait(Ready::READ, Deadline::after(LONG)).unwrap();

        let error = a.send_segments(&[7; 3_000], 1_000).unwrap_err();
        assert_eq!((error.errno(), error.done()), (Some(errno), 0));
        assert!(a.gso(), "{errno:?} is no refusal of cutting");
        let mut batch = RecvBatch::new(8, 1_000).unwrap();
        a.send_segments(&[7; 3_000], 1_000).unwrap();
        assert_eq!(b.recv_many(&mut batch).unwrap(), 3, "nothing was sent before");
    }
}

#[test]
fn that_an_earlier_datagram_was_too_long_is_told_though_the_next_train_is_too() {
    let Some(raw) = router() else { return };
    // The system believes the message, so that the address is one that nothing else uses.
    let (a, b) = pair_at("127.93.17.5");
    let (from, to) = (a.local_addr().unwrap(), b.local_addr().unwrap());
    let (a, b) = (a.connect(to).unwrap(), b.connect(from).unwrap());
    let mut batch = RecvBatch::new(8, 1_400).unwrap();
    for _ in 0..2 {
        raw.send_to(&unreachable(TOO_LONG, 1_000, from, to), from).unwrap();
        a.as_socket().wait(Ready::READ, Deadline::after(LONG)).unwrap();

        let error = a.send_segments(&[7; 2_800], 1_400).unwrap_err();
        assert_eq!((error.errno(), error.done()), (Some(Errno::EMSGSIZE), 0));
        assert!(a.gso(), "it is no refusal of cutting");
        // In fragments, as plain sends go.
        a.send_segments(&[7; 2_800], 1_400).unwrap();
        assert_eq!(b.recv_many(&mut batch).unwrap(), 2, "nothing was sent before");
    }
}
