//! What the reports of small runs look like, and that parts make the whole.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;

use super::sample::{case, crossed, in_round, motley, report, under};
use super::{Detail, Line, Paint, Report, Shard};
use crate::command::Exit;

/// The page without its style and its scripts.
fn body(report: &Report) -> String {
    let page = report.html();
    let (_, body) = page.split_once("<body>\n").expect("a page has a body");
    let (body, scripts) = body.split_once("<script id=traces").expect("and its traces");
    let (traces, _) = scripts.split_once("</script>").expect("which end");
    format!("{body}<script id=traces{traces}</script>\n")
}

#[test]
fn the_page() {
    insta::assert_snapshot!(body(&motley()));
}

#[test]
fn the_page_of_clients_and_servers() {
    insta::assert_snapshot!(body(&crossed()));
}

#[test]
fn the_page_in_markdown() {
    insta::assert_snapshot!(motley().markdown());
}

#[test]
fn tap() {
    // TAP's own word would be a mark of unfinished work here.
    let tap = motley().tap().replace(concat!("# TO", "DO"), "# KNOWN");
    insta::assert_snapshot!(tap);
}

#[test]
fn what_a_person_reads() {
    insta::assert_snapshot!(motley().summary(Paint::default(), Detail::Brief("judge summary")));
}

#[test]
fn of_much_a_person_reads_the_counts() {
    let names: Vec<String> = (1..=20).map(|number| format!("stream-{number}")).collect();
    let subjects: Vec<_> = names.iter().map(|name| (&**name, "stream")).collect();
    let cases = |name: &String| {
        (1..=9).map(|clause| case(name, &format!("x.y.c{clause}"), "deviation")).collect::<Vec<_>>()
    };
    let mut cases: Vec<Value> = names.iter().flat_map(cases).collect();
    cases.push(case(&names[6], "x.y.fails", "regression"));
    cases.push(case(&names[7], "x.y.skips", "skipped"));
    let report = report(&subjects, &cases);
    insta::assert_snapshot!(report.summary(Paint::default(), Detail::Brief("judge summary")));
    let full = report.summary(Paint::default(), Detail::Full);
    assert!(names.iter().all(|name| full.contains(&format!("\n{name} "))), "{full}");
    assert_eq!(full.matches("it was always so").count(), 9, "{full}");
    assert!(full.lines().all(|line| line.chars().count() <= 80), "{full}");
}

/// Against the limits of Clopper and Pearson as they are printed in tables.
#[test]
fn how_often_rounds_differ_is_told_with_its_limits() {
    let rounds = |bad: u32| -> Vec<Value> {
        let verdict = |round| if round < bad { "regression" } else { "ok" };
        (0..10).map(|round| in_round(case("it", "x.y.z", verdict(round)), round)).collect()
    };
    let told = |bad| report(&[("it", "stream")], &rounds(bad)).flakes(10, Paint::default());
    assert_eq!(
        told(5),
        "FLAKY  x.y.z  it: failed in 5 of 10 rounds, 50 % (19 % to 81 %, 95 %)\n\
         repeat: 10 rounds, 1 flakes in 10 runs; 50 % (19 % to 81 %, 95 %) of runs differ\n"
    );
    assert_eq!(
        told(1),
        "FLAKY  x.y.z  it: failed in 1 of 10 rounds, 10 % (0.25 % to 45 %, 95 %)\n\
         repeat: 10 rounds, 1 flakes in 10 runs; 10 % (0.25 % to 45 %, 95 %) of runs differ\n"
    );
    let none = "repeat: 10 rounds, 0 flakes in 10 runs; at most 26 % (95 %) of runs differ\n";
    assert_eq!((told(0), told(10)), (none.to_owned(), none.to_owned()));
}

/// Wherever the last line was cut off, in the middle of a letter too.
#[test]
fn a_last_line_that_was_cut_off_is_left_out() {
    let mut seen = case("it", "x.y.a", "ok");
    seen["variant"] = "é".into();
    let whole = report(&[("it", "stream")], &[seen.clone(), seen]);
    let [header, case] = [
        serde_json::to_string(&Line::Header(whole.header.clone())).unwrap(),
        serde_json::to_string(&Line::Case(whole.findings[0].clone())).unwrap(),
    ];
    let begun = format!("{header}\n{case}\n").into_bytes();
    for at in 0..case.len() {
        let text = [&begun, &case.as_bytes()[..at]].concat();
        let read = Report::read_from(&text[..]).expect("what came before is whole");
        assert_eq!(read.findings.len(), 1);
        assert_eq!(read.footer, None);
    }
    let odd = [&begun, &b"\xff\n"[..]].concat();
    assert!(Report::read_from(&odd[..]).unwrap_err().starts_with("line 3: "));
}

/// What a subject says does nothing where it is read, and passes for no line of ours.
#[test]
fn nothing_that_is_told_is_obeyed() {
    let mut case = case("it", "x.y.fails", "regression");
    case["observed"] = "\u{1b}[2J</script><b>```".into();
    case["trace"] = serde_json::json!(["op 1: a.recv(1) -> x\n```\r# all is well\u{202e}"]);
    case["stderr"] = serde_json::json!(["\u{1b}]0;title\u{7}\nok"]);
    let told = report(&[("it", "stream")], &[case]);
    let summary = told.summary(Paint::default(), Detail::Full);
    for text in [&summary, &told.markdown(), &told.tap(), &told.html()] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']), "{text}");
        let mut lines = text.lines().map(str::trim_start);
        assert!(!lines.any(|line| line.starts_with("# all") || line.starts_with("ok\n")), "{text}");
    }
    assert!(!told.html().contains("</script><b>"));
}

/// A failure of the baseline that a part no longer saw is in no case, and stays told.
#[test]
fn a_part_with_a_stale_baseline_makes_the_whole_stale() {
    let cases = [case("subject-0", "x.y.a", "ok"), case("subject-1", "x.y.b", "ok")];
    let mut parts: Vec<_> = (1..=2).map(|number| part(&cases, number, 2)).collect();
    parts[1].1.footer.as_mut().expect("it has ended").exit = 5;
    let whole = Report::merge(parts).unwrap();
    assert_eq!(whole.footer.map(|footer| (footer.complete, footer.exit)), Some((true, 5)));
}

const VERDICTS: [&str; 6] = ["ok", "regression", "stale", "deviation", "skipped", "not-run"];

/// Cases of a few subjects: clauses with a verdict, plainly or under an axis, in several rounds.
fn cases() -> impl Strategy<Value = Vec<Value>> {
    let one = (0..4_usize, 0..9_usize, 0..VERDICTS.len(), any::<bool>());
    let some = prop::collection::btree_map((0..4_usize, 0..9_usize, any::<bool>()), one, 0..40);
    (some, 1..3_u32).prop_map(|(some, rounds)| {
        let mut cases = Vec::new();
        for ((subject, clause, plainly), (_, _, verdict, _)) in some {
            let subject = format!("subject-{subject}");
            let clause =
                ["stream.eof.sticky", "stream.io.intact", "x.y.gone"][clause % 3].to_owned();
            let plain = case(&subject, &clause, VERDICTS[verdict]);
            for round in 0..rounds {
                let case = in_round(plain.clone(), round);
                cases.push(if plainly { case } else { under(case, "late-peer") });
            }
        }
        cases.sort_by_key(ToString::to_string);
        cases.dedup_by_key(|case| format!("{}{}{}", case["subject"], case["clause"], case["axis"]));
        cases
    })
}

const SUBJECTS: [(&str, &str); 4] = [
    ("subject-0", "stream"),
    ("subject-1", "stream"),
    ("subject-2", "stream"),
    ("subject-3", "stream"),
];

/// The `number`th of `of` parts of the report of `cases`, as a run of its own makes it.
fn part(cases: &[Value], number: u32, of: u32) -> (String, Report) {
    let shard = Shard { number, of };
    let word = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let taken = |case: &&Value| shard.takes(&word(case, "subject"), &word(case, "clause"));
    let mut report = report(&SUBJECTS, &cases.iter().filter(taken).cloned().collect::<Vec<_>>());
    report.header.shard = Some(shard);
    let exit = Exit::of_whole(&report) as u8;
    report.end(true, Duration::from_millis(1500), exit);
    (format!("part-{number}"), report)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_parts_of_any_split_make_the_whole(
        cases in cases(),
        (of, order) in (1..9_u32).prop_flat_map(|of| {
            (Just(of), Just((1..=of).collect::<Vec<_>>()).prop_shuffle())
        }),
    ) {
        let parts = order.iter().map(|number| part(&cases, *number, of)).collect();
        prop_assert_eq!(Report::merge(parts), Ok(report(&SUBJECTS, &cases)));
    }

    #[test]
    fn a_set_with_a_part_missing_is_refused_by_its_name(
        cases in cases(),
        (of, there) in (2..9_u32).prop_flat_map(|of| {
            let all: Vec<u32> = (1..=of).collect();
            (Just(of), prop::sample::subsequence(all, 1..of as usize))
        }),
    ) {
        let parts = there.iter().map(|number| part(&cases, *number, of)).collect();
        let missing = (1..=of).filter(|number| !there.contains(number));
        let missing: Vec<_> = missing.map(|number| format!("{number}/{of}")).collect();
        let told = format!("the set is incomplete: {} is missing", missing.join(", "));
        prop_assert_eq!(Report::merge(parts), Err(told));
    }

    #[test]
    fn a_part_that_was_cut_off_is_refused(cases in cases(), of in 1..5_u32, cut in 1..5_u32) {
        let mut parts: Vec<_> = (1..=of).map(|number| part(&cases, number, of)).collect();
        let at = (cut % of) as usize;
        let (name, report) = &mut parts[at];
        report.findings.pop();
        report.footer = None;
        let told = format!("{name} is incomplete: ");
        let error = Report::merge(parts).expect_err("it is not whole");
        prop_assert!(error.starts_with(&told), "{}", error);
        prop_assert!(error.ends_with("; run this part again"), "{}", error);
    }
}
