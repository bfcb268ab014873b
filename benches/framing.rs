//! Framing in memory: frames out of bytes that have arrived, and bodies into bytes to send.

use std::hint::black_box;
use std::io::IoSlice;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sockrates_benches::by_hand::{self, Arrived, BODY_BYTES_MAX, Decode, Encode};
use sockrates_benches::wire::{self, Wire};
use sockrates_benches::{bridge, group};
use sockrates_core::framing::{Cobs, LengthPrefix, Lines, Netstring, Slip, Varint};
use sockrates_core::{Decoded, Framed, Framing};

/// A framing, and what stands beside it.
struct Contest<F> {
    name: &'static str,
    framing: F,
    decode: Decode,
    encode: Encode,
    /// Whether bodies are letters, because the format cannot carry every byte.
    text: bool,
}

const BODIES_BYTES: [usize; 4] = [16, 64, 1024, BODY_BYTES_MAX];
/// How many bytes of bodies one iteration moves.
const VOLUME_BYTES: usize = 1024 * 1024;
/// What a reader asks the kernel for, and a writer collects, at a time.
const CHUNK_BYTES: usize = 64 * 1024;

fn framing(criterion: &mut Criterion) {
    const MAX: usize = BODY_BYTES_MAX;
    let framing = LengthPrefix::u32(MAX).expect("the maximum fits");
    let (decode, encode) = (by_hand::decode_length as Decode, by_hand::encode_length as Encode);
    contest(criterion, &Contest { name: "length-u32", framing, decode, encode, text: false });
    let (decode, encode) = (by_hand::decode_leb128, by_hand::encode_leb128);
    let framing = Varint::leb128(MAX);
    contest(criterion, &Contest { name: "leb128", framing, decode, encode, text: false });
    let (decode, encode) = (by_hand::decode_line, by_hand::encode_line);
    contest(
        criterion,
        &Contest { name: "line", framing: Lines::lf(MAX), decode, encode, text: true },
    );
    let (decode, encode) = (by_hand::decode_netstring, by_hand::encode_netstring);
    let framing = Netstring::new(MAX);
    contest(criterion, &Contest { name: "netstring", framing, decode, encode, text: false });
    let (decode, encode) = (by_hand::decode_cobs, by_hand::encode_cobs);
    contest(
        criterion,
        &Contest { name: "cobs", framing: Cobs::new(MAX), decode, encode, text: false },
    );
    let (decode, encode) = (by_hand::decode_slip, by_hand::encode_slip);
    contest(
        criterion,
        &Contest { name: "slip", framing: Slip::new(MAX), decode, encode, text: false },
    );
}

fn contest<F: Framing + Clone>(criterion: &mut Criterion, contest: &Contest<F>) {
    decode(criterion, contest);
    encode(criterion, contest);
}

fn decode<F: Framing + Clone>(criterion: &mut Criterion, contest: &Contest<F>) {
    let mut group = criterion.benchmark_group(format!("framing/decode/{}", contest.name));
    for len in BODIES_BYTES {
        let body = wire::body(len, contest.text);
        let count = VOLUME_BYTES / len;
        let mut wire = Vec::new();
        (0..count).for_each(|_| (contest.encode)(&body, &mut wire));
        group.throughput(Throughput::Bytes(VOLUME_BYTES as u64));
        let rewound = Wire::new(wire.clone());
        group.bench_function(BenchmarkId::new("sockrates Framed", len), |bencher| {
            bencher.iter(|| {
                rewound.rewind();
                let mut framed = Framed::new(&rewound, contest.framing.clone());
                let mut frames = 0;
                while let Some(body) = framed.next().expect("a good frame") {
                    black_box(body);
                    frames += 1;
                }
                assert_eq!(frames, count);
            });
        });
        let mut framing = contest.framing.clone();
        let mut window = vec![0; framing.window_max() + CHUNK_BYTES];
        group.bench_function(BenchmarkId::new("sockrates sans-io", len), |bencher| {
            bencher.iter(|| {
                let frames = sans_io(&mut framing, &wire, &mut window, |body| {
                    black_box(body);
                });
                assert_eq!(frames, count);
            });
        });
        let mut room = Vec::new();
        group.bench_function(BenchmarkId::new("std BufReader", len), |bencher| {
            bencher.iter(|| {
                let mut arrived = Arrived::with_capacity(CHUNK_BYTES, &wire);
                let mut frames = 0;
                while (contest.decode)(&mut arrived, &mut room).expect("a good frame") {
                    black_box(&room);
                    frames += 1;
                }
                assert_eq!(frames, count);
            });
        });
    }
    group.finish();
}

/// The loop that a program without our transports writes: bytes are read in chunks to the end of a
/// linear buffer, frames are taken off its start. Returns how many.
fn sans_io<F: Framing>(
    framing: &mut F,
    mut wire: &[u8],
    window: &mut [u8],
    mut take: impl FnMut(&[u8]),
) -> usize {
    let (mut start, mut end, mut frames) = (0, 0, 0);
    loop {
        match framing.decode(&mut window[start..end], wire.is_empty()).expect("a good frame") {
            Decoded::Frame { body, consume } => {
                take(&window[start..][body]);
                start += consume;
                frames += 1;
            }
            Decoded::Skip(bytes) => start += bytes,
            Decoded::Need(_) if wire.is_empty() => return frames,
            Decoded::Need(_) => {
                window.copy_within(start..end, 0);
                (start, end) = (0, end - start);
                let (chunk, rest) = wire.split_at(wire.len().min(CHUNK_BYTES));
                window[end..][..chunk.len()].copy_from_slice(chunk);
                end += chunk.len();
                wire = rest;
            }
        }
    }
}

fn encode<F: Framing + Clone>(criterion: &mut Criterion, contest: &Contest<F>) {
    let mut group = criterion.benchmark_group(format!("framing/encode/{}", contest.name));
    for len in BODIES_BYTES {
        let body = wire::body(len, contest.text);
        let mut by_hand = Vec::new();
        (contest.encode)(&body, &mut by_hand);
        assert_eq!(contest.framing.encode(&body).expect("a good body").to_vec(), by_hand);
        group.throughput(Throughput::Bytes(VOLUME_BYTES as u64));
        let wire = Wire::new(Vec::new());
        let mut framed = Framed::new(&wire, contest.framing.clone());
        group.bench_function(BenchmarkId::new("sockrates Framed", len), |bencher| {
            bencher.iter(|| {
                for _ in 0..VOLUME_BYTES / len {
                    framed.feed(black_box(&body)).expect("a good body");
                }
            });
        });
        let mut by = |name, encode: &dyn Fn(&[u8], &mut Vec<u8>)| {
            let mut out = Vec::with_capacity(4 * CHUNK_BYTES);
            group.bench_function(BenchmarkId::new(name, len), |bencher| {
                bencher.iter(|| {
                    for _ in 0..VOLUME_BYTES / len {
                        encode(black_box(&body), &mut out);
                        if out.len() >= CHUNK_BYTES {
                            wire.take(&[IoSlice::new(&out)]);
                            out.clear();
                        }
                    }
                });
            });
        };
        by("sockrates sans-io", &|body, out| {
            contest.framing.encode(body).expect("a good body").append_to(out);
        });
        by("std Vec", &contest.encode);
    }
    group.finish();
}

fn contests(criterion: &mut Criterion) {
    bridge::compare(criterion, group::framing::contests());
}

fn settings() -> Criterion {
    let short = Duration::from_millis(300);
    Criterion::default().warm_up_time(short).measurement_time(2 * short).sample_size(20)
}

criterion_group! { name = benches; config = settings(); targets = framing, contests }
criterion_main!(benches);
