//! What is told, from fixed figures.

use super::*;
use crate::runner::rounds::Rounds;

/// Six rounds around a ratio, with a known spread.
fn ran(ours_ns: f64, ratio: f64) -> Outcome {
    let ratios = [0.98, 1.0, 1.0, 1.0, 1.02, 1.0].map(|part| part * ratio);
    Outcome::Ran(Rounds { ours_ns, peer_ns: ours_ns * ratio, ratios: ratios.to_vec(), left_out: 0 })
}

fn report() -> Report {
    let row = |group, case: &str, peer, goal, work, outcome| Row {
        group,
        case: case.to_owned(),
        ours: "TcpStream::send",
        peer,
        goal,
        work,
        cost: Cost::Time,
        outcome,
    };
    let (at_least, bytes) = (|goal| Some(Goal::AtLeast(goal)), Work::Bytes(64));
    let python = Outcome::Skipped("python3 is missing".to_owned());
    let broken = Outcome::Failed("it panicked: send: EPIPE".to_owned());
    let mut rows = vec![
        row("call", "send+recv, 64 B", "libc", at_least(0.98), bytes, ran(6200.0, 1.0)),
        row("call", "send+recv, 64 B", "CPython", at_least(1.25), bytes, python),
        row("call", "connect+accept", "libc", None, Work::Elements(1), broken),
        row("framing", "decode, 64 B", "tokio-util", at_least(8.0), bytes, ran(5.2, 7.5)),
        row("server", "64 clients", "mio", Some(Goal::AtMost(1.0)), Work::Elements(1), {
            ran(4900.0, 1.0)
        }),
    ];
    rows[4].cost = Cost::Cpu;
    let count = |name: &str, ours, libc| Count { name: name.to_owned(), ours, libc };
    Report {
        machine: Machine {
            kernel: "linux 6.18.0".to_owned(),
            cpu: "Some CPU".to_owned(),
            cores: 2,
            governor: Some("performance".to_owned()),
            load: Some(2.5),
            date: Some("2026-11-22 03:10 UTC".to_owned()),
            rustc: "rustc 1.95.0".to_owned(),
            peers: vec![("mio".to_owned(), "1.2.4".to_owned())],
        },
        settings: "4 s a contest".to_owned(),
        rows,
        counts: Ok(vec![
            count("TCP send", 54.0, Some(24.0)),
            count("UDP recv", 126.0, Some(24.0)),
            count("decode", 41.25, None),
        ]),
    }
}

#[test]
fn the_table() {
    let report = report();
    insta::assert_snapshot!(format!("{}{}", report.table(), report.summary()));
}

#[test]
fn the_page() {
    insta::assert_snapshot!(report().markdown());
}

#[test]
fn lines_as_they_are_done() {
    let lines: Vec<_> = report().rows.iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_machines_read() {
    let json = report().json();
    assert_eq!(json["rows"][0]["ratio"]["median"], 1.0);
    assert_eq!(json["rows"][0]["verdict"], "met");
    assert_eq!(json["rows"][1]["skipped"], "python3 is missing");
    assert_eq!(json["rows"][2]["failed"], "it panicked: send: EPIPE");
    assert_eq!(json["rows"][4]["ratio"]["of"], "cost");
    assert_eq!(json["instructions"][1]["ours"], 126.0);
    let skipped = Report { counts: Err("valgrind is missing".to_owned()), ..report() };
    assert_eq!(skipped.json()["instructions"]["skipped"], "valgrind is missing");
    assert!(skipped.table().contains("user instructions: SKIPPED: valgrind is missing"));
    assert!(skipped.markdown().contains("SKIPPED: valgrind is missing"));
}

#[test]
fn everything_is_counted() {
    let report = report();
    assert_eq!((report.failed(), report.over()), (1, 1));
    assert_eq!(report.with(Verdict::Missed), 1);
}

#[test]
fn a_group_that_ran_is_drawn_and_one_that_did_not_is_not() {
    let report = report();
    let svg = plot::svg("call", &report.of_group("call"), &report.machine).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert_eq!(svg.matches("<circle").count(), 1);
    assert_eq!(svg.matches("class=\"goal\"").count(), 1);
    assert_eq!(plot::svg("stream", &report.of_group("stream"), &report.machine), None);
    assert_eq!(plot::svg("call", &[&report.rows[1]], &report.machine), None);
}

#[test]
fn a_drawing_explains_itself() {
    let report = report();
    let svg = |rows: &[&Row]| plot::svg("server", rows, &report.machine).unwrap();
    let (speed, cost) = ("higher is better", "lower is better");
    let both = svg(&[&report.rows[0], &report.rows[4], &report.rows[2]]);
    for words in [
        "y=\"28.0\">server: ours beside its peers<",
        "2 cores, governor performance, load 2.50, 2026-11-22 03:10 UTC",
        speed,
        cost,
        "goal: at least",
        "goal: at most",
        ">1 skipped or failed: report.md says why<",
    ] {
        assert_eq!(both.matches(words).count(), 1, "{words}: {both}");
    }
    let alone = svg(&[&report.rows[4]]);
    assert!(alone.contains(cost) && !alone.contains(speed) && !alone.contains("skipped"));
}

#[test]
fn the_files_are_written() {
    let folder = std::env::temp_dir().join(format!("sockrates-report-{}", std::process::id()));
    let written = report().write(&folder).unwrap();
    let names = ["report.md", "report.json", "call.svg", "framing.svg", "server.svg"];
    assert_eq!(written, names);
    for name in names {
        assert!(folder.join(name).is_file(), "{name}");
    }
    fs::remove_dir_all(folder).unwrap();
}
