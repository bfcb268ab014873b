//! The rows of the guide's tables: which of Python's names each is about.

use std::collections::BTreeSet;

/// A row of a table under a heading that says whose names they are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The page and the line, for complaints.
    pub(crate) place: String,
    /// Python's names in full; a `*` stands for any letters of a constant's name.
    pub(crate) names: Vec<String>,
    /// What is here instead.
    pub(crate) here: String,
    /// How it differs, or why it is not here.
    pub(crate) differs: String,
}

/// The rows of a page. A heading with a word in backticks says whose names follow, one without
/// that no names follow.
pub(crate) fn rows(page: &str, markdown: &str) -> Vec<Row> {
    let (mut scope, mut fenced) = (None, false);
    let mut rows = Vec::new();
    for (index, line) in markdown.lines().enumerate() {
        fenced ^= line.starts_with("```");
        if line.starts_with('#') && !fenced {
            scope = spans(line).into_iter().next();
        }
        let Some(scope) = scope.as_deref().filter(|_| line.starts_with('|') && !fenced) else {
            continue;
        };
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let place = format!("{page}:{}", index + 1);
        let [names, here, differs] = cells[..] else {
            // The rule under a table's head.
            assert!(line.starts_with("|---"), "{place}: not three cells: {line}");
            continue;
        };
        let full = |name: String| format!("{scope}.{}", name.split('(').next().unwrap_or_default());
        let names: Vec<_> = spans(names).into_iter().map(full).collect();
        if !names.is_empty() {
            rows.push(Row { place, names, here: here.into(), differs: differs.into() });
        }
    }
    rows
}

/// What stands in backticks.
pub(crate) fn spans(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// One of Python's names, in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: &'static str,
    /// Whether a row about its family will do.
    pub(crate) of_family: bool,
}

/// What is wrong with the rows, as a table of exactly `names`: names without a row or with two, and
/// rows that are about nothing.
pub(crate) fn complaints(rows: &[&Row], names: &[Name]) -> Vec<String> {
    let mut idle: BTreeSet<(&str, &str)> = BTreeSet::new();
    for row in rows {
        idle.extend(row.names.iter().map(|said| (row.place.as_str(), said.as_str())));
    }
    let mut complaints = Vec::new();
    for name in names {
        let owners = owners(rows, name.text);
        for owner in &owners {
            idle.remove(owner);
        }
        complaints.extend(complaint(*name, &owners));
    }
    complaints.extend(idle.into_iter().map(|(place, said)| format!("{place}: there is no {said}")));
    complaints
}

/// What is wrong with the rows about a name.
pub(crate) fn complaint(name: Name, owners: &[(&str, &str)]) -> Option<String> {
    let Name { text, of_family } = name;
    match owners {
        [] => Some(format!("{text} has no row")),
        [(_, said)] if *said != text && !of_family => Some(format!("{text} has no row of its own")),
        [_] => None,
        _ => Some(format!("{text} has {} rows: {owners:?}", owners.len())),
    }
}

/// The rows about `name`: those that say it as it is, else those with the longest pattern.
pub(crate) fn owners<'a>(rows: &[&'a Row], name: &str) -> Vec<(&'a str, &'a str)> {
    let fitting = rows.iter().flat_map(|row| {
        let fitting = row.names.iter().filter(|said| fits(said, name));
        fitting.map(|said| (row.place.as_str(), said.as_str()))
    });
    let fitting: Vec<_> = fitting.collect();
    let weight = |said: &str| if said == name { usize::MAX } else { said.len() };
    let best = fitting.iter().map(|(_, said)| weight(said)).max();
    fitting.into_iter().filter(|(_, said)| Some(weight(said)) == best).collect()
}

fn fits(said: &str, name: &str) -> bool {
    let Some((start, end)) = said.split_once('*') else { return said == name };
    let rest = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    rest.is_some_and(|rest| rest.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()))
}
