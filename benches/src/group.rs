//! The contests, a file a group.

use crate::contest::Contest;

pub mod call;
pub mod datagram;
pub mod framed;
pub mod framing;
pub mod readiness;
pub mod server;
pub mod stream;

/// The groups, in the order in which they run.
pub const NAMES: [&str; 7] =
    ["call", "stream", "framing", "framed", "datagram", "readiness", "server"];

/// The contests of every group.
#[must_use]
pub fn all() -> Vec<Contest> {
    let groups = [
        call::contests(),
        stream::contests(),
        framing::contests(),
        framed::contests(),
        datagram::contests(),
        readiness::contests(),
        server::contests(),
    ];
    groups.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::contest::{Cost, Goal};

    /// So that all rows of processor time, say, read the same way.
    #[test]
    fn goals_of_time_are_speeds_and_all_others_costs() {
        for contest in all() {
            let fits = match contest.goal {
                None => true,
                Some(Goal::AtLeast(_)) => contest.cost == Cost::Time,
                Some(Goal::AtMost(_)) => contest.cost != Cost::Time,
            };
            assert!(fits, "{contest:?}");
        }
    }

    #[test]
    fn each_contest_has_its_own_name_and_a_group_of_the_list() {
        let mut names = BTreeSet::new();
        for contest in all() {
            assert!(NAMES.contains(&contest.group), "{contest:?}");
            let name = (contest.group, contest.case.clone(), contest.ours, contest.peer);
            assert!(names.insert(name), "twice: {contest:?}");
        }
    }
}
