//! Which contests are meant by a name.

use std::collections::BTreeSet;

use crate::contest::Contest;
use crate::group;

/// What a contest is called in full: the group, what is done, and by whom.
#[must_use]
pub(super) fn name(contest: &Contest) -> String {
    format!("{}: {}, {} / {}", contest.group, contest.case, contest.ours, contest.peer)
}

/// The indices of the contests that `only` names: each word is a group, or a part of the name of
/// a contest in any case of letters. All without a word.
///
/// # Errors
/// A word that names nothing, with what it may have meant.
pub(super) fn choose(contests: &[Contest], only: &[String]) -> Result<Vec<usize>, String> {
    let mut chosen = BTreeSet::new();
    for word in only {
        let meant = |contest: &Contest| match group::NAMES.contains(&word.as_str()) {
            true => contest.group == word,
            false => name(contest).to_lowercase().contains(&word.to_lowercase()),
        };
        let before = chosen.len();
        chosen.extend((0..contests.len()).filter(|index| meant(&contests[*index])));
        if chosen.len() == before && !contests.iter().any(meant) {
            return Err(unknown(contests, word));
        }
    }
    if only.is_empty() {
        chosen.extend(0..contests.len());
    }
    Ok(chosen.into_iter().collect())
}

/// Whether one of the words is this group's name.
#[must_use]
pub(super) fn names(only: &[String], group: &str) -> bool {
    only.iter().any(|word| word == group)
}

fn unknown(contests: &[Contest], word: &str) -> String {
    let names = contests.iter().flat_map(|contest| [&contest.case, contest.ours, contest.peer]);
    let words = names.flat_map(|name| name.split([' ', ',', ':']));
    let candidates: BTreeSet<_> = group::NAMES.into_iter().chain(words).collect();
    let lower = word.to_lowercase();
    let near = |candidate: &&str| distance(&lower, &candidate.to_lowercase());
    let best = candidates.into_iter().filter(|word| word.len() > 2).min_by_key(near);
    let meant = best.filter(|best| near(best) <= (word.chars().count() / 3).max(1));
    let guess = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    format!(
        "no group and no contest is called `{word}`{guess}\n\
         groups: {}; --list names every contest",
        group::NAMES.join(", ")
    )
}

/// Levenshtein's distance: how many letters must be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = above + 1;
        for (left, same) in other.iter().map(|other| *other == letter).enumerate() {
            let changed = corner + usize::from(!same);
            corner = row[left + 1];
            row[left + 1] = changed.min(row[left] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::{Absent, Cost, Work};

    fn contests() -> Vec<Contest> {
        let contest = |group, case: &str, peer| Contest {
            group,
            case: case.to_owned(),
            ours: "ours",
            peer,
            goal: None,
            work: Work::Elements(1),
            cost: Cost::Time,
            start: Box::new(|| Err(Absent(String::new()))),
        };
        vec![
            contest("framing", "decode line, 64 B", "tokio-util LinesCodec"),
            contest("framed", "one way, 64 B", "tokio-util framing"),
            contest("call", "send+recv", "libc"),
        ]
    }

    fn choose_words(words: &[&str]) -> Result<Vec<usize>, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        choose(&contests(), &words)
    }

    #[test]
    fn a_group_is_that_group_and_any_other_word_a_part_of_a_name() {
        assert_eq!(choose_words(&[]), Ok(vec![0, 1, 2]));
        assert_eq!(choose_words(&["framing"]), Ok(vec![0]));
        assert_eq!(choose_words(&["64 b"]), Ok(vec![0, 1]));
        assert_eq!(choose_words(&["LIBC", "framed", "call"]), Ok(vec![1, 2]));
    }

    #[test]
    fn a_word_that_names_nothing_is_answered_with_the_nearest() {
        let error = choose_words(&["framming"]).unwrap_err();
        assert!(error.contains("`framming`; did you mean `framing`?"), "{error}");
        assert!(error.contains("call, stream, framing"), "{error}");
        let error = choose_words(&["call", "linescodek"]).unwrap_err();
        assert!(error.contains("did you mean `LinesCodec`?"), "{error}");
        let error = choose_words(&["quantum entanglement"]).unwrap_err();
        assert!(!error.contains("did you mean"), "{error}");
    }
}
