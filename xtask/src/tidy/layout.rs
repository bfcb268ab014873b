//! Where things lie.

use super::Complaint;
use super::tree::File;
use super::workspace::{Member, Workspace};

/// The top-level names that everybody may rely on; a folder counts as there with a file in it.
const FIXED: [&str; 7] =
    ["Cargo.toml", "crates/core", "crates/tcp", "crates/udp", "crates/harness", "benches", "xtask"];

/// Names that say nothing of what is inside.
const NO_NOUNS: [&str; 7] = ["common", "helper", "helpers", "misc", "stuff", "util", "utils"];

pub(super) fn check(files: &[File], workspace: &Workspace) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for name in FIXED {
        let inside = format!("{name}/");
        if !files.iter().any(|file| file.path == name || file.path.starts_with(&inside)) {
            complaints.push(Complaint::of_file(
                name,
                "is missing",
                "put it back: the fixed names are in FIXED in xtask/src/tidy/layout.rs",
            ));
        }
    }
    for file in files {
        complaints.extend(check_name(file));
    }
    for member in &workspace.members {
        complaints.extend(check_member(member, files));
    }
    complaints
}

fn check_name(file: &File) -> Option<Complaint> {
    let parts = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let name = parts.into_iter().find(|part| NO_NOUNS.contains(part))?;
    Some(Complaint::of_file(
        &file.path,
        format!("`{name}` says nothing of what is inside"),
        "name it for the one noun of the domain that it holds",
    ))
}

fn check_member(member: &Member, files: &[File]) -> Vec<Complaint> {
    let manifest = format!("{}/Cargo.toml", member.folder);
    let mut complaints = Vec::new();
    if member.description.as_deref().is_none_or(str::is_empty) {
        complaints.push(Complaint::of_file(
            &manifest,
            "has no description",
            "say in `description` what the crate is, in one sentence",
        ));
    }
    let text = files.iter().find(|file| file.path == manifest).map(|file| file.text.as_str());
    if !inherits_lints(text.unwrap_or_default()) {
        complaints.push(Complaint::of_file(
            &manifest,
            "does not take the workspace's lints",
            "add `[lints]` with `workspace = true`",
        ));
    }
    complaints
}

fn inherits_lints(manifest: &str) -> bool {
    let lines = manifest.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let mut section = "";
    for line in lines {
        if line.starts_with('[') {
            section = line;
        } else if section == "[lints]" && line.replace(' ', "") == "workspace=true" {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A complete layout with one member.
    fn planted(lints: &str, description: &str) -> (Vec<File>, Workspace) {
        let mut files: Vec<_> = FIXED[1..]
            .iter()
            .map(|folder| File::planted(&format!("{folder}/Cargo.toml"), lints))
            .collect();
        files.push(File::planted("Cargo.toml", ""));
        let member = Member {
            id: "core".to_owned(),
            name: "core".to_owned(),
            folder: "crates/core".to_owned(),
            description: Some(description.to_owned()),
            is_library: true,
            siblings: Vec::new(),
        };
        (files, Workspace { members: vec![member], ..Workspace::default() })
    }

    const LINTS: &str = "[lints]\nworkspace = true # as everywhere\n";

    #[test]
    fn a_complete_layout_passes() {
        let (files, workspace) = planted(LINTS, "The contract.");
        assert_eq!(check(&files, &workspace), []);
    }

    #[test]
    fn each_missing_name_is_caught() {
        for name in FIXED {
            let (mut files, mut workspace) = planted(LINTS, "The contract.");
            workspace.members.clear();
            files.retain(|file| file.path != name && !file.path.starts_with(&format!("{name}/")));
            let complaints = check(&files, &workspace);
            assert_eq!(complaints.len(), 1, "{name}");
            assert_eq!(complaints[0].path, name);
        }
    }

    #[test]
    fn a_missing_description_and_missing_lints_are_caught() {
        let (files, workspace) = planted(LINTS, "");
        assert!(check(&files, &workspace)[0].what.contains("description"));
        for manifest in ["", "[package]\nworkspace = true", "[lints]\n[package]\nworkspace = true"]
        {
            let (files, workspace) = planted(manifest, "The contract.");
            assert!(check(&files, &workspace)[0].what.contains("lints"), "{manifest:?}");
        }
    }

    #[test]
    fn a_name_that_says_nothing_is_caught() {
        assert!(check_name(&File::planted("crates/core/src/utils.rs", "")).is_some());
        assert!(check_name(&File::planted("crates/core/src/common/mod.rs", "")).is_some());
        assert_eq!(check_name(&File::planted("crates/core/src/addr.rs", "")), None);
    }
}
