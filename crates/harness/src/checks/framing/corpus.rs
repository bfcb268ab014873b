//! Bodies to frame, and ways to cut their wires.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::expect::fail;
use crate::{Case, FramingSubject, Stop};

/// The maximum that most checks use: large enough for two bytes of length, small enough to be quick.
pub(super) const MAX: usize = 300;

/// Bodies of these lengths, or as near as the framing can carry, each that it accepts.
///
/// # Errors
/// [`Stop::HarnessError`] where the subject is no framing.
pub(super) fn bodies(
    case: &Case<'_>,
    max: usize,
    lens: impl IntoIterator<Item = usize>,
) -> Result<Vec<Vec<u8>>, Stop> {
    let subject = case.framing_subject()?;
    let framing = subject.framing(max);
    let most = framing.max();
    let bytes = case.bytes(most + 1);
    let wanted = lens.into_iter().map(|len| subject.body(len.min(most), &bytes));
    Ok(wanted.filter(|body| framing.encode(body).is_ok()).collect())
}

/// Tries `law` on many values of `strategy`, the same for the same case, and tells the smallest
/// value that breaks it.
///
/// # Errors
/// [`Stop::Fail`] with what was broken, and by which value.
pub(super) fn for_all<S: Strategy>(
    case: &Case<'_>,
    cases: u32,
    strategy: &S,
    law: impl Fn(&S::Value) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let seed: Vec<u8> = (0..4).flat_map(|_| case.seed().to_le_bytes()).collect();
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    for _ in 0..cases {
        let mut tree = match strategy.new_tree(&mut runner) {
            Ok(tree) => tree,
            Err(reason) => return Err(Stop::HarnessError(reason.to_string())),
        };
        let Err(mut broken) = law(&tree.current()) else { continue };
        let mut smallest = format!("{:?}", tree.current());
        for _ in 0..SHRINKS {
            if !tree.simplify() {
                break;
            }
            match law(&tree.current()) {
                Err(still) => (broken, smallest) = (still, format!("{:?}", tree.current())),
                Ok(()) if tree.complicate() => {}
                Ok(()) => break,
            }
        }
        case.note(&format!("the smallest counterexample: {smallest}"));
        return Err(broken);
    }
    Ok(())
}

/// How many steps a counterexample is made smaller at the most.
const SHRINKS: u32 = 2000;

/// Bytes that a framing might meet: any, and often those with a meaning.
pub(super) fn wires() -> impl Strategy<Value = Vec<u8>> {
    use proptest::prelude::*;
    let telling = prop_oneof![
        3 => any::<u8>(),
        2 => proptest::sample::select(b"\0\x01\x7f\x80\xff\xc0\xdb\xdc\xdd\r\n-,:;0129afF".to_vec()),
    ];
    proptest::collection::vec(telling, 0..80)
}

/// Random lengths up to the largest a subject's framing takes, and random cuts.
pub(super) fn lens_and_cuts() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    use proptest::prelude::*;
    let len = prop_oneof![0..8_usize, 0..=MAX];
    (proptest::collection::vec(len, 1..6), proptest::collection::vec(1..40_usize, 0..20))
}

/// `wire` in pieces of these lengths, the rest in one.
pub(super) fn cut<'a>(wire: &'a [u8], lens: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = wire;
    for len in lens {
        let (piece, more) = rest.split_at((*len).min(rest.len()));
        pieces.push(piece);
        rest = more;
    }
    pieces.push(rest);
    pieces
}

/// The subject's body of each length.
///
/// # Errors
/// [`Stop::Fail`] where the subject makes a body that its own framing refuses.
pub(super) fn accepted(
    subject: &dyn FramingSubject,
    framing: &dyn sockrates_core::Framing,
    lens: &[usize],
    bytes: &[u8],
) -> Result<Vec<Vec<u8>>, Stop> {
    let mut bodies = Vec::new();
    for len in lens {
        let body = subject.body((*len).min(framing.max()), bytes);
        match framing.encode(&body) {
            Ok(_) => bodies.push(body),
            Err(_) if body.is_empty() => {}
            Err(error) => return fail("the body is encoded", error.to_string()),
        }
    }
    Ok(bodies)
}
