//! The plan: every case there is to run, in order.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::agent::Recipe;
use crate::interop::Cell;
use crate::process::Roster;
use crate::report::{Shard, observed};
use crate::runner::Pattern;
use crate::runner::edition::Hash;
use crate::runner::pattern::word_fits;
use crate::{Axis, Clause, Deviation, Level, Mutant, Raw, Subject, case_seed, catalogue, is_about};

/// A subject or a mutant, with what is known of it.
#[derive(Debug)]
pub(crate) struct Judged<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The list it stands in.
    pub(crate) roster: Roster,
    /// What is judged.
    pub(crate) subject: &'a Subject,
    /// Its known departures from the contract.
    pub(crate) deviations: &'a [Deviation],
    /// What must fail, for a mutant.
    pub(crate) mutant: Option<&'a Mutant>,
    /// The two of it, for a client and a server.
    pub(crate) cell: Option<&'a Cell>,
}

impl Judged<'_> {
    /// The command lines of the agents that it is made of and that were given by hand.
    pub(crate) fn agents(&self) -> Vec<String> {
        let recipes = match self.cell {
            Some(Cell { seats, .. }) => {
                [seats.client.recipe.as_ref(), seats.server.recipe.as_ref()]
            }
            None => [self.subject.ends().and_then(|ends| ends.recipe()), None],
        };
        recipes.into_iter().flatten().filter_map(Recipe::given).map(str::to_owned).collect()
    }
}

/// One case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    /// Its place in the plan.
    pub(crate) case: usize,
    /// Who is judged: a place in the plan's list.
    pub(crate) judged: usize,
    /// What must hold.
    pub(crate) clause: &'static Clause,
    /// Under which adversity, if any.
    pub(crate) axis: Option<Axis>,
    /// The how manieth time this clause is checked on this subject.
    pub(crate) round: u32,
    /// Where the case's data comes from.
    pub(crate) seed: u64,
}

/// What a clause is called under an axis, or plainly.
pub(crate) fn title(clause: &str, axis: Option<Axis>) -> Cow<'_, str> {
    match axis {
        None => Cow::Borrowed(clause),
        Some(axis) => Cow::Owned(format!("{clause} under {axis}")),
    }
}

impl Job {
    /// The clause's id, and the axis where there is one.
    pub(crate) fn title(&self) -> Cow<'static, str> {
        title(self.clause.id, self.axis)
    }
}

impl Job {
    /// What is recorded of `known` for this clause under this axis, whose `clause` is the
    /// [`title`](Self::title); `None` where that is nothing, and what is seen plainly counts.
    pub(crate) fn deviations(&self, known: &[Deviation]) -> Option<Vec<Deviation>> {
        let title = self.axis.map(|_| self.title())?;
        let own = known.iter().filter(|known| known.clause == title);
        let own: Vec<_> = own.map(|known| Deviation { clause: self.clause.id, ..*known }).collect();
        (!own.is_empty()).then_some(own)
    }
}

/// Which clauses are taken, by how binding they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Profile {
    /// What is demanded, and no upper bounds on time.
    Core,
    /// What is demanded and what is recommended.
    Strict,
    /// Everything, what is only recorded too.
    #[default]
    All,
}

impl Profile {
    fn takes(self, clause: &Clause) -> bool {
        match self {
            Self::Core => clause.level == Level::Must && !clause.timing,
            Self::Strict => clause.level != Level::Observe,
            Self::All => true,
        }
    }
}

/// What of everything there is was asked for. What is empty stands for all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Names of subjects, in which `*` stands for any characters.
    pub(crate) subjects: Vec<String>,
    /// The clauses to take.
    pub(crate) only: Vec<Pattern>,
    /// The clauses to leave out.
    pub(crate) skip: Vec<Pattern>,
    /// How binding they are.
    pub(crate) profile: Profile,
    /// The axes under which they are checked; plainly where there is none.
    pub(crate) axes: Vec<Axis>,
}

impl Selection {
    /// Whether it takes everything.
    pub(crate) fn is_whole(&self) -> bool {
        let Self { subjects, only, skip, profile, axes } = self;
        let all = subjects.is_empty() && only.is_empty() && skip.is_empty() && axes.is_empty();
        all && *profile == Profile::All
    }

    /// Whether the subject `name` is meant.
    pub(crate) fn takes_subject(&self, name: &str) -> bool {
        self.subjects.is_empty() || self.subjects.iter().any(|pattern| word_fits(pattern, name))
    }

    /// Adds the axis of this name, or all.
    pub(crate) fn add_axis(&mut self, name: &str) -> Result<(), String> {
        let named = match name {
            "all" => Axis::ALL.to_vec(),
            name => vec![Axis::named(name).ok_or_else(|| {
                let names = Axis::ALL.map(Axis::name).join(", ");
                format!("--axis {name}: the axes are {names}, and all")
            })?],
        };
        for axis in named {
            if !self.axes.contains(&axis) {
                self.axes.push(axis);
            }
        }
        Ok(())
    }

    /// The axes, plainly being one of them.
    fn axes(&self) -> Vec<Option<Axis>> {
        match self.axes.as_slice() {
            [] => vec![None],
            axes => axes.iter().copied().map(Some).collect(),
        }
    }

    /// Whether `clause` is meant.
    pub(crate) fn takes(&self, clause: &Clause) -> bool {
        let fits = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.fits(clause.id));
        let wanted = self.only.is_empty() || fits(&self.only);
        wanted && !fits(&self.skip) && self.profile.takes(clause)
    }
}

/// Every case, in order: round by round, subject by subject.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// Who is judged.
    pub(crate) judged: Vec<Judged<'a>>,
    /// The cases.
    pub(crate) jobs: Vec<Job>,
    /// The seed that all others come from.
    pub(crate) seed: u64,
    /// A short name of all cases, whichever part of them this is.
    pub(crate) name: String,
    /// Which part of the cases this is, where they were split.
    pub(crate) shard: Option<Shard>,
}

impl<'a> Plan<'a> {
    /// The cases of `rounds` rounds with what `selection` takes of `everybody`.
    pub(crate) fn new(
        everybody: impl Iterator<Item = Judged<'a>>,
        selection: &Selection,
        seed: u64,
        rounds: std::ops::Range<u32>,
    ) -> Self {
        let judged: Vec<_> = everybody.filter(|it| selection.takes_subject(it.name)).collect();
        let clauses: Vec<_> = catalogue::all().filter(|clause| selection.takes(clause)).collect();
        let axes = selection.axes();
        let mut jobs = Vec::new();
        for round in rounds {
            for (place, it) in judged.iter().enumerate() {
                for axis in axes.iter().copied().filter(|axis| it.is_judged_under(*axis)) {
                    for clause in clauses.iter().filter(|clause| is_about(clause, it.subject)) {
                        let (case, seed) = (jobs.len(), case_seed(seed, clause.id, axis, round));
                        jobs.push(Job { case, judged: place, clause, axis, round, seed });
                    }
                }
            }
        }
        let name = name(&judged, &jobs);
        Self { judged, jobs, seed, name, shard: None }
    }

    /// The part `shard` of it; all of it for none.
    pub(crate) fn part(mut self, shard: Option<Shard>) -> Self {
        let Some(part) = shard else { return self };
        self.jobs.retain(|job| part.takes(self.judged[job.judged].name, job.clause.id));
        self.jobs.iter_mut().enumerate().for_each(|(case, job)| job.case = case);
        Self { shard, ..self }
    }

    /// Leaves out the cases of all other clauses.
    pub(crate) fn keep(&mut self, takes: impl Fn(&Clause) -> bool) {
        self.jobs.retain(|job| takes(job.clause));
        self.jobs.iter_mut().enumerate().for_each(|(place, job)| job.case = place);
    }

    /// How many clauses are judged.
    pub(crate) fn clauses(&self) -> usize {
        self.jobs.iter().map(|job| job.clause.id).collect::<HashSet<_>>().len()
    }

    /// Who `job` is about.
    pub(crate) fn judged(&self, job: &Job) -> &Judged<'a> {
        &self.judged[job.judged]
    }
}

/// A short name of `jobs`.
fn name(judged: &[Judged<'_>], jobs: &[Job]) -> String {
    let mut hash = Hash::new();
    for job in jobs {
        hash.add(judged[job.judged].name);
        hash.add(&job.title());
        hash.add(&job.round.to_string());
    }
    hash.name()
}

impl<'a> Judged<'a> {
    /// Mutants that say nothing of axes are judged plainly only.
    fn is_judged_under(&self, axis: Option<Axis>) -> bool {
        axis.is_none() || self.mutant.is_none_or(|mutant| !mutant.under.is_empty())
    }

    /// A subject as it is judged.
    pub(crate) fn subject(subject: &'a Subject) -> Self {
        Self {
            name: subject.name(),
            roster: Roster::Subjects,
            subject,
            deviations: subject.deviations(),
            mutant: None,
            cell: None,
        }
    }

    /// A client and a server.
    pub(crate) fn cell(cell: &'a Cell) -> Self {
        let roster = Roster::Cells;
        Self { roster, cell: Some(cell), ..Self::subject(&cell.subject) }
    }

    /// The departures by which what was seen is judged. Where there are two, what one of them does
    /// otherwise is seen only where the check looks at that one: it is never stale.
    pub(crate) fn known(&self, raw: &Raw) -> Cow<'a, [Deviation]> {
        if self.cell.is_none() {
            return Cow::Borrowed(self.deviations);
        }
        let seen = observed(raw);
        self.deviations.iter().filter(|known| known.sees == seen).copied().collect()
    }

    /// A mutant, and the subject it made.
    pub(crate) fn mutant(mutant: &'a Mutant, subject: &'a Subject) -> Self {
        let roster = Roster::Mutants;
        Self { name: mutant.name, roster, mutant: Some(mutant), ..Self::subject(subject) }
    }
}
