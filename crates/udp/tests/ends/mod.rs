//! Sockets for tests, and what they received.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::time::Duration;

use sockrates_udp::{ConnectedUdp, RecvBatch, UdpSocket};

/// Longer than anything here takes, so that what never comes fails and does not hang.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Two sockets of IPv4.
pub(crate) fn pair() -> (UdpSocket, UdpSocket) {
    pair_at("127.0.0.1")
}

/// Two sockets at `host`.
pub(crate) fn pair_at(host: &str) -> (UdpSocket, UdpSocket) {
    let bind = || UdpSocket::bind((host, 0)).unwrap();
    let (a, b) = (bind(), bind());
    a.set_timeout(Some(LONG)).unwrap();
    b.set_timeout(Some(LONG)).unwrap();
    (a, b)
}

/// Two sockets that have each other for a peer.
pub(crate) fn connected() -> (ConnectedUdp, ConnectedUdp) {
    let (a, b) = pair();
    let (to_a, to_b) = (a.local_addr().unwrap(), b.local_addr().unwrap());
    (a.connect(to_b).unwrap(), b.connect(to_a).unwrap())
}

/// A batch that takes a system call a message.
pub(crate) fn batch_by_loop(slots: usize, slot: usize) -> RecvBatch {
    RecvBatch::new(slots, slot).unwrap().one_by_one()
}

/// The bytes of each datagram.
pub(crate) fn bodies(batch: &RecvBatch) -> Vec<&[u8]> {
    batch.iter().map(|one| one.bytes()).collect()
}
