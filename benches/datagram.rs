//! Datagrams one by one, in batches, and in trains that the kernel cuts and joins.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use sockrates_benches::{bridge, group};

fn contests(criterion: &mut Criterion) {
    bridge::compare(criterion, group::datagram::contests());
}

fn settings() -> Criterion {
    let short = Duration::from_millis(300);
    Criterion::default().warm_up_time(short).measurement_time(2 * short).sample_size(20)
}

criterion_group! { name = benches; config = settings(); targets = contests }
criterion_main!(benches);
