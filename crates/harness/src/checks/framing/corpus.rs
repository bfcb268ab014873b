//! Bodies to frame, wires that are right and wires that are nearly right, and ways to cut them.

use std::fmt::Debug;

use sockrates_core::Framing;

use crate::expect::fail;
use crate::{Case, FramingSubject, Rng, Stop};

/// The maximum that most checks use: large enough for two bytes of length, small enough to be
/// quick.
pub(super) const MAX: usize = 300;

/// A maximum that wires of a few bytes are over.
pub(super) const SMALL: usize = 40;

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

/// The subject's body of each length.
///
/// # Errors
/// [`Stop::Fail`] where the subject makes a body that its own framing refuses.
pub(super) fn accepted(
    subject: &dyn FramingSubject,
    framing: &dyn Framing,
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

/// Tries `law` on many values of `make` and ways to cut them, the same for the same case, and tells
/// the smallest that break it.
///
/// # Errors
/// [`Stop::Fail`] with what was broken.
pub(super) fn for_all<T: Clone + Debug>(
    case: &Case<'_>,
    times: u32,
    make: impl Fn(&mut Rng) -> Vec<T>,
    law: impl Fn(&[T], &[usize]) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut rng = Rng::new(case.seed());
    for _ in 0..times {
        let mut value = make(&mut rng);
        let mut cuts: Vec<usize> = (0..rng.below(12)).map(|_| 1 + rng.below(30)).collect();
        let Err(mut broken) = law(&value, &cuts) else { continue };
        // Cuts last, for a shorter value needs fewer.
        smaller(&mut value, |value| law(value, &cuts).err(), &mut broken);
        smaller(&mut cuts, |cuts| law(&value, cuts).err(), &mut broken);
        case.note(&format!("the smallest counterexample: {value:?}, cut in pieces of {cuts:?}"));
        return Err(broken);
    }
    Ok(())
}

/// Leaves out of `list` whatever is not needed for the law to stay broken.
fn smaller<T: Clone>(list: &mut Vec<T>, breaks: impl Fn(&[T]) -> Option<Stop>, broken: &mut Stop) {
    let mut run = list.len();
    while run > 0 {
        let mut at = 0;
        while at + run <= list.len() {
            let mut shorter = list.clone();
            shorter.drain(at..at + run);
            match breaks(&shorter) {
                Some(still) => (*list, *broken) = (shorter, still),
                None => at += run,
            }
        }
        run /= 2;
    }
}

/// A few lengths of bodies, small ones often, and the maximum.
pub(super) fn lens(rng: &mut Rng) -> Vec<usize> {
    (0..1 + rng.below(5))
        .map(|_| match rng.below(8) {
            0..4 => rng.below(8),
            4 => MAX,
            _ => rng.below(MAX + 1),
        })
        .collect()
}

/// Wires that a framing with the maximum [`SMALL`] might meet: frames, some of them over it, with a
/// few bytes changed; or bytes that have a meaning somewhere.
pub(super) fn wires(subject: &dyn FramingSubject) -> impl Fn(&mut Rng) -> Vec<u8> {
    let framing = subject.framing(2 * SMALL);
    move |rng| {
        if rng.below(3) == 0 {
            return (0..rng.below(60)).map(|_| byte(rng)).collect();
        }
        let mut wire = Vec::new();
        for _ in 0..1 + rng.below(3) {
            let len = if rng.below(4) == 0 { SMALL - 1 + rng.below(4) } else { rng.below(12) };
            let len = len.min(framing.max());
            let bytes: Vec<u8> = (0..len).map(|_| byte(rng)).collect();
            // A body that the framing cannot carry is left out.
            if let Ok(encoded) = framing.encode(&subject.body(len, &bytes)) {
                encoded.append_to(&mut wire);
            }
        }
        for _ in 0..rng.below(4) {
            damage(&mut wire, rng);
        }
        wire
    }
}

/// Changes a byte, puts one in, repeats one, takes one out, or drops the end.
fn damage(wire: &mut Vec<u8>, rng: &mut Rng) {
    let at = rng.below(wire.len() + 1);
    match rng.below(9) {
        0..3 if at < wire.len() => wire[at] = byte(rng),
        3..5 => wire.insert(at, byte(rng)),
        5 if at < wire.len() => wire.insert(at, wire[at]),
        6..8 if at < wire.len() => drop(wire.remove(at)),
        8 => wire.truncate(at),
        _ => {}
    }
}

/// Any byte, and often one with a meaning.
fn byte(rng: &mut Rng) -> u8 {
    const TELLING: &[u8] = b"\0\x01\x7f\x80\xff\xc0\xdb\xdc\xdd\r\n-,:;0129afF";
    match rng.below(2) {
        0 => rng.below(256) as u8,
        _ => TELLING[rng.below(TELLING.len())],
    }
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
