//! Words that must not land: what is unfinished, what sleeps, what names somebody's machine.
//!
//! The one file that may hold them is this one.

use super::Complaint;
use super::code::code_only;
use super::tree::File;

/// A word, where it is looked for, and what to do instead.
struct Ban {
    word: &'static str,
    place: Place,
    remedy: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere in a text file.
    Text,
    /// In Rust code, outside comments and literals.
    Code,
    /// The same, unless an attribute above it gives a reason.
    CodeWithoutReason,
    /// The start of a path, anywhere in a text file.
    Path,
}

const UNFINISHED: &str = "finish it, or say in an issue what is missing";
const MACHINE: &str = "a path of one machine: use std::env::temp_dir() or a path from the root";

const BANS: &[Ban] = &[
    Ban { word: "TODO", place: Place::Text, remedy: UNFINISHED },
    Ban { word: "FIXME", place: Place::Text, remedy: UNFINISHED },
    Ban { word: "todo!", place: Place::Code, remedy: UNFINISHED },
    Ban { word: "unimplemented!", place: Place::Code, remedy: UNFINISHED },
    Ban { word: "dbg!", place: Place::Code, remedy: "take it out" },
    Ban { word: "#[ignore", place: Place::Code, remedy: "make the test run, or take it out" },
    Ban { word: "```ignore", place: Place::Text, remedy: "make the example run, or use `text`" },
    Ban {
        word: "thread::sleep",
        place: Place::CodeWithoutReason,
        remedy: "wait for the event itself; where time is the matter, put \
                 #[expect(clippy::disallowed_methods, reason = \"…\")] above it",
    },
    Ban { word: "/home", place: Place::Path, remedy: MACHINE },
    Ban { word: "/root", place: Place::Path, remedy: MACHINE },
    Ban { word: "/tmp", place: Place::Path, remedy: MACHINE },
    Ban { word: "/Users", place: Place::Path, remedy: MACHINE },
    Ban { word: "/work", place: Place::Path, remedy: MACHINE },
    Ban { word: "C:\\Users", place: Place::Path, remedy: MACHINE },
];

/// How many lines above a sleep its reason may stand.
const REASON_LINES: usize = 12;

const THIS_FILE: &str = "xtask/src/tidy/words.rs";

pub(super) fn check(file: &File) -> Vec<Complaint> {
    if file.path == THIS_FILE || file.path == "Cargo.lock" {
        return Vec::new();
    }
    let code = if file.is_rust() { code_only(&file.text) } else { String::new() };
    let mut complaints = Vec::new();
    for ban in BANS {
        let text = if matches!(ban.place, Place::Text | Place::Path) { &file.text } else { &code };
        for (index, line) in text.lines().enumerate() {
            if !holds(line, ban) {
                continue;
            }
            if ban.place == Place::CodeWithoutReason && has_reason(&file.text, index) {
                continue;
            }
            complaints.push(Complaint::of_line(
                &file.path,
                index + 1,
                format!("`{}` must not land", ban.word),
                ban.remedy,
            ));
        }
    }
    complaints
}

/// Whether `line` holds the word as a whole, not as a part of another.
fn holds(line: &str, ban: &Ban) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let in_path = |c: char| in_word(c) || matches!(c, '.' | '-' | '~' | '}' | ')' | '*');
    line.match_indices(ban.word).any(|(at, word)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let begins = match ban.place {
            Place::Path => !before.is_some_and(in_path),
            // `std::thread::sleep` holds `thread::sleep`.
            _ => !before.is_some_and(in_word) || !word.starts_with(in_word),
        };
        let ends = !after.is_some_and(in_word) || !word.ends_with(in_word);
        begins && ends
    })
}

/// Whether one of the lines above line `index` allows the sleep and says why.
fn has_reason(text: &str, index: usize) -> bool {
    let above: Vec<_> = text.lines().skip(index.saturating_sub(REASON_LINES)).collect();
    let above = above[..index.min(REASON_LINES)].join("\n");
    above.rsplit_once("clippy::disallowed_methods").is_some_and(|(_, rest)| {
        rest.split_once(']').is_some_and(|(attribute, _)| attribute.contains("reason ="))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn caught(path: &str, text: &str, word: &str) {
        let complaints = check(&File::planted(path, text));
        assert_eq!(complaints.len(), 1, "{text:?}: {complaints:?}");
        assert!(complaints[0].what.contains(word), "{text:?}: {complaints:?}");
    }

    #[track_caller]
    fn passes(path: &str, text: &str) {
        assert_eq!(check(&File::planted(path, text)), []);
    }

    #[test]
    fn unfinished_work_is_caught() {
        caught("a.rs", "// TODO: more", "TODO");
        caught("a.md", "FIXME", "FIXME");
        caught("a.rs", "fn f() { todo!() }", "todo!");
        caught("a.rs", "fn f() { unimplemented!() }", "unimplemented!");
        caught("a.rs", "let x = dbg!(y);", "dbg!");
        caught("a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}", "#[ignore");
        caught("a.rs", "/// ```ignore\n/// f()\n/// ```", "```ignore");
    }

    #[test]
    fn a_word_in_another_or_in_prose_passes() {
        passes("a.rs", "let TODOS = 1; // `todo!()` and dbg!");
        passes("a.rs", "let s = \"#[ignore]\";");
    }

    #[test]
    fn a_sleep_needs_a_reason() {
        caught("a.rs", "std::thread::sleep(d);", "thread::sleep");
        caught("a.rs", "use std::thread;\nthread::sleep(d);", "thread::sleep");
        caught("a.rs", "#[expect(clippy::disallowed_methods)]\nthread::sleep(d);", "thread::sleep");
        let with = "#[expect(clippy::disallowed_methods, reason = \"time is the matter\")]\n\
                    fn f() { thread::sleep(d) }";
        passes("a.rs", with);
        let (attribute, call) = with.split_once('\n').unwrap();
        let far = format!("{attribute}{}{call}", "\n".repeat(REASON_LINES + 1));
        caught("a.rs", &far, "thread::sleep");
    }

    #[test]
    fn paths_of_a_machine_are_caught() {
        caught("a.md", "see /home/me/x", "/home");
        caught("a.rs", "let p = \"/tmp\";", "/tmp");
        caught("a.toml", "path = \"/work/there\"", "/work");
        caught("a.rs", "// file:///root", "/root");
        caught("a.py", "C:\\Users\\me", "C:\\Users");
        passes("a.md", "https://example.org/home, target/tmp, wait/work, ./root, /tmpfs, $dir/tmp");
    }
}
