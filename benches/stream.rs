//! TCP over the loopback: a round trip of small messages; bulk one way, on one thread and on two.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use sockrates_benches::{Layer, RawSocket, bridge, group};
use sockrates_core::Mode;

/// A connected pair without Nagle's delay, as every layer gets it.
fn pair() -> [TcpStream; 2] {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("listen");
    let near = TcpStream::connect(listener.local_addr().expect("address")).expect("connect");
    let (far, _) = listener.accept().expect("accept");
    for end in [&near, &far] {
        end.set_nodelay(true).expect("TCP_NODELAY");
    }
    [near, far]
}

/// The same with a receive timeout, the way std has it.
fn impatient_pair() -> [TcpStream; 2] {
    let pair = pair();
    for end in &pair {
        end.set_read_timeout(Some(PATIENCE)).expect("SO_RCVTIMEO");
    }
    pair
}

/// The same with a timeout, the way sockrates has it.
fn our_impatient_pair() -> [sockrates_tcp::TcpStream; 2] {
    let pair = pair().map(sockrates_tcp::TcpStream::from);
    for end in &pair {
        end.set_mode(Mode::Timeout(PATIENCE)).expect("a mode");
    }
    pair
}

/// Longer than any wait, so that the timeout costs what it costs and never fires.
const PATIENCE: Duration = Duration::from_secs(10);

/// There and back on one thread: no wake-up, so the cost of the calls themselves.
fn round_trip<L: Layer>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ends: [L; 2]) {
    let [near, far] = ends;
    let message = [7; MESSAGE_BYTES];
    let mut room = [0; MESSAGE_BYTES];
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            near.send_all(&message);
            far.recv_exact(&mut room);
            far.send_all(&room);
            near.recv_exact(&mut room);
        });
    });
}

const MESSAGE_BYTES: usize = 64;

/// One way on one thread: what the calls and the copies cost. The kernel's buffers hold a chunk.
fn one_way<L: Layer>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ends: [L; 2]) {
    let [near, far] = ends;
    let chunk = vec![7; CHUNK_BYTES];
    let mut room = vec![0; CHUNK_BYTES];
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            near.send_all(&chunk);
            far.recv_exact(&mut room);
        });
    });
}

/// One way, a sending and a receiving thread; the clock stops when the receiver has all of it. As
/// noisy as the scheduler: compare runs of an idle machine.
fn two_threads<L: Layer>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ends: [L; 2]) {
    let [near, mut far] = ends;
    let chunk = vec![7; CHUNK_BYTES];
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|chunks| {
            thread::scope(|scope| {
                let receiver = &mut far;
                scope.spawn(move || {
                    let mut room = vec![0; CHUNK_BYTES];
                    (0..chunks).for_each(|_| receiver.recv_exact(&mut room));
                    receiver.send_all(&[1]);
                });
                let start = Instant::now();
                (0..chunks).for_each(|_| near.send_all(&chunk));
                near.recv_exact(&mut [0]);
                start.elapsed()
            })
        });
    });
}

const CHUNK_BYTES: usize = 64 * 1024;

fn stream(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stream/round-trip-64B");
    group.throughput(Throughput::Bytes(2 * MESSAGE_BYTES as u64));
    round_trip(&mut group, "libc", pair().map(RawSocket::from));
    round_trip(&mut group, "std", pair());
    round_trip(&mut group, "std, timeout", impatient_pair());
    round_trip(&mut group, "socket2", pair().map(socket2::Socket::from));
    round_trip(&mut group, "sockrates", pair().map(sockrates_tcp::TcpStream::from));
    round_trip(&mut group, "sockrates, timeout", our_impatient_pair());
    group.finish();

    let mut group = criterion.benchmark_group("stream/one-way-64KiB");
    group.throughput(Throughput::Bytes(CHUNK_BYTES as u64));
    one_way(&mut group, "libc", pair().map(RawSocket::from));
    one_way(&mut group, "std", pair());
    one_way(&mut group, "std, timeout", impatient_pair());
    one_way(&mut group, "socket2", pair().map(socket2::Socket::from));
    one_way(&mut group, "sockrates", pair().map(sockrates_tcp::TcpStream::from));
    one_way(&mut group, "sockrates, timeout", our_impatient_pair());
    group.finish();

    let mut group = criterion.benchmark_group("stream/two-threads-64KiB");
    group.throughput(Throughput::Bytes(CHUNK_BYTES as u64));
    two_threads(&mut group, "libc", pair().map(RawSocket::from));
    two_threads(&mut group, "std", pair());
    two_threads(&mut group, "std, timeout", impatient_pair());
    two_threads(&mut group, "socket2", pair().map(socket2::Socket::from));
    two_threads(&mut group, "sockrates", pair().map(sockrates_tcp::TcpStream::from));
    two_threads(&mut group, "sockrates, timeout", our_impatient_pair());
    group.finish();
}

fn contests(criterion: &mut Criterion) {
    bridge::compare(criterion, group::stream::contests());
}

criterion_group!(benches, stream, contests);
criterion_main!(benches);
