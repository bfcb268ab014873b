//! The dependency arrow: core <- socket <- tcp, udp, unix <- server.
//!
//! It holds for every kind of dependency, also for tests: a test that needs the harness lies in
//! the harness or in the cli, else core would be compiled twice with two `Transport` traits.

use super::Complaint;
use super::workspace::Workspace;

/// Each package and the siblings it may depend on; what is not listed, it may not.
const ARROW: &[(&str, &[&str])] = &[
    ("sockrates-core", &[]),
    ("sockrates-socket", &["sockrates-core"]),
    ("sockrates-tcp", &["sockrates-core", "sockrates-socket"]),
    ("sockrates-udp", &["sockrates-core", "sockrates-socket"]),
    ("sockrates-unix", &["sockrates-core", "sockrates-socket"]),
    // Takes anything with a descriptor, so it needs to know no socket of ours.
    ("sockrates-poll", &[]),
    (
        "sockrates-server",
        &[
            "sockrates-core",
            "sockrates-poll",
            "sockrates-socket",
            "sockrates-tcp",
            "sockrates-udp",
            "sockrates-unix",
        ],
    ),
    // The judge knows the contract alone, so that a third party's tests pull in no socket code.
    ("sockrates-harness", &["sockrates-core"]),
    (
        "sockrates-cli",
        &[
            "sockrates-core",
            "sockrates-harness",
            "sockrates-poll",
            "sockrates-server",
            "sockrates-socket",
            "sockrates-tcp",
            "sockrates-udp",
            "sockrates-unix",
        ],
    ),
    ("sockrates", LIBRARIES),
    ("sockrates-benches", LIBRARIES),
    ("xtask", &[]),
];

/// What the umbrella re-exports.
const LIBRARIES: &[&str] = &[
    "sockrates",
    "sockrates-core",
    "sockrates-poll",
    "sockrates-server",
    "sockrates-socket",
    "sockrates-tcp",
    "sockrates-udp",
    "sockrates-unix",
];

const THIS_FILE: &str = "xtask/src/tidy/arrow.rs";

pub(super) fn check(workspace: &Workspace) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for member in &workspace.members {
        let manifest = format!("{}/Cargo.toml", member.folder);
        let Some((_, allowed)) = ARROW.iter().find(|(name, _)| *name == member.name) else {
            complaints.push(Complaint::of_file(
                &manifest,
                format!("{} has no place in the dependency arrow", member.name),
                format!("add it to ARROW in {THIS_FILE} and to ARCHITECTURE.md"),
            ));
            continue;
        };
        for sibling in &member.siblings {
            if !allowed.contains(&sibling.name.as_str()) {
                complaints.push(Complaint::of_file(
                    &manifest,
                    format!("{} must not depend on {}", member.name, sibling.name),
                    format!(
                        "drop the {} dependency: move what needs it to a crate that may have it \
                         (ARROW in {THIS_FILE})",
                        sibling.kind
                    ),
                ));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::workspace::{Member, Sibling};
    use super::*;

    /// A workspace in which `name` depends on `sibling`.
    fn planted(name: &str, sibling: &str, kind: &str) -> Workspace {
        let member = Member {
            id: name.to_owned(),
            name: name.to_owned(),
            folder: "crates/x".to_owned(),
            description: None,
            is_library: true,
            siblings: vec![Sibling { name: sibling.to_owned(), kind: kind.to_owned() }],
        };
        Workspace { members: vec![member], ..Workspace::default() }
    }

    #[test]
    fn the_arrow_may_be_followed() {
        for (name, sibling) in [
            ("sockrates-socket", "sockrates-core"),
            ("sockrates-server", "sockrates-unix"),
            ("sockrates-cli", "sockrates-harness"),
            ("sockrates", "sockrates-udp"),
            ("sockrates-benches", "sockrates"),
        ] {
            assert_eq!(check(&planted(name, sibling, "normal")), [], "{name} on {sibling}");
        }
    }

    #[test]
    fn against_the_arrow_is_caught_for_every_kind() {
        for (name, sibling) in [
            ("sockrates-core", "sockrates-socket"),
            ("sockrates-tcp", "sockrates-udp"),
            ("sockrates-tcp", "sockrates-harness"),
            ("sockrates-poll", "sockrates-core"),
            ("sockrates-harness", "sockrates-tcp"),
            ("sockrates", "sockrates-harness"),
            ("sockrates-benches", "sockrates-cli"),
            ("xtask", "sockrates-core"),
        ] {
            for kind in ["normal", "dev", "build"] {
                let complaints = check(&planted(name, sibling, kind));
                assert_eq!(complaints.len(), 1, "{name} on {sibling} ({kind})");
                assert!(complaints[0].remedy.contains(kind));
            }
        }
    }

    #[test]
    fn a_crate_without_a_place_is_caught() {
        let complaints = check(&planted("sockrates-new", "sockrates-core", "normal"));
        assert!(complaints[0].what.contains("sockrates-new has no place"));
    }
}
