//! The contests of the group `readiness`, by criterion.

use criterion::{Criterion, criterion_group, criterion_main};
use sockrates_benches::{bridge, group};

fn readiness(criterion: &mut Criterion) {
    bridge::compare(criterion, group::readiness::contests());
}

criterion_group!(benches, readiness);
criterion_main!(benches);
