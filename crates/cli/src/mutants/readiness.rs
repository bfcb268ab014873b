//! The mutants of readiness: epoll with one fault each, to prove that the judge notices.
//!
//! They stand here and not in the harness, which knows no back end: what is watched are sockets of
//! the system.

mod ending;
mod fault;
mod faulty;
mod interrupting;
mod keeping;
mod leaving;
mod listing;
mod nesting;
mod open;
mod parting;
mod telling;
mod triggering;
mod waiting;
mod waking;

use sockrates_harness::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    [
        waiting::all(),
        interrupting::all(),
        listing::all(),
        keeping::all(),
        waking::all(),
        telling::all(),
        ending::all(),
        triggering::all(),
        nesting::all(),
        leaving::all(),
        open::all(),
        parting::all(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sockrates_harness::{About, catalogue};

    #[test]
    fn every_clause_about_readiness_is_failed_by_a_mutant() {
        let failed: BTreeSet<_> = super::all().iter().flat_map(|mutant| mutant.fails).collect();
        for clause in catalogue::all().filter(|clause| clause.about == About::Readiness) {
            assert!(failed.contains(&clause.id), "{} has no mutant", clause.id);
        }
    }
}
