//! One version of a dependency: who uses the libraries compiles nothing twice for our sake.

use std::collections::{BTreeMap, BTreeSet};

use super::Complaint;
use super::workspace::Workspace;

/// Packages that may come in several versions, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("syn", "zerocopy lists zerocopy-derive, with syn 2, under a condition that is never true"),
    ("bitflags", "smoltcp, which the judge judges, is at 1; it reaches no library"),
    ("getrandom", "ring, below rustls, which the judge judges, is at 0.2; it reaches no library"),
    ("r-efi", "getrandom brings one each, for UEFI alone; it reaches no library"),
    (
        "windows-sys",
        "ring, below rustls, which the judge judges, is at 0.52; it reaches no library",
    ),
];

const THIS_FILE: &str = "xtask/src/tidy/versions.rs";

pub(super) fn check(workspace: &Workspace) -> Vec<Complaint> {
    check_allowing(workspace, ALLOWED)
}

fn check_allowing(workspace: &Workspace, allowed: &[(&str, &str)]) -> Vec<Complaint> {
    let mut versions: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for (id, user) in reached(workspace) {
        let package = &workspace.packages[id];
        let users = versions.entry(&package.name).or_default().entry(&package.version);
        users.or_default().insert(user);
    }
    let mut complaints = Vec::new();
    for (name, versions) in versions {
        if versions.len() < 2 || allowed.iter().any(|(allowed, _)| *allowed == name) {
            continue;
        }
        let list: Vec<_> = versions
            .iter()
            .map(|(version, users)| {
                let users: Vec<_> = users.iter().copied().collect();
                format!("{version} (through {})", users.join(", "))
            })
            .collect();
        complaints.push(Complaint::of_file(
            "Cargo.lock",
            format!("the libraries depend on {name} in several versions: {}", list.join(", ")),
            format!("align them, or add it with its reason to ALLOWED in {THIS_FILE}"),
        ));
    }
    complaints
}

/// What the libraries depend on normally, in the end: identifiers, each with the name of a package
/// that depends on it directly.
fn reached(workspace: &Workspace) -> BTreeSet<(&str, &str)> {
    let libraries = workspace.members.iter().filter(|member| member.is_library);
    let mut open: Vec<&str> = libraries.map(|member| member.id.as_str()).collect();
    let mut seen: BTreeSet<&str> = open.iter().copied().collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(package) = workspace.packages.get(id) else { continue };
        for dependency in package.normal.iter().filter(|id| workspace.packages.contains_key(*id)) {
            reached.insert((dependency.as_str(), package.name.as_str()));
            if seen.insert(dependency) {
                open.push(dependency);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::super::workspace::{Member, Package};
    use super::*;

    /// A library that depends on `x` 1, and on `x` 2 through `y`.
    fn planted(is_library: bool) -> Workspace {
        let package = |name: &str, version: &str, normal: &[&str]| Package {
            name: name.to_owned(),
            version: version.to_owned(),
            normal: normal.iter().map(|id| (*id).to_owned()).collect(),
        };
        let member = Member {
            id: "lib".to_owned(),
            name: "lib".to_owned(),
            folder: "crates/lib".to_owned(),
            description: None,
            is_library,
            siblings: Vec::new(),
        };
        let packages = [
            ("lib", package("lib", "0.1.0", &["x1", "y"])),
            ("x1", package("x", "1.0.0", &[])),
            ("x2", package("x", "2.0.0", &[])),
            ("y", package("y", "1.0.0", &["x2"])),
        ];
        let packages = packages.map(|(id, package)| (id.to_owned(), package));
        Workspace { members: vec![member], packages: packages.into() }
    }

    #[test]
    fn two_versions_are_caught_with_who_brings_them() {
        let complaints = check_allowing(&planted(true), &[]);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].what.ends_with("1.0.0 (through lib), 2.0.0 (through y)"));
    }

    #[test]
    fn an_allowed_one_passes_and_so_does_what_no_library_needs() {
        assert_eq!(check_allowing(&planted(true), &[("x", "no way around it")]), []);
        assert_eq!(check_allowing(&planted(false), &[]), []);
    }
}
