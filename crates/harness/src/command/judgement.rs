//! `run`: judges the subjects and tells what came of it.

use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::Path;
use std::time::Instant;

use super::exit::Exit;
use super::nearest::unknown;
use super::options::Options;
use super::{Done, Program, say};
use crate::process::Interrupt;
use crate::report::{Book, Finding, Group, Header, Paint, Progress, Report, counted, hex};
use crate::runner::{self, Judged, Outcome, Plan, Selection};
use crate::{Verdict, catalogue};

/// Judges the subjects.
pub(crate) fn run(program: &Program, options: &Options) -> Result<Exit, Done> {
    check_clauses(&options.selection)?;
    check_subjects(&options.selection, program.subjects.iter().map(|subject| subject.name()))?;
    let seed = options.seed.unwrap_or_else(fresh_seed);
    let everybody = program.subjects.iter().map(Judged::subject);
    let plan = Plan::new(everybody, &options.selection, seed, options.rounds.clone());
    conclude(options, conduct(program, options, &plan, "report.jsonl")?)
}

/// Tells of a run that has ended, and writes the reports that are made of its book.
pub(crate) fn conclude(
    options: &Options,
    (report, outcome, written): (Report, Outcome, io::Result<()>),
) -> Result<Exit, Done> {
    let paint = Paint::of_stdout();
    let written = written.and_then(|()| write_pages(&report, &options.out));
    say(&format!("\n{}", report.summary(paint)));
    let exit = close(&report, &outcome, written, &options.out);
    if options.rounds.len() > 1 {
        say(&flakes(&report, options.rounds.len(), paint));
    }
    say(&format!("{}\n", report.tally()));
    Ok(exit)
}

/// Runs a plan, keeping its book and showing how far it is.
pub(crate) fn conduct(
    program: &Program,
    options: &Options,
    plan: &Plan<'_>,
    file: &str,
) -> Result<(Report, Outcome, io::Result<()>), Done> {
    let path = options.out.join(file);
    let cannot =
        |error| Done::Usage(format!("--out: {} cannot be written: {error}", path.display()));
    fs::create_dir_all(&options.out).map_err(cannot)?;
    let header = Header::new(plan, &program.called);
    let mut book = Book::begin(&path, &header).map_err(cannot)?;
    let interrupt = Interrupt::watch()
        .map_err(|error| Done::Usage(format!("signals cannot be watched: {error}")))?;
    say(&format!(
        "seed {}\n{} cases: {} clauses on {} subjects, {} workers\n",
        hex(plan.seed),
        counted(plan.jobs.len()),
        plan.clauses(),
        plan.judged.len(),
        options.limits.jobs
    ));
    let begun = Instant::now();
    let mut progress = Progress::new(plan.jobs.len());
    let mut findings = Vec::with_capacity(plan.jobs.len());
    let mut written = Ok(());
    let outcome = runner::run(plan, options.limits, interrupt, |entry| {
        let judged = plan.judged(&entry.job);
        let failed = entry.verdict == Verdict::Regression && judged.mutant.is_none();
        let finding = Finding::new(judged.name, &judged.known(&entry.raw), entry);
        if written.is_ok() {
            written = book.add(&finding);
        }
        progress.step(failed, || format!("{} {}", finding.subject, finding.clause));
        findings.push(finding);
    });
    progress.clear();
    let mut report = Report::new(header, findings, None);
    let exit = Exit::of(&report, &outcome);
    let footer = report.end(matches!(outcome, Outcome::Whole), begun.elapsed(), exit as u8);
    let written = written.and_then(|()| book.end(footer));
    Ok((report, outcome, written))
}

/// Says what went wrong around the run, and what it comes to.
pub(crate) fn close(
    report: &Report,
    outcome: &Outcome,
    written: io::Result<()>,
    out: &Path,
) -> Exit {
    match outcome {
        Outcome::NoWorker(error) => say(&format!("error: {error}\n")),
        Outcome::Interrupted => say("interrupted: what had not ended was not run\n"),
        Outcome::Whole => {}
    }
    let took = report.took().as_secs_f64();
    match written {
        Ok(()) => say(&format!("\n{took:.1} s; reports in {}\n", out.display())),
        Err(error) => {
            say(&format!("\n{took:.1} s; {} cannot be written: {error}\n", out.display()));
            return Exit::Incomplete;
        }
    }
    Exit::of(report, outcome)
}

fn write_pages(report: &Report, out: &Path) -> io::Result<()> {
    fs::write(out.join("report.md"), report.markdown())?;
    report.junit(io::BufWriter::new(File::create(out.join("junit.xml"))?))
}

/// What differed from round to round, and the line that counts it.
fn flakes(report: &Report, rounds: usize, paint: Paint) -> String {
    let groups = Group::of(&report.findings);
    let flaky: Vec<_> = groups.iter().filter(|group| group.is_flaky()).collect();
    let mut text = String::new();
    for group in &flaky {
        text.push_str(&format!(
            "{}  {}  {}: {:?} in {} of {} rounds\n",
            paint.odd("FLAKY"),
            paint.strong(&group.title()),
            group.subject(),
            group.worst().verdict,
            group.times(),
            group.findings.len()
        ));
    }
    let runs = report.findings.iter().filter(|finding| finding.ran()).count();
    text.push_str(&format!("repeat: {rounds} rounds, {} flakes in {runs} runs\n", flaky.len()));
    text
}

/// Each pattern means something.
pub(crate) fn check_clauses(selection: &Selection) -> Result<(), Done> {
    for pattern in selection.only.iter().chain(&selection.skip) {
        if !catalogue::all().any(|clause| pattern.fits(clause.id)) {
            let kind = |id: &'static str| id.split('.').next().unwrap_or(id);
            let names =
                catalogue::all().flat_map(|clause| [clause.id, clause.group(), kind(clause.id)]);
            let remedy = "`list` lists the clauses";
            return Err(Done::Usage(unknown("clause or group", pattern.text(), names, remedy)));
        }
    }
    Ok(())
}

/// Each name means somebody.
pub(crate) fn check_subjects<'a>(
    selection: &Selection,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Done> {
    for name in &selection.subjects {
        let one = Selection { subjects: vec![name.clone()], ..Selection::default() };
        if !names.clone().any(|known| one.takes_subject(known)) {
            let remedy = "`list` with --subjects or --mutants lists what there is";
            return Err(Done::Usage(unknown("subject", name, names, remedy)));
        }
    }
    Ok(())
}

/// A seed that nobody chose, short enough to be typed.
pub(crate) fn fresh_seed() -> u64 {
    RandomState::new().build_hasher().finish() >> 32
}
