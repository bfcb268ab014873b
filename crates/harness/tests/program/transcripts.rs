//! Transcripts that were stored are judged again: as they were, doctored, cut off, and foreign.

use std::fs;
use std::path::PathBuf;

use crate::faulty::{Run, fresh_folder, run};

/// A report of a TCP socket, with its traces: nine clauses, one of them deviated from, one skipped.
fn stored() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/tcp-v4.jsonl")
}

fn text() -> String {
    fs::read_to_string(stored()).expect("the transcript is in the sources")
}

/// Judges a file of this content.
fn judged(content: &[u8]) -> Run {
    let folder = fresh_folder();
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("transcript");
    fs::write(&path, content).expect("it is written");
    let judged = run(&["judge", &path.display().to_string()]);
    let _ = fs::remove_dir_all(folder);
    judged
}

/// Judges the transcript after what was `one` in it has become `other`.
fn doctored(one: &str, other: &str) -> Run {
    let text = text();
    assert_eq!(text.matches(one).count(), 1, "{one}");
    judged(text.replace(one, other).as_bytes())
}

#[test]
fn a_stored_transcript_is_judged_as_it_was() {
    let run = run(&["judge", &stored().display().to_string()]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let told = "\nverdict    cases\ndeviation      1\nok             7\nskipped        1\n\
        model: 8 traces admitted, 0 refused (0 of cases that are fine), 0 undecided\n\
        judge: 9 cases, 0 verdicts differ from those stored, 0 unknown clauses\n";
    assert_eq!(run.stdout, told);
    assert!(!run.out.exists(), "judging writes nothing");
}

#[test]
fn what_sockets_cannot_do_is_refused_where_it_was_done() {
    let answered = r#""op":"recv_to_end","ms":2999,"n":6,"data":"616e73776572""#;
    let ended = r#""end":8,"on":"b","op":"recv","len":1024,"ms":2999,"n":0,"data":"""#;
    let reset = r#""len":8,"ms":2999,"err":"ECONNRESET""#;
    let peeked = r#""at":17,"end":18,"on":"b","op":"recv","len":100,"flags":"PEEK""#;
    for (one, other, told) in [
        (
            answered,
            r#""op":"recv_to_end","ms":2999,"n":6,"data":"616e73776573""#,
            "REFUSED  stream.eof.half  tcp-v4\n  at op 7: a.recv_to_end(",
        ),
        (
            ended,
            r#""end":8,"on":"b","op":"recv","len":1024,"ms":2999,"n":1,"data":"00""#,
            "REFUSED  stream.eof.sticky  tcp-v4\n  at op 4: b.recv(1024",
        ),
        (
            reset,
            r#""len":8,"ms":2999,"n":0,"data":"""#,
            "REFUSED  stream.reset.abort  tcp-v4\n  at op 3: a.recv(8",
        ),
        (
            peeked,
            r#""at":17,"end":18,"on":"b","op":"recv","len":100"#,
            "REFUSED  stream.io.peek  tcp-v4\n  at op 10: b.recv(1",
        ),
    ] {
        let run = doctored(one, other);
        assert_eq!(run.code, Some(1), "{told}: {run:?}");
        assert!(run.stdout.contains(told), "{told}: {}", run.stdout);
        assert!(run.stdout.contains("\n  permitted "), "{}", run.stdout);
        assert!(run.stdout.contains("7 traces admitted, 1 refused (1 of"), "{}", run.stdout);
    }
}

#[test]
fn a_verdict_that_no_longer_holds_is_told() {
    let run = doctored(
        r#""verdict":"deviation","raw":"saw","variant":"EPIPE""#,
        r#""verdict":"deviation","raw":"saw","variant":"a signal""#,
    );
    assert_eq!(run.code, Some(1), "{run:?}");
    let told = "DIFFERS  stream.conn.unconnected-send  tcp-v4: Deviation when it was stored, ";
    assert!(run.stdout.contains(told), "{}", run.stdout);
    assert!(run.stdout.contains("1 verdicts differ"), "{}", run.stdout);
    let run = doctored("stream.reset.abort", "stream.reset.gone");
    assert_eq!(run.code, Some(6), "{run:?}");
    let told = "UNKNOWN  stream.reset.gone  tcp-v4: this catalogue has no such clause";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}

/// What a report says of a clause under an axis is judged by what is recorded of that axis, and
/// keeping to a clause that is departed from plainly is no fault there.
#[test]
fn an_axis_is_judged_by_what_is_recorded_of_it() {
    let under = |one: &str, other: &str| {
        let clause = r#""clause":"stream.conn.unconnected-send""#;
        let axis = format!(r#"{clause},"axis":"short-writes""#);
        let text = text().replace(clause, &axis).replace(one, other);
        judged(text.as_bytes())
    };
    let departs = under("nothing", "nothing");
    assert_eq!(departs.code, Some(0), "{departs:?}");
    assert!(departs.stdout.contains("\ndeviation      1\n"), "{}", departs.stdout);
    let deviation = r#""verdict":"deviation","raw":"saw","variant":"EPIPE""#;
    let keeps = under(deviation, r#""verdict":"ok","raw":"saw","variant":"ENOTCONN""#);
    assert_eq!(keeps.code, Some(0), "{keeps:?}");
    let else_where = under(deviation, r#""verdict":"deviation","raw":"saw","variant":"a signal""#);
    assert_eq!(else_where.code, Some(1), "{else_where:?}");
    let told = "DIFFERS  stream.conn.unconnected-send under short-writes  tcp-v4: Deviation";
    assert!(else_where.stdout.contains(told), "{}", else_where.stdout);
}

/// A judge that is itself at fault says so, whatever else there is.
#[test]
fn the_judges_own_fault_has_a_code_of_its_own() {
    let text = text().replace(
        r#""verdict":"deviation","raw":"saw","variant":"EPIPE""#,
        r#""verdict":"regression","raw":"harness-error","why":"a thread was not started""#,
    );
    let again = judged(text.as_bytes());
    assert_eq!(again.code, Some(70), "{again:?}");
    let folder = fresh_folder();
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("report.jsonl");
    fs::write(&path, text).expect("it is written");
    let summary = run(&["summary", &path.display().to_string()]);
    assert_eq!(summary.code, Some(70), "{summary:?}");
    assert!(summary.stdout.contains("BROKEN CHECK"), "{}", summary.stdout);
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn moments_that_make_no_sense_are_told() {
    let run = doctored(
        r#""at":3,"end":4,"on":"b","op":"abort""#,
        r#""at":3,"on":"b","end":3,"op":"abort""#,
    );
    assert_eq!(run.code, Some(2), "{run:?}");
    let told = "NO TRACE  stream.reset.abort  tcp-v4: op 2 ends before it begins: b.abort()";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}

#[test]
fn of_a_transcript_that_was_cut_off_the_rest_is_judged() {
    let text = text();
    let cut = judged(&text.as_bytes()[..text.len() / 2]);
    assert_eq!(cut.code, Some(6), "{cut:?}");
    assert!(cut.stdout.contains("judge: cut off: "), "{}", cut.stdout);
    assert!(cut.stdout.contains(" of 9 cases were written\n"), "{}", cut.stdout);
    assert!(cut.stdout.contains(" 0 refused "), "{}", cut.stdout);
}

#[test]
fn what_is_no_transcript_is_refused() {
    let text = text();
    let newer = text.replace("\"schema\":2", "\"schema\":9");
    let twice = format!("{text}{text}");
    let unknown = text.replace("\"op\":\"abort\"", "\"ops\":\"abort\"");
    let trace = |rest: &str| format!("{{\"trace\": 1, \"is\": \"stream\", {rest}");
    for (content, words) in [
        (&text.as_bytes()[..200], "line 1: a report begins with a header, and this is none: EOF"),
        (newer.as_bytes(), "line 1: it was written by a newer version of this program"),
        (twice.as_bytes(), "line 12: nothing may follow the footer"),
        (unknown.as_bytes(), "line 7: "),
        (b"", "it is empty"),
        (b"[package]\nname = \"foreign\"\n", "is no report of this program: line 1: "),
        (b"\x7fELF\x02\x01\x01\xff\xfe", "is no report of this program: "),
        (b"{\"trace\": 7}", "is no trace: it is of version 7, and this program reads 1"),
        (b"{\"trace\": \"one\"}", "is no trace: invalid type"),
        (trace("\"record\": {\"steps\": [{\"at\"").as_bytes(), "is no trace: EOF while parsing"),
        (trace("\"records\": {}}").as_bytes(), "is no trace: unknown field `records`"),
    ] {
        let run = judged(content);
        assert_eq!(run.code, Some(2), "{words}: {run:?}");
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{words}: {}", run.stdout);
    }
    // What schema 1 had no word for is not missed: its verdicts are judged as they are.
    let older = judged(text.replace("\"schema\":2", "\"schema\":1").as_bytes());
    assert_eq!(older.code, Some(0), "{older:?}");
    let none = run(&["judge", "no-such-file"]);
    assert_eq!(none.code, Some(2), "{none:?}");
    assert!(none.stderr.contains("no-such-file cannot be read: "), "{}", none.stderr);
}

#[test]
fn a_single_trace_is_judged_by_the_model_alone() {
    let trace = |is: &str, got: &str| {
        format!(
            r#"{{"trace": 1, "is": "{is}", "record": {{"steps": [
                {{"at": 1, "end": 2, "op": "pair", "made": ["a", "b"]}},
                {{"at": 3, "end": 4, "on": "a", "op": "send", "len": 1, "n": 1, "data": "61"}},
                {{"at": 5, "end": 6, "on": "b", "op": "recv", "len": 9, "n": 1, "data": "{got}"}}
            ]}}}}"#
        )
    };
    let right = judged(trace("stream", "61").as_bytes());
    assert_eq!((right.code, &*right.stdout), (Some(0), "admitted: 3 operations\n"));
    let wrong = judged(trace("stream", "62").as_bytes());
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    let told = "REFUSED\n  at op 3: b.recv(9) -> 1 bytes: 62\n  permitted 1 byte, ";
    assert!(wrong.stdout.starts_with(told), "{}", wrong.stdout);
    let strange = judged(trace("pigeon", "61").as_bytes());
    assert_eq!(strange.code, Some(2), "{strange:?}");
    assert!(strange.stdout.contains("it is of a pigeon"), "{}", strange.stdout);
}
