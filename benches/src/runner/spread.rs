//! The middle of many rounds, and how sure it is.

/// What rounds come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The first and the third quartile: half of the rounds lie between them.
    pub quartiles: [f64; 2],
    /// Where the true median lies with a confidence of 95 %, without any assumption about how the
    /// rounds are distributed. Fewer than six rounds can't promise that; it is their range then.
    pub confidence: [f64; 2],
}

impl Spread {
    /// What `rounds` come to; `None` without any, or where one is no number.
    #[must_use]
    pub fn of(rounds: &[f64]) -> Option<Self> {
        if rounds.is_empty() || rounds.iter().any(|round| !round.is_finite()) {
            return None;
        }
        let mut sorted = rounds.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let outside = outside(sorted.len());
        Some(Self {
            median: quantile(&sorted, 0.5),
            quartiles: [quantile(&sorted, 0.25), quantile(&sorted, 0.75)],
            confidence: [sorted[outside], sorted[sorted.len() - 1 - outside]],
        })
    }

    /// The same of the inverse of each round.
    #[must_use]
    pub fn inverse(self) -> Self {
        let turned = |[low, high]: [f64; 2]| [1.0 / high, 1.0 / low];
        Self {
            median: 1.0 / self.median,
            quartiles: turned(self.quartiles),
            confidence: turned(self.confidence),
        }
    }
}

/// The median; zero of nothing.
#[must_use]
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    if sorted.is_empty() { 0.0 } else { quantile(&sorted, 0.5) }
}

/// Between the two that are nearest, as most programs do it.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let at = part * (sorted.len() - 1) as f64;
    let (below, rest) = (at.floor() as usize, at.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + rest * (sorted[above] - sorted[below])
}

/// How many of `count` rounds may lie outside of the interval at each end.
///
/// Each round lies below the true median with a probability of one half, so how many do is
/// binomial, and the tails that may be cut off hold 2.5 % each.
fn outside(count: usize) -> usize {
    if count > EXACT_MAX {
        let count = count as f64;
        return (count / 2.0 - 0.98 * count.sqrt() - 0.5).floor() as usize;
    }
    let mut probability = 0.5_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
    let (mut tail, mut outside) = (probability, 0);
    while outside < count {
        probability *= (count - outside) as f64 / (outside + 1) as f64;
        tail += probability;
        if tail > 0.025 {
            break;
        }
        outside += 1;
    }
    outside
}

/// Of more rounds the probability that all lie on one side is too small for a number; the normal
/// distribution is as good there.
const EXACT_MAX: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_rounds_have_a_middle_too() {
        assert_eq!(outside(EXACT_MAX), 468);
        assert_eq!(outside(EXACT_MAX + 1), 468);
        let rounds: Vec<f64> = (0..5000).map(f64::from).collect();
        assert_eq!(Spread::of(&rounds).unwrap().confidence, [2430.0, 2569.0]);
    }

    #[test]
    fn known_rounds() {
        let rounds: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        let spread = Spread::of(&rounds).unwrap();
        assert_eq!(spread.median, 10.5);
        assert_eq!(spread.quartiles, [5.75, 15.25]);
        // Tables of the sign test: the 6th and the 15th of 20.
        assert_eq!(spread.confidence, [6.0, 15.0]);
    }

    #[test]
    fn ranks_are_those_of_the_sign_test() {
        // The rank of the lower end, counted from 1, in published tables at 95 %.
        for (count, rank) in [(6, 1), (8, 1), (9, 2), (12, 3), (15, 4), (25, 8), (50, 18)] {
            assert_eq!(outside(count) + 1, rank, "{count}");
        }
    }

    #[test]
    fn few_rounds_are_their_range() {
        for rounds in [&[3.0][..], &[4.0, 2.0], &[5.0, 1.0, 2.0, 3.0, 4.0]] {
            let spread = Spread::of(rounds).unwrap();
            let least = rounds.iter().copied().fold(f64::MAX, f64::min);
            let most = rounds.iter().copied().fold(0.0, f64::max);
            assert_eq!(spread.confidence, [least, most]);
        }
    }

    #[test]
    fn nothing_and_no_number_have_no_spread() {
        assert_eq!(Spread::of(&[]), None);
        assert_eq!(Spread::of(&[1.0, f64::INFINITY]), None);
        assert_eq!(Spread::of(&[f64::NAN]), None);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn one_wild_round_moves_nothing() {
        let spread = Spread::of(&[1.0, 1.01, 0.99, 1.0, 1.02, 0.98, 900.0]).unwrap();
        assert_eq!(spread.median, 1.0);
        assert!(spread.quartiles[1] < 1.03);
    }

    #[test]
    fn the_inverse_turns_the_ends_round() {
        let spread = Spread { median: 2.0, quartiles: [1.0, 4.0], confidence: [0.5, 8.0] };
        let inverse = Spread { median: 0.5, quartiles: [0.25, 1.0], confidence: [0.125, 2.0] };
        assert_eq!(spread.inverse(), inverse);
    }
}
