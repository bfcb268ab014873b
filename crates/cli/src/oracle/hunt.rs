//! The run: programs, both sides, and what differs.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use super::coverage::Coverage;
use super::generation::{Program, program, steps};
use super::operation::{Operation, Step};
use super::shrinking;
use super::sides::{Comparison, Make, Pace, Sides};
use super::table;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many programs.
    pub(crate) cases: u32,
    /// The seed that all of them come from.
    pub(crate) seed: u64,
    /// How many at a time.
    pub(crate) jobs: usize,
}

/// What a run came to.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// How many programs were run, of how many operations.
    pub(crate) cases: u32,
    pub(crate) operations: u64,
    /// How often each meant difference was seen.
    pub(crate) named: BTreeMap<&'static str, u64>,
    /// How often what was waited for came about on neither side: the reference is wrong there.
    pub(crate) unsettled: Vec<(u32, String)>,
    /// The programs that diverged once, and not again, each with what differed that once.
    pub(crate) fleeting: Vec<(u32, String)>,
    /// What the programs got to.
    pub(crate) coverage: Coverage,
    /// The first program that diverges.
    pub(crate) first: Option<Found>,
}

/// A program that diverges.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Its number.
    pub(crate) case: u32,
    /// The operations, shrunk.
    pub(crate) steps: Vec<Step>,
    /// What they come to.
    pub(crate) comparison: Comparison,
    /// How many operations there were before.
    pub(crate) before: usize,
}

/// Runs the programs of `plan` until one diverges.
pub(crate) fn hunt(plan: Plan, make: &Make, told: &(dyn Fn(u32) + Sync)) -> io::Result<Findings> {
    let next = AtomicU32::new(0);
    let stop = AtomicBool::new(false);
    let findings = Mutex::new(Findings::default());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..plan.jobs.max(1))
            .map(|_| scope.spawn(|| work(plan, make, told, &next, &stop, &findings)))
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(done) => done,
            Err(_) => Err(io::Error::other("a worker has panicked")),
        })
    })?;
    findings.into_inner().map_err(|_| io::Error::other("a worker has panicked"))
}

fn work(
    plan: Plan,
    make: &Make,
    told: &(dyn Fn(u32) + Sync),
    next: &AtomicU32,
    stop: &AtomicBool,
    findings: &Mutex<Findings>,
) -> io::Result<()> {
    let mut sides = Sides::start(make)?;
    while !stop.load(Ordering::Relaxed) {
        let case = next.fetch_add(1, Ordering::Relaxed);
        if case >= plan.cases {
            break;
        }
        let grown = program(plan.seed, case).map_err(io::Error::other)?;
        let steps = planned(&grown.operations(None));
        let comparison = sides.compare(&steps, Pace::Patient)?;
        let Ok(mut so_far) = findings.lock() else { break };
        so_far.cases += 1;
        told(so_far.cases);
        so_far.operations += comparison.ours.len() as u64;
        so_far.coverage.add(&steps, &comparison.ours);
        for (_, name) in &comparison.named {
            *so_far.named.entry(name).or_default() += 1;
        }
        if comparison.unsettled() {
            so_far.unsettled.push((case, table::table(&steps, &comparison)));
        }
        let Some(at) = comparison.divergence else { continue };
        drop(so_far);
        let found = settle_on(&mut sides, grown, case, at)?;
        let Ok(mut so_far) = findings.lock() else { break };
        match found {
            None => so_far.fleeting.push((case, table::table(&steps, &comparison))),
            Some(found) => {
                stop.store(true, Ordering::Relaxed);
                if so_far.first.as_ref().is_none_or(|first| first.case > case) {
                    so_far.first = Some(found);
                }
            }
        }
    }
    Ok(())
}

/// The program that diverges, as small as it gets; `None` where it does not diverge again.
fn settle_on(
    sides: &mut Sides,
    mut grown: Program,
    case: u32,
    at: usize,
) -> io::Result<Option<Found>> {
    let all = grown.operations(Some(at + 1));
    let (before, all) = (all.len(), &all[..=at]);
    for _ in 0..CONFIRMATIONS {
        if diverges(sides, all, &[Pace::Patient])?.is_none() {
            return Ok(None);
        }
    }
    let small = shrinking::shrunk(&mut grown, all, &mut |operations| {
        diverges(sides, operations, &[Pace::Hasty, Pace::Steady])
    })?;
    // A busy machine may have had it shrink too far; then the whole stands for itself.
    for operations in [&small[..], all] {
        let steps = planned(operations);
        let comparison = sides.compare(&steps, Pace::Patient)?;
        if comparison.divergence.is_some() {
            return Ok(Some(Found { case, steps, comparison, before }));
        }
    }
    Ok(None)
}

/// Where `operations` diverge, if they do and are no gamble. Where they do by being late, the next
/// pace is the judge.
fn diverges(
    sides: &mut Sides,
    operations: &[Operation],
    paces: &[Pace],
) -> io::Result<Option<usize>> {
    let Some(steps) = steps(operations) else { return Ok(None) };
    let mut divergence = None;
    for &pace in paces {
        let comparison = sides.compare(&steps, pace)?;
        divergence = comparison.divergence;
        if !comparison.late() {
            break;
        }
    }
    Ok(divergence)
}

/// The steps of operations that the reference has admitted before.
fn planned(operations: &[Operation]) -> Vec<Step> {
    steps(operations).unwrap_or_default()
}

/// How often a program has to diverge again.
const CONFIRMATIONS: u32 = 2;
