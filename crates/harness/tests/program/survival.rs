//! What a subject does to its process, the run survives, and says so.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use crate::faulty::{Run, command, run};

/// How long a case of these tests may take. Short, for one of them hangs; long enough for a busy
/// machine.
const LIMIT: &str = "1";

/// One clause at whose end the faults strike, and one that they leave alone.
fn one_good_one_bad(subject: &str) -> Run {
    run(&[
        "--subject",
        subject,
        "--only",
        "stream.eof.sticky",
        "--only",
        "stream.io.intact",
        "--limit",
        LIMIT,
        "--seed",
        "7",
    ])
}

#[track_caller]
fn assert_told(run: &Run, raw: &str, words: &str) {
    assert_eq!(run.code, Some(1), "{run:?}");
    // Long lines are wrapped.
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(words), "{words}: {}", run.stdout);
    let subject = run.book()[0]["subjects"][0]["name"].as_str().expect("a name").to_owned();
    let expected = [("stream.eof.sticky", "regression", raw), ("stream.io.intact", "ok", "saw")]
        .map(|(id, verdict, raw)| (id.to_owned(), verdict.to_owned(), raw.to_owned()));
    assert_eq!(run.cases(&subject), expected);
    let last = run.stdout.lines().last();
    let line = "conformance: 1 subjects, 2 clauses, 2 runs: 1 ok, 1 regressions, 0 stale, \
                0 deviations, 0 skipped, 0 not run";
    assert_eq!(last, Some(line));
}

#[test]
fn a_hang_is_ended_and_its_operation_named() {
    let run = one_good_one_bad("hangs");
    assert_told(&run, "hung", "hung at op 3: b.recv(1024)");
}

#[test]
fn an_abort_is_named_with_its_last_words() {
    let run = one_good_one_bad("aborts");
    assert_told(&run, "crashed", "crashed: killed by SIGABRT (op 3: b.recv(1024))");
    assert!(run.stdout.contains("the last words of a subject"), "{}", run.stdout);
}

#[test]
fn an_exit_that_looks_like_success_is_a_crash() {
    let run = one_good_one_bad("exits");
    assert_told(&run, "crashed", "crashed: exited with 0 (op 3: b.recv(1024))");
    assert!(run.stdout.contains("what a subject prints reaches nobody's protocol"));
}

#[test]
fn a_panic_is_named_with_its_place() {
    let run = one_good_one_bad("panics");
    let words = "panicked: the end was not expected, at crates/harness/examples/faulty.rs:";
    assert_told(&run, "panicked", words);
}

#[test]
fn the_others_are_judged_as_if_nothing_had_happened() {
    let run = run(&["--only", "stream.eof", "--limit", LIMIT]);
    assert_eq!(run.code, Some(1));
    assert!(run.cases("right").iter().all(|(_, verdict, _)| verdict != "regression"));
    for subject in ["hangs", "aborts", "exits", "panics"] {
        let judged = run.cases(subject);
        assert_eq!(judged.len(), run.cases("right").len(), "{subject}");
        assert!(judged.iter().any(|(_, verdict, _)| verdict == "regression"), "{subject}");
        assert!(judged.iter().any(|(_, verdict, _)| verdict == "ok"), "{subject}");
    }
    let footer = run.book().pop().expect("a footer");
    assert_eq!(footer["complete"], true);
    assert_eq!(footer["written"], footer["planned"]);
}

#[test]
fn a_subject_that_breaks_too_much_is_left_but_nothing_is_dropped() {
    let run = run(&["--subject", "aborts", "--only", "stream", "--broken", "2", "--jobs", "1"]);
    assert_eq!(run.code, Some(6), "{}", run.stdout);
    let footer = run.book().pop().expect("a footer");
    assert_eq!(footer["complete"], false);
    assert_eq!(footer["written"], footer["planned"]);
    assert_eq!(footer["counts"]["regressions"], 2);
    assert!(footer["counts"]["not_run"].as_u64() > Some(0));
    assert!(run.stdout.contains("the subject is dead: it has broken 2 workers"), "{}", run.stdout);
}

#[test]
fn an_interrupt_ends_the_run_and_the_report_says_so() {
    let (mut command, out) = command(&["--subject", "hangs", "--only", "stream.eof.sticky"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut first = String::new();
    // From its first line on it watches for the signal.
    stdout.read_line(&mut first).expect("the seed");
    assert!(first.starts_with("seed "), "{first}");
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill starts").success());
    let rest: Vec<String> = stdout.lines().map(|line| line.expect("UTF-8")).collect();
    let code = child.wait().expect("it ends").code();
    let run = Run { stdout: rest.join("\n"), stderr: String::new(), code, out };
    assert_eq!(run.code, Some(130), "{run:?}");
    assert!(run.stdout.contains("interrupted"), "{run:?}");
    assert_eq!(run.book().pop().expect("a footer")["complete"], false);
}

#[test]
#[cfg(target_os = "linux")]
fn a_worker_does_not_outlive_a_parent_that_is_killed() {
    let only = ["--subject", "starts-and-hangs", "--only", "stream.eof.sticky", "--limit", "600"];
    let (mut command, out) = command(&only);
    let mut child = command.stdout(Stdio::null()).spawn().expect("the program starts");
    let worker = first_child(&child.id().to_string());
    // It exists from the middle of the case on.
    let started = first_child(&worker);
    child.kill().expect("it is killed");
    child.wait().expect("it has ended");
    assert_ends(&worker);
    assert_ends(&started);
    let _ = std::fs::remove_dir_all(out);
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_subject_started_ends_with_it() {
    let run = one_good_one_bad("starts-and-hangs");
    assert_told(&run, "hung", "hung at op 3: b.recv(1024)");
    let (_, rest) = run.stdout.split_once("started ").expect("it tells what it started");
    let pid: String = rest.chars().take_while(char::is_ascii_digit).collect();
    assert_ne!(pid, "0", "the subject could not start anything");
    assert_ends(&pid);
}

/// How long anything here may take that happens at once.
#[cfg(target_os = "linux")]
const BOUND: Duration = Duration::from_secs(20);

/// A process that `pid` has started, once it has.
#[track_caller]
#[cfg(target_os = "linux")]
fn first_child(pid: &str) -> String {
    let start = Instant::now();
    loop {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children"));
            if let Some(child) = children.unwrap_or_default().split_whitespace().next() {
                return child.to_owned();
            }
        }
        assert!(start.elapsed() < BOUND, "{pid} starts something");
        std::thread::yield_now();
    }
}

#[track_caller]
#[cfg(target_os = "linux")]
fn assert_ends(pid: &str) {
    let start = Instant::now();
    // A zombie that nobody reaps has no command line.
    while std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty()) {
        assert!(start.elapsed() < BOUND, "{pid} ends");
        std::thread::yield_now();
    }
}
