//! Which clauses are meant: patterns by component.

/// A pattern of clause ids. Each of its words must fit the id's word at the same place, and what
/// follows is free: `stream.eof` is the group, `stream.eof.sticky` one clause, `*.eof` both kinds'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(String);

impl Pattern {
    /// The pattern that `text` writes.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Whether it means `id`.
    pub(crate) fn fits(&self, id: &str) -> bool {
        let mut words = id.split('.');
        self.0.split('.').all(|pattern| words.next().is_some_and(|word| word_fits(pattern, word)))
    }
}

/// Whether `word` is `pattern`, in which each `*` stands for any characters.
pub(crate) fn word_fits(pattern: &str, word: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == word };
    let Some(mut word) = word.strip_prefix(head) else { return false };
    let Some((middle, tail)) = rest.rsplit_once('*') else { return word.ends_with(rest) };
    for part in middle.split('*') {
        let Some(at) = word.find(part) else { return false };
        word = &word[at + part.len()..];
    }
    word.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fits(pattern: &str, id: &str, expected: bool) {
        assert_eq!(Pattern::new(pattern).fits(id), expected, "{pattern} {id}");
    }

    #[test]
    fn a_pattern_selects_by_whole_words() {
        fits("stream", "stream.eof.sticky", true);
        fits("stream.eof", "stream.eof.sticky", true);
        fits("stream.eof.sticky", "stream.eof.sticky", true);
        fits("stream.eof.stick", "stream.eof.sticky", false);
        fits("str", "stream.eof.sticky", false);
        fits("stream.eof.sticky.more", "stream.eof.sticky", false);
        fits("", "stream.eof.sticky", false);
    }

    #[test]
    fn a_star_stands_for_any_part_of_one_word() {
        fits("*", "stream.eof.sticky", true);
        fits("*.eof", "stream.eof.sticky", true);
        fits("stream.*.st*y", "stream.eof.sticky", true);
        fits("stream.*.*ick*", "stream.eof.sticky", true);
        fits("stream.*.*a*", "stream.eof.sticky", false);
        fits("stream*sticky", "stream.eof.sticky", false);
        fits("a*b*b", "ab", false);
        fits("*.*.s*c*k*y", "stream.eof.sticky", true);
    }
}
