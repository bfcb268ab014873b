//! Where the chain from specification to mutant is broken.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Specification;
use crate::{Clause, Mutant};

/// One hole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) kind: Kind,
    /// The clause, check or mutant.
    pub(super) at: String,
    /// What else there is to say of it.
    pub(super) note: String,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No mutant must fail the clause.
    Mutant,
    /// The clause says nowhere where it is written.
    Citation,
    /// A document of somebody else is cited, without its words.
    Quote,
    /// Nothing checks the clause.
    Check,
    /// The check checks nothing of the catalogue.
    Clause,
    /// A group that exactly the same mutants fail: no mutant shows that these are several.
    Twins,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Mutant, Self::Citation, Self::Check, Self::Clause, Self::Quote, Self::Twins];

    /// Whether one of them fails the run.
    pub(super) fn must_not_be(self) -> bool {
        !matches!(self, Self::Quote | Self::Twins)
    }

    /// What is meant by it, where that takes a sentence.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Twins => {
                "Each is a group of clauses with the mutants that fail them: every one of these \
                 fails all of the group, so that none shows that they are several."
            }
            Self::Quote => "The source is named, but its words are not repeated here.",
            _ => "",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Mutant => "without a mutant",
            Self::Citation => "without a citation",
            Self::Quote => "citing without the words",
            Self::Check => "without a check",
            Self::Clause => "checks without a clause",
            Self::Twins => "told apart by no mutant",
        }
    }
}

impl Hole {
    fn new(kind: Kind, at: impl Into<String>, note: impl Into<String>) -> Self {
        Self { kind, at: at.into(), note: note.into() }
    }

    pub(super) fn told(&self) -> String {
        match self.note.as_str() {
            "" => self.at.clone(),
            note => format!("{}: {note}", self.at),
        }
    }
}

/// Every hole of `clauses`, for the mutants and checks that there are.
pub(super) fn all(clauses: &[&Clause], mutants: &[Mutant], checks: &[String]) -> Vec<Hole> {
    let mut holes = Vec::new();
    for clause in clauses {
        if !mutants.iter().any(|mutant| mutant.fails.contains(&clause.id)) {
            holes.push(Hole::new(Kind::Mutant, clause.id, clause.level.word()));
        }
        if clause.cites.is_empty() {
            holes.push(Hole::new(Kind::Citation, clause.id, ""));
        }
        if !checks.iter().any(|check| check == clause.id) {
            holes.push(Hole::new(Kind::Check, clause.id, ""));
        }
        let quotable = |source| Specification::of(source).0.is_quoted();
        for cite in clause.cites.iter().filter(|cite| quotable(cite.source)) {
            if cite.quote.is_empty() {
                holes.push(Hole::new(Kind::Quote, clause.id, cite.source));
            }
        }
    }
    let known = |id: &str| crate::catalogue::find(id).is_some();
    let lost = checks.iter().filter(|id| !known(id));
    holes.extend(lost.map(|id| Hole::new(Kind::Clause, id.clone(), "")));
    holes.extend(twins(clauses, mutants));
    holes
}

/// The clauses that the same mutants fail, and there is one.
fn twins(clauses: &[&Clause], mutants: &[Mutant]) -> Vec<Hole> {
    let mut groups: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
    for clause in clauses {
        let fail = mutants.iter().filter(|mutant| mutant.fails.contains(&clause.id));
        let fail: BTreeSet<_> = fail.map(|mutant| mutant.name).collect();
        groups.entry(fail).or_default().push(clause.id);
    }
    let same = groups.into_iter().filter(|(fail, ids)| !fail.is_empty() && ids.len() > 1);
    same.map(|(fail, ids)| {
        let fail: Vec<_> = fail.into_iter().collect();
        Hole::new(Kind::Twins, ids.join(", "), fail.join(", "))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{About, cite, mutants};

    const CITED: Clause = Clause::must(About::Stream, "x.cited", "").cites(&[cite("RFC 1 2", "w")]);
    const WORDLESS: Clause =
        Clause::must(About::Stream, "x.wordless", "").cites(&[cite("RFC 1 2", "")]);
    const OWN: Clause =
        Clause::must(About::Stream, "x.own", "").cites(&[cite("sockrates-core Framing", "")]);
    const BARE: Clause = Clause::must(About::Stream, "x.bare", "");

    /// What is found in these clauses, of which the mutants fail the given ones.
    fn found(
        clauses: &[&Clause],
        checks: &[&str],
        fails: &[&'static [&str]],
    ) -> Vec<(Kind, String)> {
        let Some(some) = mutants::all().first().copied() else { return Vec::new() };
        const NAMES: [&str; 3] = ["first", "second", "third"];
        let named = NAMES.into_iter().zip(fails);
        let mutants: Vec<_> = named.map(|(name, fails)| Mutant { name, fails, ..some }).collect();
        let checks: Vec<_> = checks.iter().map(|id| (*id).to_owned()).collect();
        let holes = all(clauses, &mutants, &checks).into_iter();
        holes.map(|hole| (hole.kind, hole.at)).collect()
    }

    fn hole(kind: Kind, at: &str) -> (Kind, String) {
        (kind, at.to_owned())
    }

    #[test]
    fn a_whole_chain_has_no_hole() {
        let fails: &[&'static [&str]] = &[&["x.cited"], &["x.own"]];
        // The ids are of no clause of the catalogue.
        let lost = vec![hole(Kind::Clause, "x.cited"), hole(Kind::Clause, "x.own")];
        assert_eq!(found(&[&CITED, &OWN], &["x.cited", "x.own"], fails), lost);
    }

    #[test]
    fn each_missing_link_is_told() {
        let holes = found(&[&BARE], &[], &[]);
        let missing = [Kind::Mutant, Kind::Citation, Kind::Check].map(|kind| hole(kind, "x.bare"));
        assert_eq!(holes, missing);
        let holes = found(&[&WORDLESS], &["x.wordless"], &[&["x.wordless"]]);
        assert_eq!(holes, [hole(Kind::Quote, "x.wordless"), hole(Kind::Clause, "x.wordless")]);
    }

    #[test]
    fn clauses_that_no_mutant_tells_apart_are_twins() {
        let both: &'static [&str] = &["x.cited", "x.own"];
        let twins = |fails: &[&'static [&str]]| {
            let holes = found(&[&CITED, &OWN], &[], fails).into_iter();
            holes.filter(|(kind, _)| *kind == Kind::Twins).map(|(_, at)| at).collect::<Vec<_>>()
        };
        assert_eq!(twins(&[both]), ["x.cited, x.own"]);
        assert_eq!(twins(&[both, &["x.own"]]), [""; 0]);
    }
}
