//! Colour, where somebody sees it, and nothing else that a terminal would obey.

use std::borrow::Cow;
use std::io::IsTerminal;

use super::html::{is_hidden, visible};

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paint(bool);

impl Paint {
    /// Colour on a terminal, unless `NO_COLOR` is set to something (<https://no-color.org>).
    pub(crate) fn of_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self(std::io::stdout().is_terminal() && !refused && !dumb)
    }

    /// What stands out.
    pub(crate) fn strong(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// What stands back.
    pub(crate) fn faint(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// What is wrong.
    pub(crate) fn bad(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// What deserves a look.
    pub(crate) fn odd(self, text: &str) -> String {
        self.wrap("33", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// All that this module writes to a terminal.
const CODES: [&str; 5] = ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[33m"];

/// The text with whatever else a terminal would obey shown by its number: agents and stored reports
/// may say anything.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let obeyed = |letter: char| is_hidden(letter) && !matches!(letter, '\n' | '\t');
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let code = CODES.into_iter().find(|code| rest.starts_with(code));
        let (same, end) = rest.split_at(code.map_or(letter.len_utf8(), str::len));
        match code.is_none() && obeyed(letter) {
            true => out.push_str(&visible(same)),
            false => out.push_str(same),
        }
        rest = end;
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_others_say_a_terminal_obeys_nothing() {
        let painted = format!("{}\tof\n", Paint(true).bad("one"));
        assert_eq!(printable(&painted), painted);
        let hostile = "a\x1b]0;title\x07\x1b[2J\r\u{202e}b\n";
        let shown = r"a\u{1b}]0;title\u{7}\u{1b}[2J\u{d}\u{202e}b";
        assert_eq!(printable(hostile), format!("{shown}\n"));
    }
}
