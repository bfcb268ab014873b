//! The contests as criterion's benches.

use criterion::{Criterion, Throughput};

use crate::contest::{Absent, Contest, Pair, Side, Work};

/// Gives the contests of one group to criterion: a group of criterion's for each case, in it each
/// of ours and of the peers once.
pub fn compare(criterion: &mut Criterion, contests: Vec<Contest>) {
    let mut contests = contests.into_iter().peekable();
    while let Some(first) = contests.next() {
        let case = first.case.clone();
        let mut same = vec![first];
        while let Some(next) = contests.next_if(|contest| contest.case == case) {
            same.push(next);
        }
        compare_case(criterion, &same);
    }
}

fn compare_case(criterion: &mut Criterion, contests: &[Contest]) {
    let name = format!("{}/{}", contests[0].group, contests[0].case);
    let mut group = criterion.benchmark_group(name);
    let mut done = Vec::new();
    for contest in contests {
        group.throughput(match contest.work {
            Work::Bytes(bytes) => Throughput::Bytes(bytes),
            Work::Elements(elements) => Throughput::Elements(elements),
        });
        // Set up only for what criterion's filter lets through, once for both sides.
        let mut pair = Turn::Waiting(contest);
        for is_ours in [true, false] {
            let name = if is_ours { contest.ours } else { contest.peer };
            if done.contains(&name) {
                continue;
            }
            group.bench_function(name, |bencher| {
                let Some(side) = pair.side(is_ours) else {
                    // Criterion wants to be called back.
                    return bencher.iter(|| ());
                };
                bencher.iter_custom(side);
            });
            done.push(name);
        }
    }
    group.finish();
}

/// A contest that is set up when criterion first asks for one of its sides.
enum Turn<'a> {
    Waiting(&'a Contest),
    Started(Pair),
    Absent,
}

impl Turn<'_> {
    fn side(&mut self, is_ours: bool) -> Option<&mut Side> {
        if let Self::Waiting(contest) = self {
            *self = match (contest.start)() {
                Ok(pair) => Self::Started(pair),
                Err(Absent(reason)) => {
                    println!("{}/{}: SKIPPED: {reason}", contest.group, contest.case);
                    Self::Absent
                }
            };
        }
        match self {
            Self::Started(pair) => Some(if is_ours { &mut pair.ours } else { &mut pair.peer }),
            Self::Waiting(_) | Self::Absent => None,
        }
    }
}
