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
