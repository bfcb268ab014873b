//! README.md says what is there: its code is compiled, its table names every crate, its test
//! command is the one that ci runs.

use std::collections::BTreeSet;

use super::Complaint;
use super::tree::File;
use super::workspace::Workspace;
use crate::ci::TEST_COMMAND;

const README: &str = "README.md";

/// The crate whose documentation the README is, and the words that make it so. Its own README.md is
/// a link to the root's, for a published package holds nothing from outside its folder.
const UMBRELLA: &str = "crates/sockrates/src/lib.rs";
const INCLUDE: &str = "#![doc = include_str!(\"../README.md\")]";
const LINK: &str = "crates/sockrates/README.md";

pub(super) fn check(files: &[File], workspace: &Workspace) -> Vec<Complaint> {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| &*file.text);
    let Some(readme) = text(README) else {
        return vec![Complaint::of_file(README, "is missing", "say in it what the project is")];
    };
    let mut complaints = Vec::new();
    if !text(UMBRELLA).is_some_and(|lib| lib.contains(INCLUDE)) {
        complaints.push(Complaint::of_file(
            UMBRELLA,
            "does not include the README, so nothing compiles its examples",
            format!("add {INCLUDE}"),
        ));
    }
    if text(LINK) != Some(readme) {
        complaints.push(Complaint::of_file(
            LINK,
            "differs from README.md, or is missing",
            "make it a link to ../../README.md",
        ));
    }
    if !readme.contains(TEST_COMMAND) {
        complaints.push(Complaint::of_file(
            README,
            format!("does not name the test command `{TEST_COMMAND}`"),
            "name it, or change TEST_COMMAND in xtask/src/ci.rs",
        ));
    }
    // What is published is for others to find; benches and xtask may be named or not.
    let members: BTreeSet<_> = workspace.members.iter().map(|member| &*member.name).collect();
    let published = workspace.members.iter().filter(|member| member.folder.starts_with("crates/"));
    complaints.extend(check_table(readme, &members, published.map(|member| &*member.name)));
    complaints
}

fn check_table<'a>(
    readme: &str,
    members: &BTreeSet<&str>,
    published: impl Iterator<Item = &'a str>,
) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut listed = BTreeSet::new();
    for (index, line) in readme.lines().enumerate() {
        let Some(name) = crate_of_row(line) else { continue };
        listed.insert(name);
        if !members.contains(name) {
            complaints.push(Complaint::of_line(
                README,
                index + 1,
                format!("the table lists {name}, which is no crate of this workspace"),
                "take the row out, or correct the name",
            ));
        }
    }
    for name in published.filter(|name| !listed.contains(name)) {
        complaints.push(Complaint::of_file(
            README,
            format!("the crate table does not list {name}"),
            "add a row that starts with its name",
        ));
    }
    complaints
}

/// The crate that a row of a table starts with: its name, plain, in backticks or as a link.
fn crate_of_row(line: &str) -> Option<&str> {
    let cell = line.strip_prefix('|')?.split('|').next()?.trim();
    let name = cell.trim_start_matches(['[', '`']).split(['`', ']']).next()?;
    let is_crate = name == "sockrates" || name == "xtask" || name.starts_with("sockrates-");
    is_crate.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::workspace::Member;

    fn workspace() -> Workspace {
        let member = |name: &str, folder: &str| Member {
            id: name.to_owned(),
            name: name.to_owned(),
            folder: folder.to_owned(),
            description: None,
            is_library: true,
            siblings: Vec::new(),
        };
        let members = vec![
            member("sockrates-core", "crates/core"),
            member("sockrates-tcp", "crates/tcp"),
            member("sockrates-benches", "benches"),
        ];
        Workspace { members, ..Workspace::default() }
    }

    const GOOD: &str = "    cargo test --workspace\n\
                        | `sockrates-core` | the contract |\n\
                        | [sockrates-tcp](crates/tcp) | streams |\n\
                        | other | not ours |\n";

    /// What the check says of a README, the same as the umbrella's, and the umbrella's lib.rs.
    fn complaints(readme: &str, lib: &str) -> Vec<String> {
        let files = [(README, readme), (LINK, readme), (UMBRELLA, lib)];
        let files = files.map(|(path, text)| File::planted(path, text));
        check(&files, &workspace()).into_iter().map(|complaint| complaint.what).collect()
    }

    #[test]
    fn a_good_one_passes() {
        assert_eq!(complaints(GOOD, INCLUDE), [""; 0]);
    }

    #[test]
    fn a_missing_readme_is_caught() {
        assert_eq!(check(&[], &workspace())[0].what, "is missing");
    }

    #[test]
    fn examples_that_nothing_compiles_are_caught() {
        assert!(complaints(GOOD, "//! Another text.")[0].contains("does not include the README"));
    }

    #[test]
    fn a_copy_that_has_drifted_is_caught() {
        let files = [(README, GOOD), (LINK, "Another text."), (UMBRELLA, INCLUDE)];
        let files = files.map(|(path, text)| File::planted(path, text));
        assert_eq!(check(&files, &workspace())[0].path, LINK);
    }

    #[test]
    fn a_table_that_differs_from_the_crates_is_caught() {
        let missing = GOOD.replace("| `sockrates-core` | the contract |\n", "");
        assert!(complaints(&missing, INCLUDE)[0].contains("does not list sockrates-core"));
        let extra = format!("{GOOD}| `sockrates-quic` | |\n");
        assert!(complaints(&extra, INCLUDE)[0].contains("lists sockrates-quic"));
    }

    #[test]
    fn another_test_command_is_caught() {
        let other = GOOD.replace("cargo test --workspace", "cargo test");
        assert!(complaints(&other, INCLUDE)[0].contains("test command"));
    }
}
