//! UDP over the loopback: a round trip of one datagram, and a burst that is sent, then drained.

use std::net::{self, Ipv4Addr};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use sockrates_benches::{Layer, RawSocket, bridge, group};
use sockrates_core::Mode;
use sockrates_udp::{ConnectedUdp, UdpSocket};

/// Two sockets, each connected to the other.
fn pair() -> [net::UdpSocket; 2] {
    let [near, far] =
        [(); 2].map(|()| net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind"));
    near.connect(far.local_addr().expect("address")).expect("connect");
    far.connect(near.local_addr().expect("address")).expect("connect");
    for end in [&near, &far] {
        end.set_read_timeout(Some(PATIENCE)).expect("SO_RCVTIMEO");
    }
    [near, far]
}

/// Two of ours, each connected to the other, in `mode`.
fn our_pair(mode: Mode) -> [ConnectedUdp; 2] {
    let [near, far] = [(); 2].map(|()| UdpSocket::bind(("127.0.0.1", 0)).expect("bind"));
    let ends = [near.local_addr().expect("address"), far.local_addr().expect("address")];
    let pair = [near.connect(ends[1]).expect("connect"), far.connect(ends[0]).expect("connect")];
    for end in &pair {
        end.set_mode(mode).expect("a mode");
    }
    pair
}

/// A datagram that were lost would be waited for in vain; this ends the bench instead.
const PATIENCE: Duration = Duration::from_secs(10);

/// There and back on one thread: no wake-up, so the cost of the calls themselves.
fn round_trip<L: Layer>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ends: [L; 2]) {
    let [near, far] = ends;
    let message = [7; MESSAGE_BYTES];
    let mut room = [0; MESSAGE_BYTES];
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            near.send(&message);
            far.recv(&mut room);
            far.send(&room);
            near.recv(&mut room);
        });
    });
}

const MESSAGE_BYTES: usize = 64;

/// One way on one thread: a burst that fits the receive buffer, so that nothing is lost.
fn burst<L: Layer>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ends: [L; 2]) {
    let [near, far] = ends;
    let datagram = [7; DATAGRAM_BYTES];
    let mut room = [0; DATAGRAM_BYTES];
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            (0..BURST).for_each(|_| assert_eq!(near.send(&datagram), DATAGRAM_BYTES));
            (0..BURST).for_each(|_| assert_eq!(far.recv(&mut room), DATAGRAM_BYTES));
        });
    });
}

/// What passes an Ethernet link unfragmented, with room for tunnels.
const DATAGRAM_BYTES: usize = 1200;
/// Some 75 KiB of the kernel's memory, of the 200 KiB that it grants by default.
const BURST: usize = 32;

fn datagram(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("datagram/round-trip-64B");
    group.throughput(Throughput::Bytes(2 * MESSAGE_BYTES as u64));
    round_trip(&mut group, "libc", pair().map(RawSocket::from));
    round_trip(&mut group, "std", pair());
    round_trip(&mut group, "socket2", pair().map(socket2::Socket::from));
    round_trip(&mut group, "sockrates", our_pair(Mode::Blocking));
    round_trip(&mut group, "sockrates, timeout", our_pair(Mode::Timeout(PATIENCE)));
    group.finish();

    let mut group = criterion.benchmark_group("datagram/burst-32x1200B");
    group.throughput(Throughput::Bytes((BURST * DATAGRAM_BYTES) as u64));
    burst(&mut group, "libc", pair().map(RawSocket::from));
    burst(&mut group, "std", pair());
    burst(&mut group, "socket2", pair().map(socket2::Socket::from));
    burst(&mut group, "sockrates", our_pair(Mode::Blocking));
    burst(&mut group, "sockrates, timeout", our_pair(Mode::Timeout(PATIENCE)));
    group.finish();
}

fn contests(criterion: &mut Criterion) {
    bridge::compare(criterion, group::datagram::contests());
}

criterion_group!(benches, datagram, contests);
criterion_main!(benches);
