//! Small reports for tests.

use serde_json::{Value, json};

use crate::command::Exit;
use crate::report::{Report, SCHEMA};

/// A report of these cases, each of which may leave out what is the same everywhere.
pub(crate) fn report(subjects: &[(&str, &str)], cases: &[Value]) -> Report {
    let listed = |(name, is): &(&str, &str)| json!({"name": name, "is": is, "caps": []});
    let header = json!({
        "kind": "header", "schema": SCHEMA, "harness": "0.0.0", "os": "linux", "kernel": "6.0",
        "catalogue": {"clauses": 3, "edition": "e0"}, "arch": "any", "seed": "0x7",
        "begun": "2001-02-03T04:05:06Z", "program": "judge", "plan": "p0", "planned": cases.len(),
        "subjects": subjects.iter().map(listed).collect::<Vec<_>>(),
    });
    let mut text = format!("{header}\n");
    for case in cases {
        let mut line = json!({
            "kind": "case", "level": "must", "round": 0, "seed": "0x1", "micros": 5,
        });
        let own = case.as_object().expect("a case is an object").clone();
        line.as_object_mut().expect("so is this").extend(own);
        text.push_str(&format!("{line}\n"));
    }
    let mut report = Report::read_from(text.as_bytes()).expect("the cases are well written");
    let exit = Exit::of_whole(&report) as u8;
    report.end(true, std::time::Duration::from_millis(1500), exit);
    report
}

/// A case that came to this verdict, of the sort that does.
pub(crate) fn case(subject: &str, clause: &str, verdict: &str) -> Value {
    let raw = match verdict {
        "ok" => json!({"raw": "saw", "variant": "holds"}),
        "skipped" => json!({"raw": "skipped", "needs": ["connect"]}),
        "not-run" => json!({"raw": "not-run", "why": "interrupted"}),
        "deviation" | "stale" => json!({
            "raw": "saw", "variant": "EPIPE",
            "recorded": {"sees": "EPIPE", "reason": "it was always so"},
        }),
        _ => json!({
            "raw": "failed", "permitted": "the end", "observed": "1 byte: <b>",
            "trace": ["op 1: pair() -> a, b", "op 2: b.recv(9) -> 1 bytes: 3c"],
        }),
    };
    let mut case = json!({"subject": subject, "clause": clause, "verdict": verdict});
    let own = case.as_object_mut().expect("a case is an object");
    own.extend(raw.as_object().expect("so is this").clone());
    case
}

/// The same in another round.
pub(crate) fn in_round(mut case: Value, round: u32) -> Value {
    case["round"] = round.into();
    case
}

/// The same under an adversity.
pub(crate) fn under(mut case: Value, axis: &str) -> Value {
    case["axis"] = axis.into();
    case
}

/// A report with something of everything.
pub(crate) fn motley() -> Report {
    let subjects = [("plain", "stream"), ("od<d#", "stream"), ("frames", "framing")];
    let mut traced = case("plain", "stream.eof.sticky", "ok");
    traced["record"] = json!({"steps": [
        {"at": 1, "end": 2, "op": "pair", "made": ["a", "b"]},
        {"at": 3, "end": 4, "on": "b", "op": "recv", "len": 9, "n": 0, "data": ""},
    ]});
    let mut known = case("frames", "framing.gone.away", "regression");
    known["known"] = true.into();
    report(
        &subjects,
        &[
            traced,
            under(case("plain", "stream.eof.sticky", "ok"), "short-writes"),
            case("od<d#", "stream.eof.sticky", "ok"),
            under(case("od<d#", "stream.eof.sticky", "regression"), "short-writes"),
            case("plain", "stream.conn.refused", "deviation"),
            case("od<d#", "stream.conn.refused", "skipped"),
            case("plain", "stream.gone.away", "stale"),
            case("od<d#", "stream.gone.away", "not-run"),
            known,
        ],
    )
}

/// A report of clients and servers.
pub(crate) fn crossed() -> Report {
    let names = ["old->old", "old->new", "new->new"];
    let subjects = names.map(|name| (name, "stream"));
    let mut report = report(
        &subjects,
        &[
            case(names[0], "stream.eof.sticky", "ok"),
            case(names[1], "stream.eof.sticky", "regression"),
            case(names[2], "stream.eof.sticky", "ok"),
            case(names[2], "stream.conn.refused", "deviation"),
        ],
    );
    for listed in &mut report.header.subjects {
        let (client, server) = listed.name.split_once("->").expect("a client and a server");
        let between = json!({"protocol": "TCP", "client": client, "server": server});
        listed.between = Some(serde_json::from_value(between).expect("it is well written"));
    }
    report
}
