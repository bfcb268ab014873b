//! Both sides in turn, so that whatever the machine does meets both of them.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::spread::median;
use crate::contest::{Contest, Pair, Side};

/// What the rounds of a contest came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rounds {
    /// The median cost of one iteration of ours, in nanoseconds.
    pub ours_ns: f64,
    /// The same of the peer.
    pub peer_ns: f64,
    /// The peer's cost divided by ours, a round each.
    pub ratios: Vec<f64>,
}

/// What became of a contest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It ran.
    Ran(Rounds),
    /// It cannot run here, and why.
    Skipped(String),
    /// It broke, and how.
    Failed(String),
}

/// Sets a contest up and runs it for about `time`.
#[must_use]
pub(super) fn run(contest: &Contest, time: Duration) -> Outcome {
    let until = Instant::now() + time;
    match (contest.start)() {
        Ok(mut pair) => match alternate(&mut pair, until, sample_time(time)) {
            Some(rounds) => Outcome::Ran(rounds),
            None => Outcome::Failed("a side says that its iterations cost nothing".to_owned()),
        },
        Err(absent) => Outcome::Skipped(absent.0),
    }
}

/// Long beside a clock reading, and beside what a scheduler does where others run too.
fn sample_time(time: Duration) -> Duration {
    (time / SAMPLES_WANTED).clamp(Duration::from_millis(4), Duration::from_millis(12))
}

const SAMPLES_WANTED: u32 = 300;

/// Fewer rounds make no confidence of 95 %.
const ROUNDS_MIN: usize = 7;
const ROUNDS_MAX: usize = 999;

/// Two samples of each side a round, in the order ours, peer, peer, ours and then the other way
/// round: a drift that lasts longer than a round cancels out.
fn alternate(pair: &mut Pair, until: Instant, sample: Duration) -> Option<Rounds> {
    let iterations = [calibrate(&mut pair.ours, sample), calibrate(&mut pair.peer, sample)];
    let (mut ours_ns, mut peer_ns, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    while ratios.len() < ROUNDS_MIN || (ratios.len() < ROUNDS_MAX && Instant::now() < until) {
        let mut costs = [0.0; 2];
        let order = if ratios.len() % 2 == 0 { [0, 1, 1, 0] } else { [1, 0, 0, 1] };
        for which in order {
            let side = if which == 0 { &mut pair.ours } else { &mut pair.peer };
            let cost = side(iterations[which]);
            costs[which] += cost.as_secs_f64() * 1e9 / (2 * iterations[which]) as f64;
        }
        let [ours, peer] = costs;
        if ours <= 0.0 || peer <= 0.0 {
            return None;
        }
        ours_ns.push(ours);
        peer_ns.push(peer);
        ratios.push(peer / ours);
    }
    Some(Rounds { ours_ns: median(&ours_ns), peer_ns: median(&peer_ns), ratios })
}

/// How many iterations last about `sample`; finding out has warmed the side up.
fn calibrate(side: &mut Side, sample: Duration) -> u64 {
    let mut iterations = 1;
    loop {
        let start = Instant::now();
        side(iterations);
        // The wall, even where the side measures the processor: a sample must end.
        let took = start.elapsed().max(Duration::from_nanos(1));
        let factor = sample.as_secs_f64() / took.as_secs_f64();
        if factor < GROWTH_DONE || iterations >= ITERATIONS_MAX {
            let settled = (iterations as f64 * factor).round() as u64;
            return settled.clamp(1, ITERATIONS_MAX);
        }
        let growth = (factor / 2.0).clamp(2.0, 10.0);
        iterations = (iterations as f64 * growth).ceil() as u64;
    }
}

const GROWTH_DONE: f64 = 1.5;
const ITERATIONS_MAX: u64 = 1 << 32;

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::contest::{Absent, Cost, Goal, Work};

    /// Spins for as long as it is told.
    fn spin(time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            std::hint::spin_loop();
        }
    }

    fn contest(start: crate::Start) -> Contest {
        Contest {
            group: "call",
            case: "spin".to_owned(),
            ours: "ours",
            peer: "peer",
            goal: Some(Goal::AtLeast(1.5)),
            work: Work::Elements(1),
            cost: Cost::Time,
            start,
        }
    }

    #[test]
    fn the_ratio_of_two_sides_that_cost_what_they_say() {
        // A clock of its own: exact on a busy machine.
        let side = |ns: u64| -> Side {
            Box::new(move |iterations| {
                spin(Duration::from_micros(10));
                Duration::from_nanos(iterations * ns)
            })
        };
        let start = move || Ok(Pair { ours: side(10), peer: side(25) });
        let Outcome::Ran(rounds) = run(&contest(Box::new(start)), Duration::from_millis(5)) else {
            panic!("it ran");
        };
        assert!(rounds.ratios.len() >= ROUNDS_MIN);
        assert!(rounds.ratios.iter().all(|ratio| (ratio - 2.5).abs() < 1e-9));
        assert!((rounds.ours_ns - 10.0).abs() < 1e-9 && (rounds.peer_ns - 25.0).abs() < 1e-9);
    }

    #[test]
    fn the_sides_take_turns_and_change_who_begins() {
        let turns = Rc::new(RefCell::new(String::new()));
        let side = |name: char| -> Side {
            let turns = Rc::clone(&turns);
            Box::new(move |iterations| {
                turns.borrow_mut().push(name);
                spin(Duration::from_millis(4));
                Duration::from_nanos(iterations)
            })
        };
        let mut pair = Pair { ours: side('o'), peer: side('p') };
        alternate(&mut pair, Instant::now(), Duration::from_millis(2)).unwrap();
        let turns = turns.borrow();
        let rounds = &turns[turns.len() - 4 * ROUNDS_MIN..];
        assert_eq!(rounds, "oppopoopoppopoopoppopoopoppo");
    }

    #[test]
    fn what_is_absent_is_skipped_and_what_costs_nothing_fails() {
        let absent = contest(Box::new(|| Err(Absent("python3 is missing".to_owned()))));
        let skipped = Outcome::Skipped("python3 is missing".to_owned());
        assert_eq!(run(&absent, Duration::from_millis(1)), skipped);
        let free = || -> Side {
            Box::new(|_| {
                spin(Duration::from_micros(100));
                Duration::ZERO
            })
        };
        let free = contest(Box::new(move || Ok(Pair { ours: free(), peer: free() })));
        assert!(matches!(run(&free, Duration::from_millis(1)), Outcome::Failed(_)));
    }
}
