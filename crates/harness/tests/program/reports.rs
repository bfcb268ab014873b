//! Reports: split and joined, compared, held against a baseline, told again.

use std::fs;
use std::path::{Path, PathBuf};

use crate::faulty::{Run, command, fresh_folder, run};

/// A small run with something of everything but hangs.
const SOME: [&str; 8] =
    ["--subject", "right", "--subject", "panics", "--only", "stream.eof", "--seed", "7"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SOME.iter().copied().chain(more.iter().copied()).collect()
}

fn path(run: &Run) -> String {
    run.out.join("report.jsonl").display().to_string()
}

/// The cases of a report, without what differs from run to run.
fn cases(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("report.jsonl")).expect("there is a report");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON"));
    let mut cases: Vec<String> = lines
        .filter(|line: &serde_json::Value| line["kind"] == "case")
        .map(|line| {
            ["subject", "clause", "round", "seed", "verdict", "raw"]
                .map(|key| &line[key])
                .map(ToString::to_string)
                .join(" ")
        })
        .collect();
    cases.sort();
    cases
}

#[test]
fn the_parts_of_a_run_make_the_whole() {
    let whole = run(&SOME);
    let parts = ["1/3", "2/3", "3/3"].map(|part| run(&with(&["--shard", part])));
    let paths = [2, 0, 1].map(|at: usize| path(&parts[at]));
    let merged = run(&["merge", &paths[0], &paths[1], &paths[2]]);
    assert_eq!(merged.code, whole.code, "{merged:?}");
    assert_eq!(cases(&merged.out), cases(&whole.out));
    assert_eq!(merged.stdout.lines().last(), whole.stdout.lines().last());
    let footer = merged.book().pop().expect("a footer");
    assert_eq!(footer["complete"], true, "{footer}");
    for part in &parts {
        assert!(!cases(&part.out).is_empty(), "a part has nothing to do");
    }
    for name in ["index.html", "report.md", "report.tap", "junit.xml", "badge.json", "badge.svg"] {
        assert!(merged.out.join(name).exists(), "{name}");
    }
}

#[test]
fn a_set_that_is_none_is_refused() {
    let parts = ["1/2", "2/2", "1/3"].map(|part| run(&with(&["--shard", part])));
    let [one, two, third] = [0, 1, 2].map(|at: usize| path(&parts[at]));
    let other = run(&["--subject", "right", "--only", "stream.eof", "--seed", "8"]);
    let text = fs::read_to_string(&two).expect("there is a report");
    let folder = fresh_folder();
    fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("it is written");
        path.display().to_string()
    };
    let cut = write("cut", &text[..text.len() * 2 / 3]);
    let newer = write("newer", &text.replace("\"schema\":2", "\"schema\":9"));
    let none = write("none", "{}\n");
    let empty = write("empty", "");
    for (paths, words) in [
        (vec![&one], "the set is incomplete: 2/2 is missing"),
        (vec![&one, &two, &one], "are both part 1/2"),
        (vec![&one, &third], "of different splits: 1/2, 1/3"),
        (vec![&one, &path(&other)], "of another run than"),
        (vec![&one, &cut], "run this part again"),
        (vec![&one, &newer], "line 1: it was written by a newer version"),
        (
            vec![&none],
            "line 1: a report begins with a header, and this is none: missing field `kind`",
        ),
        (vec![&empty], "it is empty"),
        (vec![], "merge takes the reports of all parts"),
    ] {
        let paths = paths.iter().map(|path| path.as_str());
        let args: Vec<&str> = std::iter::once("merge").chain(paths).collect();
        let refused = run(&args);
        assert_eq!(refused.code, Some(2), "{words}: {refused:?}");
        assert!(refused.stderr.contains(words), "{words}: {}", refused.stderr);
        assert!(!refused.out.join("report.jsonl").exists(), "{words}");
    }
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn a_summary_tells_what_the_run_told_and_ends_like_it() {
    let first = run(&SOME);
    let again = run(&["summary", &path(&first)]);
    assert_eq!(again.code, first.code);
    assert_eq!(again.stdout.lines().last(), first.stdout.lines().last());
    assert!(again.stdout.contains("PANICKED"), "{}", again.stdout);
    let text = fs::read_to_string(path(&first)).expect("there is a report");
    let lines: Vec<&str> = text.lines().collect();
    let cut = first.out.join("cut.jsonl");
    fs::write(&cut, lines[..lines.len() / 2].join("\n") + "\n{\"kind\":\"ca").expect("written");
    let cut = run(&["summary", &cut.display().to_string()]);
    assert_eq!(cut.code, Some(6), "{}", cut.stdout);
    assert!(cut.stdout.contains("cases were written"), "{}", cut.stdout);
}

#[test]
fn a_difference_fails_only_where_it_is_worse() {
    let one = run(&with(&["--limit", "5"]));
    let text = fs::read_to_string(path(&one)).expect("there is a report");
    let same = run(&["diff", &path(&one), &path(&one)]);
    assert_eq!(same.code, Some(0));
    assert_eq!(same.stdout, "\ndiff: 0 worse, 0 better, 0 other\n");
    let good = "\"verdict\":\"ok\",\"raw\":\"saw\",\"variant\":\"holds\"";
    let bad = "\"verdict\":\"regression\",\"raw\":\"saw\",\"variant\":\"else\"";
    assert!(text.contains(good), "{text}");
    let other = one.out.join("other.jsonl");
    fs::write(&other, text.replacen(good, bad, 1)).expect("it is written");
    let other = other.display().to_string();
    let worse = run(&["diff", &path(&one), &other]);
    assert_eq!(worse.code, Some(1), "{}", worse.stdout);
    assert!(worse.stdout.contains("was ok: holds\n    is  failed: else"), "{}", worse.stdout);
    assert!(worse.stdout.ends_with("diff: 1 worse, 0 better, 0 other\n"), "{}", worse.stdout);
    let better = run(&["diff", &other, &path(&one)]);
    assert_eq!(better.code, Some(0), "{}", better.stdout);
    assert!(better.stdout.ends_with("diff: 0 worse, 1 better, 0 other\n"), "{}", better.stdout);
}

#[test]
fn only_what_is_worse_than_the_baseline_fails() {
    let folder = fresh_folder();
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("baseline.jsonl").display().to_string();
    let missing = run(&with(&["--baseline", &file]));
    assert_eq!(missing.code, Some(2), "{missing:?}");
    assert!(missing.stderr.contains("--update-baseline makes one"), "{}", missing.stderr);
    let made = run(&with(&["--baseline", &file, "--update-baseline"]));
    assert_eq!(made.code, Some(0), "{}", made.stdout);
    let held = run(&with(&["--baseline", &file]));
    assert_eq!(held.code, Some(0), "{}", held.stdout);
    assert!(!held.stdout.contains("PANICKED"), "{}", held.stdout);
    let last = held.stdout.lines().last().expect("a last line");
    assert!(last.ends_with(" of the failures known to the baseline"), "{last}");
    let junit = fs::read_to_string(held.out.join("junit.xml")).expect("there is one");
    assert!(!junit.contains("<failure") && !junit.contains("<error"), "{junit}");
    let worse = run(&with(&["--baseline", &file, "--subject", "exits"]));
    assert_eq!(worse.code, Some(1), "{}", worse.stdout);
    let text = fs::read_to_string(&file).expect("there is a baseline");
    let stale = "{\"subject\":\"right\",\"clause\":\"stream.eof.sticky\",\"sees\":\"hung\"}\n";
    fs::write(&file, format!("{text}{stale}")).expect("it is written");
    let gone = run(&with(&["--baseline", &file]));
    assert_eq!(gone.code, Some(5), "{}", gone.stdout);
    let words = "baseline: no longer seen: stream.eof.sticky on right\n";
    assert!(gone.stdout.contains(words), "{}", gone.stdout);
    let changed = text.replace("the end was not expected", "something else");
    fs::write(&file, changed).expect("it is written");
    assert_eq!(run(&with(&["--baseline", &file])).code, Some(1), "another failure is a new one");
    let renewed = run(&with(&["--baseline", &file, "--update-baseline"]));
    assert_eq!(renewed.code, Some(0), "{}", renewed.stdout);
    assert_eq!(fs::read_to_string(&file).expect("there is a baseline"), text);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn a_part_does_not_overwrite_the_report_of_the_whole() {
    let folder = fresh_folder();
    fs::create_dir_all(&folder).expect("a folder");
    let begin = |args: &[&str]| {
        // Without the folder that the others name.
        let (named, _) = command(&[]);
        let mut bare = std::process::Command::new(named.get_program());
        let output = bare.args(args).current_dir(&folder).output().expect("the program starts");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let only = ["--subject", "right", "--only", "stream.eof.sticky"];
    let told = begin(&only);
    assert!(told.contains("reports in target/conformance/partial\n"), "{told}");
    let told = begin(&[&only[..], &["--shard", "1/2", "--seed", "7"]].concat());
    assert!(told.contains("reports in target/conformance/shard-1-of-2\n"), "{told}");
    let written: Vec<PathBuf> = fs::read_dir(folder.join("target/conformance"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert!(written.iter().all(|path| path.is_dir()), "{written:?}");
    let _ = fs::remove_dir_all(folder);
}

#[test]
#[cfg(unix)]
fn where_no_worker_starts_the_exit_says_so() {
    let (named, out) = command(&SOME);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -n 8; exec \"$@\"", "sh"]).arg(named.get_program());
    let output = shell.args(named.get_args()).output().expect("sh starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(3), "{text}");
    let _ = fs::remove_dir_all(out);
}

#[test]
fn the_text_protocols_are_what_their_readers_expect() {
    let run = run(&with(&["--limit", "5"]));
    let tap = fs::read_to_string(run.out.join("report.tap")).expect("there is one");
    assert!(tap.starts_with("TAP version 14\n1..2\n# Subtest: right\n    1.."), "{tap}");
    assert!(tap.contains("\nok 1 - right\n") && tap.contains("\nnot ok 2 - panics\n"), "{tap}");
    assert!(tap.contains("      ---\n      message: |\n        PANICKED"), "{tap}");
    let badge = fs::read_to_string(run.out.join("badge.json")).expect("there is one");
    let badge: serde_json::Value = serde_json::from_str(&badge).expect("JSON");
    assert_eq!(badge["schemaVersion"], 1);
    assert!(badge["message"].as_str().is_some_and(|text| text.ends_with(" failed")), "{badge}");
}
