//! The two sides, and what a program comes to on each. A side that hangs is left behind.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::difference::{self, Difference};
use super::operation::Step;
use super::ours::{self, Performer};
use super::outcome::Outcome;
use super::python::Python;

/// Makes our side anew for each program.
pub(crate) type Make = Arc<dyn Fn() -> Box<dyn Performer> + Send + Sync>;

/// What a program came to on the two sides.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    /// Ours.
    pub(crate) ours: Vec<Outcome>,
    /// CPython's.
    pub(crate) theirs: Vec<Outcome>,
    /// Where they differ first, and are not meant to.
    pub(crate) divergence: Option<usize>,
    /// The meant differences, by the step that showed each.
    pub(crate) named: Vec<(usize, &'static str)>,
}

impl Comparison {
    /// Compares what `steps` came to.
    fn of(steps: &[Step], ours: Vec<Outcome>, theirs: Vec<Outcome>) -> Self {
        let mut comparison = Self { ours, theirs, divergence: None, named: Vec::new() };
        let length = comparison.ours.len().min(comparison.theirs.len());
        for number in 0..length.min(steps.len()) {
            let (ours, theirs) = (&comparison.ours[number], &comparison.theirs[number]);
            if ours == theirs {
                continue;
            }
            let Some(Difference { name, parts, .. }) =
                difference::named(&steps[..=number], ours, theirs)
            else {
                comparison.divergence = Some(number);
                return comparison;
            };
            comparison.named.push((number, name));
            if *parts {
                return comparison;
            }
        }
        if comparison.ours.len() != comparison.theirs.len() {
            comparison.divergence = Some(length.saturating_sub(1));
        }
        comparison
    }

    /// Whether a side hung.
    pub(crate) fn hung(&self) -> bool {
        let sides = [self.ours.last(), self.theirs.last()];
        sides.into_iter().flatten().any(Outcome::is_hung)
    }

    /// Whether they differ in what was there in time, which may be the machine's doing.
    pub(crate) fn late(&self) -> bool {
        let late = |side: &[Outcome]| side.last().is_some_and(Outcome::is_last);
        self.divergence.is_some() && (late(&self.ours) || late(&self.theirs))
    }

    /// Whether what was waited for came about on neither side, or both hung.
    pub(crate) fn unsettled(&self) -> bool {
        let ended = |side: &[Outcome]| side.last().is_some_and(Outcome::is_last);
        ended(&self.ours) && ended(&self.theirs)
    }
}

/// The two sides.
pub(crate) struct Sides {
    make: Make,
    ours: Ours,
    python: Python,
}

impl Sides {
    /// Our side as `make` makes it, and an interpreter.
    ///
    /// # Errors
    /// Where there is no `python3`, or no thread to be had.
    pub(crate) fn start(make: &Make) -> io::Result<Self> {
        Ok(Self { make: make.clone(), ours: Ours::start(make)?, python: Python::start()? })
    }

    /// Runs `steps` on both sides at the same time.
    ///
    /// # Errors
    /// Where the interpreter has gone.
    pub(crate) fn compare(&mut self, steps: &[Step], pace: Pace) -> io::Result<Comparison> {
        self.python.begin(steps, pace.wait())?;
        let ours = self.ours.outcomes(steps, pace);
        let theirs = self.python.outcomes(steps, pace.program())?;
        let comparison = Comparison::of(steps, ours, theirs);
        if comparison.hung() {
            self.ours = Ours::start(&self.make)?;
            self.python = Python::start()?;
        }
        Ok(comparison)
    }
}

/// The thread that our side runs on.
struct Ours {
    programs: Sender<(Vec<Step>, Pace)>,
    outcomes: Receiver<Outcome>,
}

impl Ours {
    fn start(make: &Make) -> io::Result<Self> {
        let (programs, to_run) = mpsc::channel::<(Vec<Step>, Pace)>();
        let (told, outcomes) = mpsc::channel();
        let make = make.clone();
        thread::Builder::new().name("our side".into()).spawn(move || {
            for (steps, pace) in to_run {
                // Whoever waited for it may have given up.
                let mut tell = |outcome| told.send(outcome).is_ok();
                ours::run(&mut *make(), &steps, pace.wait(), &mut tell);
            }
        })?;
        Ok(Self { programs, outcomes })
    }

    fn outcomes(&self, steps: &[Step], pace: Pace) -> Vec<Outcome> {
        let until = Instant::now() + pace.program();
        let mut said = Vec::with_capacity(steps.len());
        if self.programs.send((steps.to_vec(), pace)).is_err() {
            return vec![Outcome::hung()];
        }
        while said.len() < steps.len() && !said.last().is_some_and(Outcome::is_last) {
            let left = until.saturating_duration_since(Instant::now());
            said.push(self.outcomes.recv_timeout(left).unwrap_or_else(|_| Outcome::hung()));
        }
        said
    }
}

/// How long something is waited for that nearly always is there at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Long, so that a busy machine is not taken for a fault.
    Patient,
    /// Not long, for programs that are known to go wrong.
    Hasty,
    /// Longer, for those of them that were late.
    Steady,
}

impl Pace {
    /// For what a step brings about.
    fn wait(self) -> Duration {
        match self {
            Self::Patient => Duration::from_secs(3),
            Self::Steady => Duration::from_millis(250),
            Self::Hasty => Duration::from_millis(60),
        }
    }

    /// For a program as a whole.
    fn program(self) -> Duration {
        match self {
            Self::Patient => Duration::from_secs(25),
            Self::Steady => Duration::from_secs(4),
            Self::Hasty => Duration::from_millis(1500),
        }
    }
}
