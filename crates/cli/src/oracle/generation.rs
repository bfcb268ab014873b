//! Random programs: proptest's state machine over the reference.

use proptest::prelude::*;
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;
use sockrates_harness::case_seed;

use super::operation::{Operation, Step};
use super::reference::{Focus, Reference};

/// The programs of a run.
struct Programs;

impl ReferenceStateMachine for Programs {
    type State = Reference;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<Reference> {
        let focus = prop_oneof![
            18 => Just(Focus::All),
            44 => Just(Focus::Streams),
            26 => Just(Focus::Datagrams),
            10 => Just(Focus::Crowd),
            2 => Just(Focus::Slow),
        ];
        focus.no_shrink().prop_map(Reference::new).boxed()
    }

    fn transitions(state: &Reference) -> BoxedStrategy<Operation> {
        let state = state.clone();
        any::<u64>().no_shrink().prop_map(move |seed| state.choose(seed)).boxed()
    }

    fn apply(mut state: Reference, operation: &Operation) -> Reference {
        state.apply(operation);
        state
    }

    fn preconditions(state: &Reference, operation: &Operation) -> bool {
        state.admits(operation)
    }
}

/// Program number `case` of the run of `seed`, as a tree that shrinks.
pub(crate) fn program(seed: u64, case: u32) -> Result<Program, String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&case_seed(seed, "oracle", None, case).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = Programs::sequential_strategy(LENGTHS);
    let tree = strategy.new_tree(&mut runner).map_err(|reason| reason.to_string())?;
    Ok(Program(Box::new(tree)))
}

/// A program that shrinks.
pub(crate) struct Program(Box<dyn ValueTree<Value = Grown>>);

type Grown = (Reference, Vec<Operation>, Option<std::sync::Arc<std::sync::atomic::AtomicUsize>>);

impl Program {
    /// Its operations now. `seen` of them were carried out, where that is known: what comes after
    /// is the first to be left out.
    pub(crate) fn operations(&self, seen: Option<usize>) -> Vec<Operation> {
        let (_, operations, counter) = self.0.current();
        if let (Some(counter), Some(seen)) = (counter, seen) {
            counter.store(seen, std::sync::atomic::Ordering::SeqCst);
        }
        operations
    }

    /// Makes it simpler, if that can be.
    pub(crate) fn simplify(&mut self) -> bool {
        self.0.simplify()
    }

    /// Takes the last simplification back, if that can be.
    pub(crate) fn complicate(&mut self) -> bool {
        self.0.complicate()
    }
}

/// These operations as steps, each with what is to be waited for after it; `None` where one of them
/// is a gamble.
pub(crate) fn steps(operations: &[Operation]) -> Option<Vec<Step>> {
    let mut reference = Reference::default();
    let step = |operation: &Operation| {
        reference.admits(operation).then(|| {
            let then = reference.apply(operation);
            Step { operation: operation.clone(), then }
        })
    };
    operations.iter().map(step).collect()
}

/// How many operations a program has.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=32;
