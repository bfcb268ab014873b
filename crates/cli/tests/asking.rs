//! What the judge answers who asks about a clause or a subject, or asks in the wrong way.

use std::process::{Command, Output};

#[test]
fn a_clause_names_what_is_known_of_the_subjects_of_agents() {
    let (page, _, code) = sockrates(&["explain", "stream.io.waitall"]);
    assert_eq!(code, Some(0));
    let (_, known) = page.split_once("known deviations\n").expect(&page);
    let words = "cpython-tcp-v4, cpython-tcp-v6 sees “a whole buffer: 4 bytes, the first 4 as";
    assert!(known.trim_start().starts_with(words), "{page}");
}

#[test]
fn a_clause_says_which_agents_it_has_not_asked() {
    let (page, ..) = sockrates(&["explain", "stream.eof.sticky"]);
    let told = "and those of the agents cpython, go, node, perl (`sockrates list --subjects` asks";
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(told), "{page}");
    assert!(!page.contains("sockrates-tcp-v4"), "whole runs leave it out: {page}");
}

#[test]
fn a_subject_says_that_a_clause_may_lack_several_capabilities() {
    let (page, ..) = sockrates(&["explain", "rustls"]);
    assert!(page.contains("of them lack others too): "), "{page}");
    assert!(!page.contains("need more"), "{page}");
}

#[test]
fn a_name_in_the_wrong_place_is_told_its_option() {
    for (args, told) in [
        (&["run", "tcp-v4"][..], "for one subject say --subject tcp-v4"),
        (&["run", "udp-*"], "for one subject say --subject udp-*"),
        (&["run", "cpython-tcp-v4"], "for one subject say --subject cpython-tcp-v4"),
        (&["run", "read-ahead-forgets-ends"], "--only CLAUSE or --subject NAME"),
        (&["run", "stream.eof"], "for one clause say --only stream.eof"),
        (&["run", "TCP-V4"], "did you mean --subject tcp-v4?"),
        (&["run", "stream.eof.stikcy"], "did you mean --only stream.eof.sticky?"),
        (
            &["explain", "TCP-V4"],
            "no clause, subject or mutant is called `TCP-V4`; did you mean tcp-v4?",
        ),
        (&["explain", "quic"], "`list` lists the clauses, with --subjects or --mutants"),
        (&["explain", "tcp-v4", "--json"], "explain has no --json"),
    ] {
        let (said, error, code) = sockrates(args);
        assert_eq!((said.as_str(), code), ("", Some(2)), "{args:?}");
        assert!(error.contains(told), "{args:?}: {error}");
    }
}

#[test]
fn it_has_a_version_of_its_own() {
    let (said, ..) = sockrates(&["--version"]);
    let version = env!("CARGO_PKG_VERSION");
    let harness = said.strip_prefix(&format!("sockrates {version} (sockrates-harness "));
    assert!(harness.is_some_and(|rest| rest.ends_with(")\n")), "{said}");
}

#[test]
fn a_run_that_judged_nothing_says_so_and_why() {
    let out = format!("{}/nothing", env!("CARGO_TARGET_TMPDIR"));
    let run = |subject: &str, only: &str| {
        sockrates(&["run", "--subject", subject, "--only", only, "--out", &out])
    };
    let (said, _, code) = run("tcp-v4", "framing");
    assert_eq!(code, Some(4));
    assert!(said.contains("nothing was judged: none of these clauses is about"), "{said}");
    let (said, _, code) = run("tcp-v4", "stream.path");
    assert_eq!(code, Some(4));
    assert!(said.contains(" on 1 subject, "), "{said}");
    assert!(said.contains("nothing was judged: each case needs what its subject lacks"), "{said}");
    let (said, ..) = run("rustls", "stream.conn");
    assert!(said.contains("(one may lack several)"), "{said}");
    assert!(!said.contains("nothing was judged"), "{said}");
}

/// What it printed, what it complained with, and its exit code.
fn sockrates(args: &[&str]) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockrates"));
    command.args(args).env_remove("SOCKRATES_CALLED");
    let Output { status, stdout, stderr } = command.output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("what it prints is UTF-8");
    (text(stdout), text(stderr), status.code())
}
