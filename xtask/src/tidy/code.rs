//! Rust source without its comments and literals, so that a word in prose is not taken for code.

/// `source` with every comment and the inside of every string and character literal blanked; line
/// breaks stay where they are.
///
/// A lexer only as exact as the checks need: it knows nested comments, escapes, raw strings and the
/// difference between `'a'` and a lifetime.
pub(super) fn code_only(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let skipped = match first {
            '/' => comment(rest),
            '"' => string(rest),
            'r' | 'b' | 'c' if !after_word => prefixed(rest),
            '\'' => character(rest),
            _ => 0,
        };
        let taken = if skipped == 0 { first.len_utf8() } else { skipped };
        let (token, tail) = rest.split_at(taken);
        if skipped == 0 {
            code.push(first);
        } else {
            code.extend(token.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        }
        rest = tail;
    }
    code
}

/// The length of the comment that `text` starts with, or 0.
fn comment(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if !text.starts_with("/*") {
        return 0;
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let here = &text[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the plain string literal that `text` starts with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the literal that `text` starts with where it has a prefix (`r#"`, `b"`, `br"`,
/// `c"`, `b'`), or 0.
fn prefixed(text: &str) -> usize {
    let letters = text.find(|c| !matches!(c, 'r' | 'b' | 'c')).unwrap_or(text.len());
    let (prefix, rest) = text.split_at(letters);
    let hashes = rest.find(|c| c != '#').unwrap_or(rest.len());
    let literal = &rest[hashes..];
    let inner = match (prefix, hashes, literal.chars().next()) {
        ("b" | "c", 0, Some('"')) => string(literal),
        ("b", 0, Some('\'')) => character(literal),
        ("r" | "br" | "cr", _, Some('"')) => {
            let end = format!("\"{}", "#".repeat(hashes));
            literal[1..].find(&end).map_or(literal.len(), |at| 1 + at + end.len())
        }
        _ => 0,
    };
    if inner == 0 { 0 } else { letters + hashes + inner }
}

/// The length of the character literal that `text` starts with, or 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            chars.find(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1)
        }
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 0,
        },
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts that of `source` only `code` is left, white space aside.
    #[track_caller]
    fn left_of(source: &str, code: &str) {
        let left = code_only(source);
        assert_eq!(left.matches('\n').count(), source.matches('\n').count(), "lines moved");
        assert_eq!(left.split_whitespace().collect::<Vec<_>>().join(" "), code);
    }

    #[test]
    fn comments_go() {
        left_of("a // unsafe\nb /* x /* y */ unsafe\n */ c", "a b c");
        left_of("a / b", "a / b");
        left_of("a /* open", "a");
    }

    #[test]
    fn strings_go() {
        left_of(r#"f("unsafe \" unsafe", b"x", c"y")"#, "f( , , )");
        left_of("f(r\"\\\", r#\"say \"unsafe\" \"#, br##\"\"#\"##) g", "f( , , ) g");
        left_of("r#fn(attr_b\"x\")", "r#fn(attr_b )");
        left_of("\"open", "");
    }

    #[test]
    fn characters_go_and_lifetimes_stay() {
        left_of(
            "f::<'a>('\\'', '\"', b'\\\\', '\\u{1F}', 'é') 'static",
            "f::<'a>( , , , , ) 'static",
        );
    }
}
