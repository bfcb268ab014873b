//! Properties: generated inputs, and the smallest that fails.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use sockrates_core::Deadline;

use crate::expect::{fail, holds};
use crate::{Case, Observation, Rng, Stop};

/// How many inputs are tried.
const INPUTS: u32 = 16;

/// How many smaller inputs are tried where one has failed.
const SHRINKS_MAX: u32 = 256;

/// How long a datagram may take once one has failed to arrive in time: each smaller input that
/// fails costs as much.
const SHRINKING: Duration = Duration::from_millis(50);

/// One input's run.
#[derive(Debug)]
pub(super) struct Trial {
    seed: u64,
    /// The deadline of each operation.
    pub(super) patience: Deadline,
}

impl Trial {
    /// The content of datagram `number`: the same on every trial, so that an input shrinks.
    pub(super) fn bytes(&self, number: usize, len: usize) -> Vec<u8> {
        Rng::new(self.seed ^ number as u64).bytes(len)
    }
}

/// `property` holds for inputs that `strategy` makes from the case's seed. Each is tried on ends of
/// its own.
///
/// # Errors
/// [`Stop::Fail`] with the smallest input that was found to fail.
pub(super) fn holds_for_all<S: Strategy>(
    case: &Case<'_>,
    strategy: S,
    property: impl Fn(&S::Value, &Trial) -> Result<(), Stop>,
) -> Observation {
    let seed = case.seed();
    let failed = Cell::new(false);
    let stop = RefCell::new(None);
    let outcome = runner(seed).run(&strategy, |input| {
        let patience = if failed.get() && !case.soon().is_never() {
            Deadline::after(SHRINKING)
        } else {
            case.soon()
        };
        property(&input, &Trial { seed, patience }).map_err(|stopped| {
            failed.set(true);
            let why = reason(&stopped);
            stop.replace(Some(stopped));
            TestCaseError::fail(why)
        })
    });
    match (outcome, stop.into_inner()) {
        (Ok(()), _) => holds(),
        (Err(TestError::Fail(why, input)), Some(Stop::Fail { .. })) => fail(
            "what is received is what was sent",
            format!("{why}, where the smallest input is {input:?}"),
        ),
        (_, Some(stopped)) => Err(stopped),
        (Err(error), None) => Err(Stop::HarnessError(error.to_string())),
    }
}

fn reason(stop: &Stop) -> String {
    match stop {
        Stop::Fail { permitted, observed } => format!("{observed} (permitted: {permitted})"),
        other => format!("{other:?}"),
    }
}

/// Nothing but the seed decides what is tried: neither the environment nor what failed before.
fn runner(seed: u64) -> TestRunner {
    let config = Config {
        cases: INPUTS,
        max_shrink_iters: SHRINKS_MAX,
        max_shrink_time: 0,
        failure_persistence: None,
        verbose: 0,
        ..Config::default()
    };
    let bytes: Vec<u8> = Rng::new(seed).bytes(32);
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
