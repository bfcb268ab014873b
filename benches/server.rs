//! The contests of the group `server`, by criterion.

use criterion::{Criterion, criterion_group};
use sockrates_benches::{bridge, group, served};

fn server(criterion: &mut Criterion) {
    bridge::compare(criterion, group::server::contests());
}

criterion_group!(benches, server);

fn main() {
    served::enter();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
