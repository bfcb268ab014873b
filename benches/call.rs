//! The contests of the group `call`, by criterion.

use criterion::{Criterion, criterion_group, criterion_main};
use sockrates_benches::{bridge, group};

fn call(criterion: &mut Criterion) {
    bridge::compare(criterion, group::call::contests());
}

criterion_group!(benches, call);
criterion_main!(benches);
