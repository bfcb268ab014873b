//! The contests of the group `server`, by criterion.

use criterion::{Criterion, criterion_group, criterion_main};
use sockrates_benches::{bridge, group};

fn server(criterion: &mut Criterion) {
    bridge::compare(criterion, group::server::contests());
}

criterion_group!(benches, server);
criterion_main!(benches);
