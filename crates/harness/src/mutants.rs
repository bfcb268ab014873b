//! The mutants: deliberately broken transports and framings, to prove that the checks notice.
//!
//! Each is a reference transport with one operation overridden (`Fault`), or a framing of
//! core with one method overridden, and says in the same place what is wrong with it and which
//! clauses must fail.

mod accepting;
mod addressing;
mod adversity;
mod answering;
mod at_end;
mod attempts;
mod awaited;
mod call;
mod connecting;
mod corrupting;
mod datagram_ending;
mod datagram_option;
mod datagram_waiting;
mod ending;
mod exchanging;
mod fault;
mod faulty;
mod framing;
mod full;
mod grouping;
mod hurried;
#[cfg(unix)]
mod interrupted;
mod late;
mod listening;
mod messages;
mod naming;
mod paths;
mod peeking;
mod pretending;
mod process;
mod receiving;
mod refusing;
#[cfg(unix)]
mod rights;
mod sending;
mod serving;
mod sharing;
#[cfg(unix)]
mod signals;
mod slicing;
mod state;
#[cfg(test)]
mod strangers;
mod stream_address;
mod stream_option;
mod subject;
mod telling_end;
mod timeouts;
mod waiting;

use crate::Mutant;

/// Every mutant.
#[must_use]
pub fn all() -> Vec<Mutant> {
    let mut all = [
        receiving::all(),
        telling_end::all(),
        corrupting::all(),
        slicing::all(),
        sending::all(),
        waiting::all(),
        timeouts::all(),
        ending::all(),
        sharing::all(),
        connecting::all(),
        accepting::all(),
        listening::all(),
        stream_option::all(),
        stream_address::all(),
        pretending::all(),
        naming::all(),
        messages::all(),
        peeking::all(),
        datagram_waiting::all(),
        datagram_ending::all(),
        addressing::all(),
        refusing::all(),
        datagram_option::all(),
        grouping::all(),
        process::all(),
        framing::all(),
        serving::all(),
        answering::all(),
        adversity::all(),
        late::all(),
        state::all(),
        at_end::all(),
        awaited::all(),
        full::all(),
        attempts::all(),
        hurried::all(),
        paths::all(),
        exchanging::all(),
    ]
    .concat();
    #[cfg(unix)]
    all.extend([rights::all(), signals::all(), interrupted::all()].concat());
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::catalogue;

    #[test]
    fn every_mutant_has_a_name_of_its_own_and_must_fail_clauses_that_there_are() {
        let mut names = BTreeSet::new();
        for mutant in super::all() {
            assert!(names.insert(mutant.name), "{} stands twice", mutant.name);
            assert_eq!((mutant.make)().name(), mutant.name);
            assert!(mutant.is_known(), "{} need not fail anything", mutant.name);
            let under = mutant.under.iter().flat_map(|(_, fails)| *fails);
            for id in mutant.fails.iter().chain(under) {
                assert!(catalogue::find(id).is_some(), "{}: {id} is no clause", mutant.name);
            }
        }
    }
}
