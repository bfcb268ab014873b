//! How long files and lines may be.

use super::Complaint;
use super::tree::File;

/// Docs and unit tests included: past this a file has gained a second noun.
const LINES_MAX: usize = 500;
/// From here on a file is listed, so that its growth is seen in time.
const LINES_LISTED: usize = 300;
const COLUMNS_MAX: usize = 100;

/// The extensions of the files whose lines are measured, besides scripts without any.
const MEASURED: [&str; 6] = ["rs", "md", "toml", "py", "sh", "yml"];

pub(super) fn check(file: &File) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let lines = file.text.lines().count();
    if file.is_rust() && lines > LINES_MAX {
        complaints.push(Complaint::of_file(
            &file.path,
            format!("{lines} lines, over {LINES_MAX}"),
            "split it: a file is named for one noun of the domain",
        ));
    }
    if !MEASURED.contains(&file.extension()) && !file.path.starts_with(".ci/") {
        return complaints;
    }
    for (index, line) in file.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX && !excused(file, line) {
            complaints.push(Complaint::of_line(
                &file.path,
                index + 1,
                format!("{columns} columns, over {COLUMNS_MAX}"),
                "break the line (a Markdown table and a line with a URL may be longer)",
            ));
        }
    }
    complaints
}

/// A line that cannot be broken: a row of a Markdown table, also in a doc comment, a URL, or a
/// crate's description.
fn excused(file: &File, line: &str) -> bool {
    let doc = line.trim_start().trim_start_matches(['/', '!']).trim_start();
    let table = doc.starts_with('|') && (file.extension() == "md" || doc.len() < line.len());
    table || line.contains("://") || (file.extension() == "toml" && doc.starts_with("description"))
}

/// What to say of a file that is long but allowed.
pub(super) fn note(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    (file.is_rust() && (LINES_LISTED + 1..=LINES_MAX).contains(&lines))
        .then(|| format!("{}: {lines} lines, over {LINES_LISTED}", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_the_maximum_is_caught_and_one_at_it_is_not() {
        let at = File::planted("crates/core/src/big.rs", &"x\n".repeat(LINES_MAX));
        assert_eq!(check(&at), []);
        assert!(note(&at).unwrap().contains("500 lines"));
        let over = File::planted("crates/core/src/big.rs", &"x\n".repeat(LINES_MAX + 1));
        assert!(check(&over)[0].what.contains("501 lines"));
        assert_eq!(note(&over), None);
        assert_eq!(check(&File::planted("CHANGELOG.md", &"x\n".repeat(LINES_MAX + 1))), []);
    }

    #[test]
    fn a_long_line_is_caught_with_its_number() {
        let wide = "é".repeat(COLUMNS_MAX);
        let file = File::planted("a.rs", &format!("{wide}\n{wide}x\n"));
        let complaints = check(&file);
        assert_eq!(complaints.len(), 1);
        assert_eq!(complaints[0].line, Some(2));
        assert_eq!(check(&File::planted(".ci/run", &format!("{wide}x"))).len(), 1);
        assert_eq!(check(&File::planted("Cargo.lock", &format!("{wide}x"))), []);
    }

    #[test]
    fn what_cannot_be_broken_is_excused() {
        let wide = "x".repeat(COLUMNS_MAX);
        assert_eq!(check(&File::planted("a.md", &format!("| {wide} |"))), []);
        assert_eq!(check(&File::planted("a.rs", &format!("//! | {wide} |"))), []);
        assert_eq!(check(&File::planted("a.rs", &format!("// https://e.org/{wide}"))), []);
        assert_eq!(check(&File::planted("a.rs", &format!("| {wide} |"))).len(), 1);
        assert_eq!(check(&File::planted("Cargo.toml", &format!("description = {wide:?}"))), []);
    }
}
