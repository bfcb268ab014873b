//! Text of a report in a page: nothing in it is markup.

use std::fmt::{self, Write};

/// Text that a page shows as it is, wherever it stands: between tags or in a quoted attribute.
///
/// Control characters, and those that turn the direction of what follows, are shown by their
/// number, so that nothing hides or reorders what was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(letter)?,
                hidden if is_hidden(hidden) => write!(f, "\\u{{{:x}}}", u32::from(hidden))?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// The text with what hides shown by its number, for where nothing else has a meaning.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(letter)));
        } else {
            out.push(letter);
        }
    }
    out
}

/// Whether it would not be seen, or change how others are seen.
pub(crate) fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a browser reads.
    fn read(text: &str) -> String {
        let mut text = text.to_owned();
        for (name, letter) in
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        {
            text = text.replace(name, letter);
        }
        text
    }

    proptest! {
        #[test]
        fn text_stays_text(text in any::<String>()) {
            let escaped = Escaped(&text).to_string();
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            prop_assert!(!escaped.chars().any(|c| is_hidden(c) && !matches!(c, '\n' | '\t')));
            let names = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
            let bare = names.iter().fold(escaped.clone(), |text, name| text.replace(name, ""));
            prop_assert!(!bare.contains('&'));
            let shown = !text.chars().any(|c| is_hidden(c) && !matches!(c, '\n' | '\t'));
            prop_assert!(!shown || read(&escaped) == text);
        }
    }

    #[test]
    fn what_hides_is_shown() {
        let text = "</script><b a='\"'>&amp;\u{202e}\0\r\n";
        let escaped = "&lt;/script&gt;&lt;b a=&#39;&quot;&#39;&gt;&amp;amp;\\u{202e}\\u{0}\\u{d}\n";
        assert_eq!(Escaped(text).to_string(), escaped);
    }
}
