//! The command line: what is listed, explained, refused, and how a failure is told.

use crate::faulty::{Run, command, run};

#[test]
fn a_failing_report() {
    let mut args =
        vec!["--only", "stream.eof.sticky", "--limit", "1", "--seed", "7", "--jobs", "2"];
    for subject in ["right", "hangs", "aborts", "exits", "panics"] {
        args.extend(["--subject", subject]);
    }
    let run = run(&args);
    insta::assert_snapshot!(run.normalised());
}

#[test]
fn a_page_of_the_manual() {
    let page = run(&["explain", "stream.eof.sticky"]);
    assert_eq!(page.code, Some(0));
    insta::assert_snapshot!(page.normalised());
}

#[test]
fn a_page_of_a_subject_says_what_is_skipped_and_why_in_short() {
    let page = run(&["explain", "right"]);
    assert_eq!(page.code, Some(0));
    for words in [
        "right\n    stream: judged by ",
        "\ncan\n    half-close\n",
        "\nskipped, for want of\n    socket (",
        "stream.rights.*, cross.rights.*\n",
        "\nto judge it alone\n",
    ] {
        assert!(page.stdout.contains(words), "{words}: {}", page.stdout);
    }
    assert!(page.stdout.lines().count() < 60, "{}", page.stdout);
}

#[test]
fn the_help() {
    let help = run(&["--help"]);
    assert_eq!(help.code, Some(0));
    insta::assert_snapshot!(help.normalised());
}

#[test]
fn what_is_refused() {
    let wrong: &[&[&str]] = &[
        &["explain", "stream.eof.stiky"],
        &["explain"],
        &["list", "strem"],
        &["--only", "stream.eof.sticky.more"],
        &["--skip", "quic"],
        &["run", "--subject", "hags"],
        &["--subject", "tcp-v4"],
        &["jugde"],
        &["run", "stream.eof"],
        &["--sbject", "right"],
        &["-x"],
        &["--seed", "-1"],
        &["--seed", "0xg"],
        &["--repeat", "0"],
        &["--jobs", "1000000"],
        &["--limit", "NaN"],
        &["--limit", "0"],
        &["--profile", "srict"],
        &["--mutants", "--subject", "none"],
    ];
    let mut told = String::new();
    for args in wrong {
        let run = run(args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert_eq!(run.stdout, "", "{args:?}");
        let error = run.stderr.lines().next().unwrap_or_default();
        told.push_str(&format!("{}\n  {error}\n", args.join(" ")));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn the_list_for_machines_has_all_of_the_list_for_people() {
    let (people, machines) = (run(&["list"]), run(&["list", "--json"]));
    let clauses: Vec<serde_json::Value> = serde_json::from_str(&machines.stdout).expect("JSON");
    for clause in &clauses {
        let id = clause["id"].as_str().expect("an id");
        assert!(people.stdout.contains(id), "{id}");
    }
    let count = format!("{} clauses", clauses.len());
    assert_eq!(people.stdout.lines().last(), Some(count.as_str()));
    let subjects = run(&["list", "--subjects"]);
    assert!(subjects.stdout.contains("panics"), "{}", subjects.stdout);
}

#[test]
fn the_reports_agree() {
    let run = run(&["--subject", "right", "--subject", "panics", "--only", "stream.eof"]);
    let read = |name: &str| std::fs::read_to_string(run.out.join(name)).expect(name);
    let (page, junit) = (read("report.md"), read("junit.xml"));
    let last = run.stdout.lines().last().expect("a last line");
    assert!(page.contains(last), "{page}");
    let book = run.book();
    let counts = &book.last().expect("a footer")["counts"];
    let failed = counts["regressions"].as_u64().expect("a count");
    assert!(failed > 0);
    assert_eq!(
        junit.matches("<error").count() as u64 + junit.matches("<failure").count() as u64,
        failed
    );
    assert_eq!(
        junit.matches("<skipped").count() as u64,
        counts["skipped"].as_u64().expect("a count")
    );
    assert_eq!(
        junit.matches("<testcase").count() as u64,
        counts["runs"].as_u64().expect("a count")
    );
    assert_eq!(book[0]["kind"], "header");
    assert_eq!(book[0]["schema"], 2);
}

#[test]
fn the_same_seed_gives_the_same_cases() {
    let seeds = |seed: &str| {
        let run = run(&["--subject", "right", "--only", "stream.eof", "--seed", seed]);
        let mut seeds: Vec<_> = run
            .book()
            .iter()
            .filter(|line| line["kind"] == "case")
            .map(|line| (line["clause"].to_string(), line["seed"].to_string()))
            .collect();
        seeds.sort();
        seeds
    };
    assert_eq!(seeds("7"), seeds("0x7"));
    assert_ne!(seeds("7"), seeds("8"));
}

#[test]
fn rounds_are_counted_and_none_differs() {
    let run = run(&["--subject", "right", "--only", "stream.eof.sticky", "--repeat", "5"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    let line = "\nrepeat: 5 rounds, 0 flakes in 5 runs; at most 45 % (95 %) of runs differ\n";
    assert!(run.stdout.contains(line), "{}", run.stdout);
}

#[test]
fn nothing_ran_is_not_success() {
    let run = run(&["--subject", "right", "--only", "stream.conn.refused"]);
    assert_eq!(run.code, Some(4), "{}", run.stdout);
}

#[test]
fn a_page_that_cannot_be_written_is_said() {
    let file = std::env::current_exe().expect("a test has a program");
    let (mut command, _) = command(&["--subject", "right"]);
    let output = command.arg("--out").arg(file.join("below-a-file")).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("cannot be written"), "{error}");
}

#[test]
fn a_mutant_is_caught_by_exactly_its_clauses_or_the_difference_is_told() {
    let only = ["--only", "stream.eof.sticky", "--only", "stream.io.intact"];
    let caught = run(&[&["--mutants", "--subject", "aborts*"], &only[..]].concat());
    assert_eq!(caught.code, Some(0), "{}", caught.stdout);
    let last = |run: &Run| run.stdout.lines().last().map(str::to_owned);
    assert_eq!(last(&caught).as_deref(), Some("mutants: 1 of 1 caught, 0 false alarms"));
    let both = run(&[&["--mutants", "--limit", "0.5"], &only[..]].concat());
    assert_eq!(both.code, Some(1), "{}", both.stdout);
    assert_eq!(last(&both).as_deref(), Some("mutants: 1 of 2 caught, 1 false alarms"));
    for words in [
        "missed by stream.io.intact\n    holds",
        "false alarm of stream.eof.sticky\n    hung at op 3: b.recv(1024)",
    ] {
        assert!(both.stdout.contains(words), "{words}: {}", both.stdout);
    }
}
