//! `list --coverage`: specification -> clause -> check -> mutants, and the holes in it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::exit::Exit;
use super::judgement::check_clauses;
use super::listing::document;
use super::options::Wanted;
use super::{Done, Program, say};
use crate::catalogue::{self, Specification};
use crate::report::{Paint, counted, wrapped};
use crate::{Clause, Mutant, checks};

mod hole;

use hole::{Hole, Kind};

/// Prints the table. A hole of a kind that must not be is an error.
pub(crate) fn run(program: &Program, wanted: &Wanted) -> Result<Exit, Done> {
    check_clauses(&wanted.selection)?;
    let taken = |clause: &&Clause| wanted.selection.takes(clause);
    let clauses: Vec<_> = catalogue::all().filter(taken).collect();
    let holes = hole::all(&clauses, &program.mutants, &checks::ids().collect::<Vec<_>>());
    let table = Table { clauses, mutants: &program.mutants, holes };
    say(&match wanted.json {
        true => document(&table.document()),
        false => table.text(Paint::of_stdout()),
    });
    Ok(match table.holes.iter().any(|hole| hole.kind.must_not_be()) {
        true => Exit::Regressions,
        false => Exit::Ok,
    })
}

struct Table<'a> {
    clauses: Vec<&'static Clause>,
    mutants: &'a [Mutant],
    holes: Vec<Hole>,
}

/// How wide the table is.
const COLUMNS: usize = 100;
const INDENT: usize = 6;

impl Table<'_> {
    /// The clauses of each specification, in its order, and of each of its sections.
    fn specifications(
        &self,
    ) -> BTreeMap<Specification, BTreeMap<&'static str, Vec<&'static Clause>>> {
        let mut all: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for clause in &self.clauses {
            for cite in clause.cites {
                let (specification, section) = Specification::of(cite.source);
                let cited = all.entry(specification).or_default().entry(section).or_default();
                if !cited.iter().any(|other: &&Clause| other.id == clause.id) {
                    cited.push(*clause);
                }
            }
        }
        all
    }

    fn mutants(&self, clause: &Clause) -> Vec<&'static str> {
        let catch = self.mutants.iter().filter(|mutant| mutant.fails.contains(&clause.id));
        catch.map(|mutant| mutant.name).collect()
    }

    fn text(&self, paint: Paint) -> String {
        let mut text = String::new();
        for (specification, sections) in self.specifications() {
            text.push_str(&format!("{}\n", paint.strong(&specification.to_string())));
            for (section, clauses) in sections {
                if !section.is_empty() {
                    text.push_str(&format!("  {section}\n"));
                }
                clauses.iter().for_each(|clause| text.push_str(&self.line(clause, paint)));
            }
            text.push('\n');
        }
        for kind in Kind::ALL {
            text.push_str(&self.list(kind, paint));
        }
        text.push_str(&self.known_by());
        text.push_str(&self.last_line());
        text
    }

    /// By which mutants clauses are known.
    fn known_by(&self) -> String {
        let [alone, grouped, combined] = self.distinction();
        let text = format!(
            "of the clauses, {alone} have a mutant that fails them alone, {grouped} one that fails \
             only clauses of their group (of stream.eof.sticky that is stream.eof), {combined} are \
             known by which mutants fail them together"
        );
        wrapped(&text, COLUMNS).into_iter().map(|line| line + "\n").collect()
    }

    /// How many clauses are failed alone by some mutant, by one that fails none outside their
    /// group, and only by ones that do.
    fn distinction(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for clause in &self.clauses {
            let fail = || self.mutants.iter().filter(|mutant| mutant.fails.contains(&clause.id));
            let of_group =
                |id: &&str| id.rsplit_once('.').map(|(of, _)| of) == Some(clause.group());
            let place = if fail().any(|mutant| mutant.fails.len() == 1) {
                0
            } else if fail().any(|mutant| mutant.fails.iter().all(of_group)) {
                1
            } else {
                2
            };
            counts[place] += 1;
        }
        counts
    }

    fn line(&self, clause: &Clause, paint: Paint) -> String {
        let check = if checks::find(clause.id).is_some() { "check" } else { "NO CHECK" };
        let level = clause.level.word();
        let mut text = format!("    {:<44} {level:<8} {check}\n", clause.id);
        let mutants = match self.mutants(clause).as_slice() {
            [] => paint.bad("no mutant"),
            names => names.join(", "),
        };
        for line in wrapped(&mutants, COLUMNS - INDENT) {
            text.push_str(&format!("{:INDENT$}{}\n", "", paint.faint(&line)));
        }
        text
    }

    fn list(&self, kind: Kind, paint: Paint) -> String {
        let holes: Vec<_> = self.holes.iter().filter(|hole| hole.kind == kind).collect();
        if holes.is_empty() {
            return String::new();
        }
        let title = format!("{} ({})", kind.words(), holes.len());
        let title = if kind.must_not_be() { paint.bad(&title) } else { paint.strong(&title) };
        let mut text = format!("{title}\n");
        for line in wrapped(kind.meaning(), COLUMNS - 2) {
            text.push_str(&format!("  {}\n", paint.faint(&line)));
        }
        for hole in holes {
            for (at, line) in wrapped(&hole.told(), COLUMNS - INDENT).iter().enumerate() {
                let indent = if at == 0 { 2 } else { INDENT };
                text.push_str(&format!("{:indent$}{line}\n", ""));
            }
        }
        text.push('\n');
        text
    }

    fn last_line(&self) -> String {
        let cites: usize = self.clauses.iter().map(|clause| clause.cites.len()).sum();
        let quoted = self.clauses.iter().flat_map(|clause| clause.cites);
        let quoted = quoted.filter(|cite| !cite.quote.is_empty()).count();
        let count = |kind| self.holes.iter().filter(|hole| hole.kind == kind).count();
        let kinds = Kind::ALL.iter().map(|kind| format!("{} {}", count(*kind), kind.words()));
        format!(
            "{} clauses, {} citations ({} quoted), {} mutants; holes: {}\n",
            counted(self.clauses.len()),
            counted(cites),
            counted(quoted),
            counted(self.mutants.len()),
            kinds.collect::<Vec<_>>().join(", "),
        )
    }

    fn document(&self) -> Document {
        let specifications = self.specifications().into_iter().flat_map(|(name, sections)| {
            let name = name.to_string();
            sections.into_iter().map(move |(section, clauses)| (name.clone(), section, clauses))
        });
        let sections = specifications.map(|(specification, section, clauses)| Section {
            specification,
            section,
            clauses: clauses.into_iter().map(|clause| self.covered(clause)).collect(),
        });
        let must_not_be = |hole: &&Hole| hole.kind.must_not_be();
        Document {
            sections: sections.collect(),
            clauses: self.clauses.len(),
            mutants: self.mutants.len(),
            failed_alone_in_group_together: self.distinction(),
            must_not_be: self.holes.iter().filter(must_not_be).count(),
            holes: self.holes.iter().map(Found::new).collect(),
        }
    }

    fn covered(&self, clause: &'static Clause) -> Covered {
        Covered {
            clause: clause.id,
            level: clause.level.word(),
            check: checks::find(clause.id).is_some(),
            mutants: self.mutants(clause),
        }
    }
}

#[derive(Serialize)]
struct Document {
    sections: Vec<Section>,
    clauses: usize,
    mutants: usize,
    /// How many clauses some mutant fails alone, with others of their group only, with any others.
    failed_alone_in_group_together: [usize; 3],
    holes: Vec<Found>,
    must_not_be: usize,
}

#[derive(Serialize)]
struct Section {
    specification: String,
    section: &'static str,
    clauses: Vec<Covered>,
}

#[derive(Serialize)]
struct Covered {
    clause: &'static str,
    level: &'static str,
    check: bool,
    mutants: Vec<&'static str>,
}

#[derive(Serialize)]
struct Found {
    hole: &'static str,
    at: String,
    must_not_be: bool,
    note: String,
}

impl Found {
    fn new(hole: &Hole) -> Self {
        Self {
            hole: hole.kind.words(),
            at: hole.at.clone(),
            must_not_be: hole.kind.must_not_be(),
            note: hole.note.clone(),
        }
    }
}
