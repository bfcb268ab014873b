//! The contests of the group `stream`, by criterion.

use criterion::{Criterion, criterion_group, criterion_main};
use sockrates_benches::{bridge, group};

fn stream(criterion: &mut Criterion) {
    bridge::compare(criterion, group::stream::contests());
}

criterion_group!(benches, stream);
criterion_main!(benches);
