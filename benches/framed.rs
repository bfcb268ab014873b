//! The contests of the group `framed`, by criterion.

use criterion::{Criterion, criterion_group, criterion_main};
use sockrates_benches::{bridge, group};

fn framed(criterion: &mut Criterion) {
    bridge::compare(criterion, group::framed::contests());
}

criterion_group!(benches, framed);
criterion_main!(benches);
