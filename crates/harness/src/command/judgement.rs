//! `run`: judges the subjects and tells what came of it.

use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::Path;
use std::time::Instant;

use super::exit::Exit;
use super::nearest::unknown;
use super::options::Options;
use super::stored::summary_of;
use super::{Done, Program, say};
use crate::catalogue;
use crate::process::Interrupt;
use crate::report::{
    Baseline, Book, Detail, Finding, Header, Paint, Progress, Report, counted, hex, plural,
};
use crate::runner::{self, Judged, Outcome, Plan, Selection};

/// Judges the subjects.
pub(crate) fn run(program: &Program, options: &Options) -> Result<Exit, Done> {
    check_clauses(&options.selection)?;
    check_subjects(&options.selection, program.subjects.iter().map(|subject| subject.name()))?;
    let seed = options.seed.unwrap_or_else(fresh_seed);
    let everybody = program.subjects.iter().map(Judged::subject);
    let plan = Plan::new(everybody, &options.selection, seed, options.rounds.clone());
    let plan = plan.part(options.shard);
    conclude(options, conduct(program, options, &plan, "report.jsonl")?)
}

/// Tells of a run that has ended, and writes the reports that are made of its book.
pub(crate) fn conclude(
    options: &Options,
    (report, outcome, written): (Report, Outcome, io::Result<()>),
) -> Result<Exit, Done> {
    let paint = Paint::of_stdout();
    let written = written.and_then(|()| write_pages(&report, &options.out));
    let more = summary_of(&report.header.program, &options.out);
    say(&format!("\n{}", report.summary(paint, Detail::Brief(&more))));
    let exit = close(&report, &outcome, written, &options.out);
    let exit = settle(exit, &report, &known(options)?, options)?;
    if options.rounds.len() > 1 {
        say(&report.flakes(options.rounds.len(), paint));
    }
    if exit == Exit::NothingRan {
        say(&format!("nothing was judged: {}\n", idle(&report)));
    }
    say(&format!("{}\n", report.last_line()));
    Ok(exit)
}

/// Why a run that was not cut short has judged nothing.
fn idle(report: &Report) -> &'static str {
    match report.findings.is_empty() {
        true if report.header.shard.is_some() => "no case fell to this part of the run",
        true => "none of these clauses is about any of these subjects",
        false => "each case needs what its subject lacks (`explain SUBJECT` tells what that is)",
    }
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
    // A mutant fails what it has to.
    let baseline = if options.mutants { Baseline::default() } else { known(options)? };
    let mut book = Book::begin(&path, &header).map_err(cannot)?;
    let interrupt = Interrupt::watch()
        .map_err(|error| Done::Usage(format!("signals cannot be watched: {error}")))?;
    say(&format!(
        "seed {}\n{}: {} on {}, {}\n",
        hex(plan.seed),
        plural(plan.jobs.len(), "case"),
        plural(plan.clauses(), "clause"),
        plural(plan.judged.len(), "subject"),
        plural(options.limits.jobs, "worker")
    ));
    let begun = Instant::now();
    let mut progress = Progress::new(plan.jobs.len());
    let mut findings = Vec::with_capacity(plan.jobs.len());
    let mut written = Ok(());
    let outcome = runner::run(plan, options.limits, interrupt, |entry| {
        let judged = plan.judged(&entry.job);
        let mut finding = Finding::new(judged.name, &judged.known(&entry.raw), entry);
        finding.known = baseline.knows(&finding);
        let failed = finding.fails() && judged.mutant.is_none();
        if written.is_ok() {
            written = book.add(&finding);
        }
        progress.step(failed, || format!("{} {}", finding.subject, finding.clause));
        findings.push(finding);
    });
    progress.clear();
    let mut report = Report::new(header, findings, None);
    let exit = match Exit::of(&report, &outcome) {
        Exit::Ok if !baseline.gone(&report).is_empty() => Exit::Stale,
        exit => exit,
    };
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

/// What is known to fail; nothing where that is about to be written for the first time.
fn known(options: &Options) -> Result<Baseline, Done> {
    match &options.baseline {
        Some(path) if path.exists() || !options.update_baseline => {
            Baseline::read(path).map_err(Done::Usage)
        }
        _ => Ok(Baseline::default()),
    }
}

/// Tells what the baseline says of the run, or renews it.
fn settle(
    exit: Exit,
    report: &Report,
    baseline: &Baseline,
    options: &Options,
) -> Result<Exit, Done> {
    let Some(path) = &options.baseline else { return Ok(exit) };
    let place = path.display();
    if options.update_baseline {
        if !matches!(exit, Exit::Ok | Exit::Regressions | Exit::Stale) {
            say(&format!("baseline: {place} stays as it was, for the run is not whole\n"));
            return Ok(exit);
        }
        let renewed = baseline.renewed(report);
        let cannot = |error| Done::Usage(format!("--baseline: {place} cannot be written: {error}"));
        renewed.write(path).map_err(cannot)?;
        say(&format!("baseline: {}, now in {place}\n", plural(renewed.len(), "known failure")));
        return Ok(Exit::Ok);
    }
    let known = report.findings.iter().filter(|finding| finding.known).count();
    let gone = baseline.gone(report);
    for name in &gone {
        say(&format!("baseline: no longer seen: {name}\n"));
    }
    let fix = if gone.is_empty() { "" } else { "; --update-baseline takes them out" };
    say(&format!(
        "baseline: {}, {} no longer seen{fix}\n",
        plural(known, "known failure"),
        counted(gone.len())
    ));
    Ok(if exit == Exit::Ok && !gone.is_empty() { Exit::Stale } else { exit })
}

/// Writes all reports of a run that has ended elsewhere.
pub(crate) fn write_reports(report: &Report, out: &Path) -> io::Result<()> {
    fs::create_dir_all(out)?;
    Book::write_whole(&out.join("report.jsonl"), report)?;
    write_pages(report, out)
}

fn write_pages(report: &Report, out: &Path) -> io::Result<()> {
    fs::write(out.join("report.md"), report.markdown())?;
    fs::write(out.join("index.html"), report.html())?;
    fs::write(out.join("report.tap"), report.tap())?;
    fs::write(out.join("badge.json"), report.badge())?;
    fs::write(out.join("badge.svg"), report.badge_svg())?;
    report.junit(io::BufWriter::new(File::create(out.join("junit.xml"))?))
}

/// Each pattern means something.
pub(crate) fn check_clauses(selection: &Selection) -> Result<(), Done> {
    for pattern in selection.only.iter().chain(&selection.skip) {
        if !catalogue::all().any(|clause| pattern.fits(clause.id)) {
            let (names, remedy) = (clause_names(), "`list` lists the clauses");
            return Err(Done::Usage(unknown("clause or group", pattern.text(), names, remedy)));
        }
    }
    Ok(())
}

/// What means some clause: ids, groups, and what groups begin with.
pub(crate) fn clause_names<'a>() -> impl Iterator<Item = &'a str> {
    catalogue::all().flat_map(|clause| -> [&'a str; 3] {
        let kind = clause.id.split('.').next().unwrap_or(clause.id);
        [clause.id, clause.group(), kind]
    })
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
