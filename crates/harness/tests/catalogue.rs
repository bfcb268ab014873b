//! The catalogue as it stands: whoever changes a clause sees it here. Accept what is meant with
//! `INSTA_UPDATE=always`.

use sockrates_harness::catalogue;

#[test]
fn the_clauses() {
    let mut text = String::new();
    for clause in catalogue::all() {
        text.push_str(&format!("{} {}: {}\n", clause.level.word(), clause.id, clause.says));
    }
    insta::assert_snapshot!(text);
}

/// `docs/sources.md` names the clauses that ask what others' tests ask.
#[test]
fn the_clauses_that_the_list_of_sources_names_are_there() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sources.md");
    // A package that is used by itself has no such folder.
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let groups = ["stream.", "datagram.", "framing.", "readiness.", "server.", "cross."];
    let quoted = text.split('`').skip(1).step_by(2);
    let named: Vec<&str> =
        quoted.filter(|word| groups.iter().any(|group| word.starts_with(group))).collect();
    assert!(named.len() > 200, "{} clauses named", named.len());
    for id in named {
        assert!(catalogue::find(id).is_some(), "{id} is no clause");
    }
}
