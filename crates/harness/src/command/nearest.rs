//! What somebody may have meant.

/// At most this many guesses.
const GUESSES: usize = 3;

/// The candidates nearest to `name`, the nearest first; none where nothing is near. Capitals do not
/// make a name another.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let small = name.to_lowercase();
    let name = small.as_str();
    let allowed = (name.chars().count() / 4).max(2);
    let mut near: Vec<(usize, &str)> = candidates
        .filter_map(|candidate| {
            let distance = distance(name, &candidate.to_lowercase());
            // Half a name is a near one too, but less so.
            let part = !name.is_empty() && candidate.to_lowercase().contains(name);
            (distance <= allowed || part).then_some((distance, candidate))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    let best = near.first().map_or(0, |(distance, _)| *distance);
    near.retain(|(distance, candidate)| match best {
        // But for capitals it is that one.
        0 => *distance == 0,
        _ => *distance <= best + WORSE || candidate.to_lowercase().contains(name),
    });
    near.truncate(GUESSES);
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// What is this much worse than the best guess is none.
const WORSE: usize = 2;

/// "no WHAT is called `NAME`", with what is near.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    remedy: &str,
) -> String {
    match nearest(name, candidates).as_slice() {
        [] => format!("no {what} is called `{name}`; {remedy}"),
        near => format!("no {what} is called `{name}`; did you mean {}?", near.join(", ")),
    }
}

/// Levenshtein's distance: how many letters must be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = corner + usize::from(a != *b);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (one, other, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "abd", 1),
            ("kitten", "sitting", 3),
            ("", "ab", 2),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn the_nearest_comes_first_and_the_far_not_at_all() {
        let names = ["tcp-v4", "tcp-v6", "udp-v4", "netstring"];
        assert_eq!(nearest("tcp-v5", names.into_iter()), ["tcp-v4", "tcp-v6"]);
        assert_eq!(nearest("TCP-V4", names.into_iter()), ["tcp-v4"]);
        assert_eq!(nearest("net", names.into_iter()), ["netstring"]);
        assert!(nearest("quic", names.into_iter()).is_empty());
    }
}
