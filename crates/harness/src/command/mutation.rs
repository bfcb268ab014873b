//! `run --mutants`: each mutant must fail exactly the clauses that are meant to notice it.

use std::collections::BTreeSet;

use super::exit::Exit;
use super::judgement::{check_clauses, check_subjects, close, conduct};
use super::options::Options;
use super::{Done, Program, say};
use crate::report::{Finding, Group, Paint, Report, columns, observed};
use crate::runner::{Judged, Outcome, Plan};
use crate::{Axis, Subject, Verdict, catalogue};

/// Of more mutants than these only those are listed that are not as they should be.
const MUTANTS: usize = 40;

/// The seed of every run of the mutants: what is to be proved is the checks, not a lucky choice.
const SEED: u64 = 1;

/// Judges the mutants.
pub(crate) fn run(program: &Program, options: &Options) -> Result<Exit, Done> {
    check_clauses(&options.selection)?;
    check_subjects(&options.selection, program.mutants.iter().map(|mutant| mutant.name))?;
    check_lists(program)?;
    let made: Vec<Subject> = program.mutants.iter().map(|mutant| (mutant.make)()).collect();
    let everybody = program.mutants.iter().zip(&made).map(|(m, made)| Judged::mutant(m, made));
    let seed = options.seed.unwrap_or(SEED);
    let plan = Plan::new(everybody, &options.selection, seed, options.rounds.clone());
    let plan = plan.part(options.shard);
    let (report, outcome, written) = conduct(program, options, &plan, "mutants.jsonl")?;
    let paint = Paint::of_stdout();
    let cases = Trial::all(&plan, &report);
    say(&format!("\n{}", table(&cases, paint)));
    for trial in cases.iter().filter(|trial| !trial.exact()) {
        say(&trial.differences(&report, paint));
    }
    let exit = close(&report, &outcome, written, &options.out);
    let alarms: usize = cases.iter().map(|trial| trial.alarms.len()).sum();
    let meant: Vec<_> = cases.into_iter().filter(|trial| trial.meant).collect();
    let caught = meant.iter().filter(|trial| trial.missed.is_empty() && trial.tried > 0).count();
    say(&format!("mutants: {caught} of {} caught, {alarms} false alarms\n", meant.len()));
    let whole = matches!(outcome, Outcome::Whole);
    Ok(match exit {
        // A mutant's regressions are what is wanted.
        Exit::Ok | Exit::Regressions | Exit::Stale if whole => {
            let exact = caught == meant.len() && alarms == 0;
            if exact { Exit::Ok } else { Exit::Regressions }
        }
        other => other,
    })
}

/// The mutants' lists name clauses that exist.
fn check_lists(program: &Program) -> Result<(), Done> {
    for mutant in &program.mutants {
        let under = mutant.under.iter().flat_map(|(_, fails)| *fails);
        for id in mutant.fails.iter().chain(under) {
            if catalogue::find(id).is_none() {
                let text =
                    format!("the mutant {} must fail `{id}`, which is no clause", mutant.name);
                return Err(Done::Usage(text));
            }
        }
    }
    Ok(())
}

/// What came of one mutant, under one axis or plainly.
struct Trial<'a> {
    name: String,
    mutant: &'a str,
    says: &'a str,
    axis: Option<Axis>,
    /// Whether it is meant to fail anything.
    meant: bool,
    /// Clauses that it was meant to fail and was tried on.
    tried: usize,
    /// Of these, the ones that let it pass.
    missed: BTreeSet<&'static str>,
    /// Clauses that failed and were not meant to.
    alarms: BTreeSet<&'static str>,
}

impl<'a> Trial<'a> {
    /// One for each mutant and axis that was run.
    fn all(plan: &Plan<'a>, report: &Report) -> Vec<Self> {
        let places = plan.jobs.iter().map(|job| (job.judged, job.axis));
        let places: BTreeSet<_> = places.collect();
        let new = |(place, axis): (usize, _)| Self::new(report, &plan.judged[place], axis);
        places.into_iter().map(new).collect()
    }

    fn new(report: &Report, judged: &Judged<'a>, axis: Option<Axis>) -> Self {
        let (says, fails) =
            judged.mutant.map_or(("", &[][..]), |mutant| (mutant.says, mutant.must_fail(axis)));
        let mut trial = Self {
            name: axis
                .map_or(judged.name.to_owned(), |axis| format!("{} under {axis}", judged.name)),
            mutant: judged.name,
            says,
            axis,
            meant: !fails.is_empty() || judged.mutant.is_none_or(|mutant| !mutant.is_known()),
            tried: 0,
            missed: BTreeSet::new(),
            alarms: BTreeSet::new(),
        };
        let own = |finding: &&Finding| finding.subject == judged.name && finding.axis == axis;
        for finding in report.findings.iter().filter(own) {
            let Some(id) = finding.clause().map(|clause| clause.id) else { continue };
            let meant = fails.contains(&id);
            trial.tried += usize::from(meant);
            match finding.verdict {
                Verdict::Regression if !meant => trial.alarms.insert(id),
                Verdict::Regression => continue,
                _ if meant => trial.missed.insert(id),
                _ => continue,
            };
        }
        trial
    }

    fn exact(&self) -> bool {
        self.missed.is_empty() && self.alarms.is_empty() && (self.tried > 0 || !self.meant)
    }

    /// What is not as it should be, with what was seen.
    fn differences(&self, report: &Report, paint: Paint) -> String {
        let mut text = format!("\n{}  {}\n", paint.bad(&self.name), self.says);
        if self.tried == 0 && self.meant {
            text.push_str("  none of the clauses that it must fail was run\n");
        }
        let own = |group: &&Group<'_>| group.subject() == self.mutant && group.axis() == self.axis;
        for group in Group::of(&report.findings).iter().filter(own) {
            let id = group.clause();
            let word = match (self.missed.contains(id), self.alarms.contains(id)) {
                (true, _) => "missed by",
                (_, true) => "false alarm of",
                _ => continue,
            };
            let seen = group
                .findings
                .iter()
                .find(|seen| (seen.verdict == Verdict::Regression) == self.alarms.contains(id));
            let Some(seen) = seen else { continue };
            text.push_str(&format!("  {word} {}\n    {}\n", paint.strong(id), observed(&seen.raw)));
            text.push_str(&format!("    {}\n", paint.faint(&report.again(seen))));
        }
        text
    }
}

fn table(trials: &[Trial<'_>], paint: Paint) -> String {
    let mut rows =
        vec![["mutant", "must fail", "missed", "false alarms"].map(str::to_owned).to_vec()];
    // Of many who are as they should be there is nothing to tell.
    let all = trials.len() <= MUTANTS;
    let trials: Vec<_> = trials.iter().filter(|trial| all || !trial.exact()).collect();
    if trials.is_empty() {
        return String::new();
    }
    rows.extend(trials.iter().map(|trial| {
        let counts = [trial.tried, trial.missed.len(), trial.alarms.len()];
        let counts = counts.iter().map(ToString::to_string);
        std::iter::once(trial.name.clone()).chain(counts).collect()
    }));
    let mut text = String::new();
    for (at, line) in columns(&rows).into_iter().enumerate() {
        let line = match at.checked_sub(1).map(|place| trials[place].exact()) {
            None => paint.faint(&line),
            Some(true) => line,
            Some(false) => paint.bad(&line),
        };
        text.push_str(&format!("{line}\n"));
    }
    text
}
