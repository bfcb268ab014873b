//! Both sides in turn, so that whatever the machine does meets both of them.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::str;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::spread::median;
use crate::contest::{Contest, Cost, Pair, Side};

/// What the rounds of a contest came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rounds {
    /// The median cost of one iteration of ours, in nanoseconds.
    pub ours_ns: f64,
    /// The same of the peer.
    pub peer_ns: f64,
    /// The peer's cost divided by ours, a round each.
    pub ratios: Vec<f64>,
    /// How many rounds are not among them, because others ran in this thread's place meanwhile.
    pub left_out: usize,
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
        Ok(mut pair) => match alternate(&mut pair, until, &Pace::of(contest)) {
            Some(rounds) => Outcome::Ran(rounds),
            None => Outcome::Failed("a side says that its iterations cost nothing".to_owned()),
        },
        Err(absent) => Outcome::Skipped(absent.0),
    }
}

/// How long the samples are.
struct Pace {
    sample: Duration,
    /// Whether both sides run on this thread alone. A round often fits into the time that the
    /// scheduler gives then, and one that did not is known by that this thread waited. Where a side
    /// has threads or programs of its own, it waits for those as well.
    alone: bool,
}

impl Pace {
    /// The pace of a contest that has been set up, with every thread that it needs.
    fn of(contest: &Contest) -> Self {
        let alone = contest.cost == Cost::Time && threads() == Some(1) && !has_children();
        // Threads that wake each other, and processor time, need longer to be even.
        let sample = Duration::from_millis(if alone { 1 } else { 12 });
        Self { sample, alone }
    }
}

/// How many threads this process has, where the system tells.
fn threads() -> Option<usize> {
    Some(fs::read_dir("/proc/self/task").ok()?.count())
}

/// Whether this thread has started programs that have not ended, where the system tells.
fn has_children() -> bool {
    fs::read_to_string("/proc/thread-self/children").is_ok_and(|children| !children.is_empty())
}

/// Fewer rounds make no confidence of 95 %.
const ROUNDS_MIN: usize = 7;
const ROUNDS_MAX: usize = 999;

/// Two samples of each side a round, in the order ours, peer, peer, ours or the other way round: a
/// drift that lasts longer than a round cancels out. Which order is left to chance, so that nothing
/// that recurs keeps meeting the same side.
fn alternate(pair: &mut Pair, until: Instant, pace: &Pace) -> Option<Rounds> {
    let iterations = [calibrate(&mut pair.ours, pace), calibrate(&mut pair.peer, pace)];
    let (mut quiet, mut disturbed) = (Vec::new(), Vec::new());
    let mut nothing = 0;
    let (queue, mut chance) = (Queue::open(), Chance(0x9E37_79B9_7F4A_7C15));
    while quiet.len() + disturbed.len() < ROUNDS_MIN
        || (quiet.len() < ROUNDS_MAX && Instant::now() < until)
    {
        let (begun, waited) = (Instant::now(), queue.waited());
        let costs = round(pair, iterations, chance.toss(), pace);
        let waited = queue.waited().saturating_sub(waited);
        if costs.iter().any(|cost| *cost <= 0.0) {
            nothing += 1;
            if nothing > NOTHING_MAX {
                return None;
            }
            continue;
        }
        match pace.alone && waited > begun.elapsed() / DISTURBED {
            false => quiet.push(costs),
            true => disturbed.push((waited, costs)),
        }
    }
    // Where hardly a round was quiet, the least disturbed ones have to do.
    disturbed.sort_by_key(|(waited, _)| *waited);
    let lacking = ROUNDS_MIN.saturating_sub(quiet.len()).min(disturbed.len());
    quiet.extend(disturbed.drain(..lacking).map(|(_, costs)| costs));
    let left_out = disturbed.len();
    let side = |which: usize| quiet.iter().map(|costs| costs[which]).collect::<Vec<_>>();
    Some(Rounds {
        ours_ns: median(&side(0)),
        peer_ns: median(&side(1)),
        ratios: quiet.iter().map(|[ours, peer]| peer / ours).collect(),
        left_out,
    })
}

/// How many rounds may seem to have cost nothing.
const NOTHING_MAX: u32 = 10;

/// Having waited for more than this part of a round disturbs it.
const DISTURBED: u32 = 50;

/// The cost of one iteration of ours and of the peer, in nanoseconds.
fn round(pair: &mut Pair, iterations: [u64; 2], ours_first: bool, pace: &Pace) -> [f64; 2] {
    let mut costs = [0.0; 2];
    let order = if ours_first { [0, 1, 1, 0] } else { [1, 0, 0, 1] };
    for (turn, which) in order.into_iter().enumerate() {
        let side = if which == 0 { &mut pair.ours } else { &mut pair.peer };
        // What the other side has left in the caches is no part of a short sample.
        if pace.alone && turn != 2 {
            side((iterations[which] / 8).max(1));
        }
        let cost = side(iterations[which]);
        costs[which] += cost.as_secs_f64() * 1e9 / (2 * iterations[which]) as f64;
    }
    costs
}

/// How many iterations last about a sample; finding out has warmed the side up.
fn calibrate(side: &mut Side, pace: &Pace) -> u64 {
    let mut iterations = 1;
    loop {
        // The wall, even where the side measures the processor: a sample must end. The least of
        // some, for somebody else may have run meanwhile.
        let run = |_| {
            let start = Instant::now();
            side(iterations);
            start.elapsed()
        };
        let least = (0..3).map(run).min().unwrap_or_default().max(Duration::from_nanos(1));
        let factor = pace.sample.as_secs_f64() / least.as_secs_f64();
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

/// How long this thread has waited for a core, where the system tells.
struct Queue(Option<File>);

impl Queue {
    fn open() -> Self {
        Self(File::open("/proc/thread-self/schedstat").ok())
    }

    fn waited(&self) -> Duration {
        let mut text = [0; 64];
        let read = self.0.as_ref().map(|file| file.read_at(&mut text, 0));
        let Some(Ok(len)) = read else { return Duration::ZERO };
        // Nanoseconds run, nanoseconds waited, how often it ran.
        let text = str::from_utf8(&text[..len]).unwrap_or_default();
        let waited = text.split_ascii_whitespace().nth(1).and_then(|waited| waited.parse().ok());
        Duration::from_nanos(waited.unwrap_or(0))
    }
}

/// The same tosses in every run.
struct Chance(u64);

impl Chance {
    fn toss(&mut self) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 63 == 1
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::process::{Command, Stdio};
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
    fn the_sides_take_turns_and_chance_says_who_begins() {
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
        let pace = Pace { sample: Duration::from_millis(2), alone: false };
        alternate(&mut pair, Instant::now(), &pace).unwrap();
        let turns = turns.borrow();
        let rounds = turns[turns.len() - 4 * ROUNDS_MIN..].as_bytes().chunks(4);
        let (ours, theirs): (Vec<_>, _) = rounds.partition(|round| *round == b"oppo");
        assert!(theirs.iter().all(|round| *round == b"poop"), "{turns}");
        assert!(!ours.is_empty() && !theirs.is_empty(), "{turns}");
    }

    #[test]
    fn a_thread_has_children_from_their_start_to_their_end() {
        assert!(!has_children());
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(has_children());
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(!has_children());
    }

    #[test]
    fn one_round_that_cost_nothing_is_no_round_and_others_count() {
        let mut samples = 0;
        let seldom: Side = Box::new(move |iterations| {
            samples += 1;
            spin(Duration::from_millis(2));
            // A processor's clock may stand still for a while.
            if samples < 9 { Duration::ZERO } else { Duration::from_nanos(iterations) }
        });
        let plain: Side = Box::new(|iterations| {
            spin(Duration::from_millis(2));
            Duration::from_nanos(iterations)
        });
        let mut pair = Pair { ours: seldom, peer: plain };
        let pace = Pace { sample: Duration::from_millis(1), alone: true };
        let rounds = alternate(&mut pair, Instant::now(), &pace).unwrap();
        assert!(rounds.ratios.len() >= ROUNDS_MIN);
        assert!(rounds.ratios.iter().all(|ratio| ratio.is_finite()), "{rounds:?}");
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
