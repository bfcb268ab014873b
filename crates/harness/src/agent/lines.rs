//! Lines of bounded length.

use std::io::{self, BufRead, Read};

/// The longest line that an agent may write: room for the largest receive, twice.
pub(super) const LINE_MAX: usize = 1 << 20;

/// What the next line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, without its end.
    Whole(String),
    /// Not UTF-8, or longer than is allowed: its beginning.
    Odd(String),
    /// There are no more lines.
    End,
}

/// Reads the next line, of at most `max` bytes.
pub(super) fn next(from: &mut impl BufRead, max: usize) -> io::Result<Line> {
    let mut bytes = Vec::new();
    from.by_ref().take(max as u64 + 1).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(Line::End);
    }
    let ended = bytes.pop_if(|last| *last == b'\n').is_some();
    if !ended && bytes.len() > max {
        return Ok(Line::Odd(beginning(&String::from_utf8_lossy(&bytes))));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Line::Whole(text),
        Err(error) => Line::Odd(beginning(&String::from_utf8_lossy(error.as_bytes()))),
    })
}

/// So much of a line as a message can hold.
pub(super) fn beginning(line: &str) -> String {
    match line.char_indices().nth(SHOWN) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

const SHOWN: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded_and_may_lack_their_last_end() {
        let mut from = &b"one\n\ntwo"[..];
        let whole = |text: &str| Line::Whole(text.to_owned());
        for expected in [whole("one"), whole(""), whole("two"), Line::End] {
            assert_eq!(next(&mut from, 9).unwrap(), expected);
        }
        assert_eq!(next(&mut &b"0123456789"[..], 9).unwrap(), Line::Odd("0123456789".to_owned()));
        assert_eq!(next(&mut &b"\xff\n"[..], 9).unwrap(), Line::Odd("\u{fffd}".to_owned()));
    }
}
