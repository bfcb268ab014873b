//! Outcomes and numbers in words.

use crate::{Raw, Subject};

/// What was seen, in one line.
pub(crate) fn observed(raw: &Raw) -> String {
    match raw {
        Raw::Saw { variant } => variant.clone(),
        Raw::Failed { observed, .. } => observed.clone(),
        Raw::Skipped { needs } => format!("skipped: needs {}", needs.join(", ")),
        Raw::Excluded { why } => format!("skipped: {why}"),
        Raw::Unsupported { op } => {
            format!("{op} is unsupported, though the subject declares what the clause needs")
        }
        Raw::Inconclusive { why } => format!("inconclusive: {why}"),
        // Where it stood between two operations, the place says so itself.
        Raw::Hung { at, .. } if at.starts_with("op ") => format!("hung at {at}"),
        Raw::Hung { at, .. } => format!("hung {at}"),
        Raw::Panicked { message, at } => format!("panicked: {message} ({at})"),
        Raw::Crashed { how, at } => format!("crashed: {how} ({at})"),
        Raw::HarnessError { why } => format!("the check itself is at fault: {why}"),
        Raw::NotRun { why } => format!("not run: {why}"),
    }
}

/// What was seen, in words that are the same on every run that sees the same: without the operation
/// that a hang, a panic or a crash was met in.
pub(crate) fn plain(raw: &Raw) -> String {
    match raw {
        Raw::Hung { .. } => "hung".to_owned(),
        Raw::Panicked { message, .. } => format!("panicked: {message}"),
        Raw::Crashed { how, .. } => format!("crashed: {how}"),
        other => observed(other),
    }
}

/// "1 case", "2 cases": for a noun that takes an s.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {noun}{s}", counted(count))
}

/// A number that can be read at a glance: 12,345.
pub(crate) fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What kind of subject it is.
pub(crate) fn kind_word(subject: &Subject) -> &'static str {
    match subject {
        Subject::Transport(subject) => match subject.kind() {
            sockrates_core::Kind::Stream => "stream",
            _ => "datagram",
        },
        Subject::Framing(_) => "framing",
        Subject::Readiness(_) => "readiness",
        Subject::Server(_) => "server",
    }
}

/// Text in lines of at most `columns`; a word that is longer stands alone.
pub(crate) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let width = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && width > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Rows as columns that line up: the first to the left, the others to the right.
pub(crate) fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = width(column).unwrap_or(0);
                match column {
                    0 => line.push_str(&format!("{cell:<width$}")),
                    _ => line.push_str(&format!("  {cell:>width$}")),
                }
            }
            line
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(counted(0), "0");
        assert_eq!(counted(999), "999");
        assert_eq!(counted(1_000), "1,000");
        assert_eq!(counted(1_234_567), "1,234,567");
    }

    #[test]
    fn text_is_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrapped("incomprehensibilities are long", 7),
            ["incomprehensibilities", "are", "long"]
        );
        assert_eq!(wrapped("", 7), [""]);
    }

    #[test]
    fn columns_line_up() {
        let rows = [vec!["a".to_owned(), "10".to_owned()], vec!["abc".to_owned(), "5".to_owned()]];
        assert_eq!(columns(&rows), ["a    10", "abc   5"]);
    }
}
