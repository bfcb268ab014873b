//! Every mutant that the binary runs: the harness's own, and those that need sockets of the system.

use sockrates_harness::{Mutant, mutants};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod readiness;
#[cfg(unix)]
mod server;

/// Every mutant.
#[must_use]
pub fn all() -> Vec<Mutant> {
    let mut all = mutants::all();
    #[cfg(any(target_os = "linux", target_os = "android"))]
    all.extend(readiness::all());
    #[cfg(unix)]
    all.extend(server::all());
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sockrates_harness::catalogue;

    #[test]
    fn every_mutant_has_a_name_of_its_own_and_must_fail_clauses_that_there_are() {
        let mut names = BTreeSet::new();
        for mutant in super::all() {
            assert!(names.insert(mutant.name), "{} stands twice", mutant.name);
            assert_eq!((mutant.make)().name(), mutant.name);
            let under = mutant.under.iter().flat_map(|(_, fails)| *fails);
            let fails: Vec<_> = mutant.fails.iter().chain(under).collect();
            assert!(!fails.is_empty(), "{} need not fail anything", mutant.name);
            for id in fails {
                assert!(catalogue::find(id).is_some(), "{}: {id} is no clause", mutant.name);
            }
        }
    }
}
