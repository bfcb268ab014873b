//! UDP over the loopback: a round trip of one datagram, and a burst that is sent, then drained.

use std::net::{Ipv4Addr, UdpSocket};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use sockrates_benches::{Layer, RawSocket};

/// Two sockets, each connected to the other.
fn pair() -> [UdpSocket; 2] {
    let [near, far] = [(); 2].map(|()| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind"));
    near.connect(far.local_addr().expect("address")).expect("connect");
    far.connect(near.local_addr().expect("address")).expect("connect");
    // A datagram that were lost would be waited for in vain; this ends the bench instead.
    for end in [&near, &far] {
        end.set_read_timeout(Some(std::time::Duration::from_secs(10))).expect("SO_RCVTIMEO");
    }
    [near, far]
}

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
    group.finish();

    let mut group = criterion.benchmark_group("datagram/burst-32x1200B");
    group.throughput(Throughput::Bytes((BURST * DATAGRAM_BYTES) as u64));
    burst(&mut group, "libc", pair().map(RawSocket::from));
    burst(&mut group, "std", pair());
    burst(&mut group, "socket2", pair().map(socket2::Socket::from));
    group.finish();
}

criterion_group!(benches, datagram);
criterion_main!(benches);
