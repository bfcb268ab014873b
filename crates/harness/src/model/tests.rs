//! The model beside the in-memory reference, and beside traces that were doctored.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use sockrates_core::{Deadline, Mode, RecvFlags, Shutdown};

use super::{Admission, Nature, Refusal, admit};
use crate::runner::Watch;
use crate::{Conn, Record, Trace, mem};

/// What a program does next, at one of the two ends.
#[derive(Clone, Debug)]
enum Deed {
    Send(Vec<u8>),
    SendAll(usize),
    Recv(usize),
    Peek(usize),
    RecvExact(usize),
    Shutdown(Shutdown),
    Queued,
    Close,
    Abort,
    Dup,
}

fn deed() -> impl Strategy<Value = (bool, Deed)> {
    let how = prop_oneof![Just(Shutdown::Read), Just(Shutdown::Write), Just(Shutdown::Both)];
    let deed = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Deed::Send),
        1 => (0..3000_usize).prop_map(Deed::SendAll),
        5 => (0..60_usize).prop_map(Deed::Recv),
        2 => (0..60_usize).prop_map(Deed::Peek),
        2 => (0..60_usize).prop_map(Deed::RecvExact),
        1 => how.prop_map(Deed::Shutdown),
        1 => Just(Deed::Queued),
        1 => Just(Deed::Close),
        1 => Just(Deed::Abort),
        1 => Just(Deed::Dup),
    ];
    (any::<bool>(), deed)
}

/// What came of the deeds is in the trace; none of them waits.
fn perform(ends: (Conn, Conn), deeds: Vec<(bool, Deed)>, trace: &Trace) {
    let (mut a, mut b) = (ends.0.traced("a", Some(trace)), ends.1.traced("b", Some(trace)));
    for end in [&a, &b] {
        end.set_mode(Mode::NonBlocking).expect("memory has modes");
    }
    for (first, deed) in deeds {
        let end = if first { &mut a } else { &mut b };
        // Whatever comes of it is what the model is asked about.
        match deed {
            Deed::Send(bytes) => drop(end.send(&bytes)),
            Deed::SendAll(len) => drop(end.send_all(&vec![7; len], Deadline::NEVER)),
            Deed::Recv(max) => drop(end.recv(max)),
            Deed::Peek(max) => drop(end.recv_with(max, RecvFlags::PEEK, Deadline::NEVER)),
            Deed::RecvExact(len) => drop(end.recv_exact(len, Deadline::NEVER)),
            Deed::Shutdown(how) => drop(end.shutdown(how)),
            Deed::Queued => drop(end.queued()),
            Deed::Close => drop(end.close()),
            Deed::Abort => drop(end.abort()),
            Deed::Dup => {
                if let Ok(twin) = end.dup() {
                    *end = twin;
                }
            }
        }
    }
}

fn recorded(program: impl FnOnce(&Trace)) -> Record {
    let watch = Arc::new(Mutex::new(Watch::default()));
    let heard = Arc::clone(&watch);
    let trace = Trace::new(Box::new(move |event| heard.lock().unwrap().hear(event.clone())));
    program(&trace);
    drop(trace);
    let watch = std::mem::take(&mut *watch.lock().unwrap());
    watch.record()
}

/// The record with the pair that it begins with, which is made outside of the trace.
fn with_pair(mut record: Record) -> Record {
    for step in &mut record.steps {
        step.at += 2;
        step.end = step.end.map(|end| end + 2);
    }
    let pair = r#"{"at": 1, "end": 2, "op": "pair", "made": ["a", "b"]}"#;
    record.steps.insert(0, serde_json::from_str(pair).unwrap());
    record
}

/// Some cases, unless the environment says how many.
fn config() -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if set { default } else { ProptestConfig { cases: 200, ..default } }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_the_reference_does_with_bytes_is_admitted(
        deeds in prop::collection::vec(deed(), 0..40),
    ) {
        let (a, b) = mem::stream_pair().unwrap();
        let record = recorded(|trace| perform((Conn::new(a), Conn::new(b)), deeds, trace));
        prop_assert_eq!(admit(Nature::stream(), &with_pair(record)), Admission::Admitted);
    }

    #[test]
    fn what_the_reference_does_with_messages_is_admitted(
        deeds in prop::collection::vec(deed(), 0..40),
    ) {
        let (a, b) = mem::MemPost::default().connected_pair().unwrap();
        let record = recorded(|trace| perform((Conn::new(a), Conn::new(b)), deeds, trace));
        prop_assert_eq!(admit(Nature::datagram(true), &with_pair(record)), Admission::Admitted);
    }
}

fn refusal(steps: &str) -> Refusal {
    let pair = r#"{"at": 1, "end": 2, "op": "pair", "made": ["a", "b"]}"#;
    let record = format!(r#"{{"steps": [{pair}, {steps}]}}"#);
    match admit(Nature::stream(), &serde_json::from_str(&record).unwrap()) {
        Admission::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_changed_byte_is_refused_where_it_was_received() {
    let refusal = refusal(
        r#"{"at": 3, "end": 4, "on": "a", "op": "send", "len": 2, "n": 2, "data": "6869"},
           {"at": 5, "end": 6, "on": "b", "op": "recv", "len": 9, "n": 2, "data": "6868"}"#,
    );
    assert_eq!(refusal.op, 3);
    assert_eq!(refusal.step, "b.recv(9) -> 2 bytes: 6868");
    assert_eq!(refusal.permitted, ["1 to 2 bytes, the next of those sent"]);
}

#[test]
fn an_end_that_goes_back_to_data_is_refused() {
    let refusal = refusal(
        r#"{"at": 3, "end": 4, "on": "a", "op": "close_send"},
           {"at": 5, "end": 6, "on": "b", "op": "recv", "len": 9, "n": 0, "data": ""},
           {"at": 7, "end": 8, "on": "b", "op": "recv", "len": 9, "n": 1, "data": "00"}"#,
    );
    assert_eq!((refusal.op, refusal.permitted), (4, vec!["the end".to_owned()]));
}

#[test]
fn a_reset_that_is_shown_as_an_end_is_refused() {
    let refusal = refusal(
        r#"{"at": 3, "end": 4, "on": "a", "op": "abort"},
           {"at": 5, "end": 6, "on": "b", "op": "recv", "len": 9, "n": 0, "data": ""}"#,
    );
    assert_eq!((refusal.op, refusal.permitted), (3, vec!["ECONNRESET".to_owned()]));
}

#[test]
fn a_receive_that_never_came_back_is_refused_where_there_was_something() {
    let refusal = refusal(
        r#"{"at": 3, "end": 4, "on": "a", "op": "send", "len": 1, "n": 1, "data": "00"},
           {"at": 5, "on": "b", "op": "recv", "len": 9}"#,
    );
    assert_eq!(refusal.op, 3);
}

#[test]
fn moments_that_make_no_sense_are_no_trace() {
    for steps in [
        r#"{"at": 3, "end": 3, "op": "pair"}"#,
        r#"{"at": 1, "end": 3, "op": "pair"}, {"at": 2, "end": 3, "op": "pair"}"#,
    ] {
        let record = serde_json::from_str(&format!(r#"{{"steps": [{steps}]}}"#)).unwrap();
        assert!(matches!(admit(Nature::stream(), &record), Admission::Malformed(_)), "{steps}");
    }
}

#[test]
fn who_does_not_tell_cuts_may_tell_them_but_not_where_there_are_none() {
    let cut = |told: &str, len: usize, data: &str, caps: &[String]| {
        let value = if told.is_empty() { String::new() } else { format!(r#", "value": "{told}""#) };
        let record = format!(
            r#"{{"steps": [{{"at": 1, "end": 2, "op": "pair", "made": ["a", "b"]}},
            {{"at": 3, "end": 4, "on": "a", "op": "send", "len": 2, "n": 2, "data": "6869"}},
            {{"at": 5, "end": 6, "on": "b", "op": "recv", "len": {len}, "n": {},
              "data": "{data}"{value}}}]}}"#,
            data.len() / 2
        );
        let nature = Nature::listed("datagram", caps).unwrap();
        admit(nature, &serde_json::from_str(&record).unwrap()) == Admission::Admitted
    };
    let (silent, telling) = ([], ["trunc".to_owned()]);
    assert!(cut("", 1, "68", &silent) && cut("truncated", 1, "68", &silent));
    assert!(!cut("", 1, "68", &telling) && cut("truncated", 1, "68", &telling));
    assert!(!cut("truncated", 2, "6869", &silent) && !cut("truncated", 2, "6869", &telling));
}

#[test]
fn a_client_that_was_not_accepted_learns_that_the_listener_is_gone() {
    let learned = |how: &str| {
        let record = format!(
            r#"{{"steps": [{{"at": 1, "end": 2, "op": "listen", "made": ["l"]}},
            {{"at": 3, "end": 4, "on": "l", "op": "getsockname", "value": "127.0.0.1:9"}},
            {{"at": 5, "end": 6, "op": "connect", "to": "127.0.0.1:9", "made": ["c"]}},
            {{"at": 7, "end": 8, "on": "l", "op": "drop"}},
            {{"at": 9, "end": 10, "on": "c", "op": "recv", "len": 8, "ms": 2999, {how}}}]}}"#
        );
        admit(Nature::stream(), &serde_json::from_str(&record).unwrap()) == Admission::Admitted
    };
    assert!(learned(r#""err": "ECONNRESET""#) && learned(r#""n": 0, "data": """#));
    assert!(!learned(r#""err": "timed-out""#) && !learned(r#""n": 1, "data": "00""#));
}

#[test]
fn who_has_no_time_left_may_say_so_before_trying() {
    let send = |ms: u64| {
        format!(
            r#"{{"at": 3, "end": 4, "on": "a", "op": "send", "len": 1, "ms": {ms},
                "err": "timed-out"}}"#
        )
    };
    assert_eq!(refusal(&send(2999)).permitted, ["1 to 1 bytes sent"]);
    let pair = r#"{"at": 1, "end": 2, "op": "pair", "made": ["a", "b"]}"#;
    let record = format!(r#"{{"steps": [{pair}, {}]}}"#, send(0));
    let record = serde_json::from_str(&record).unwrap();
    assert_eq!(admit(Nature::stream(), &record), Admission::Admitted);
}

/// unix(7): binding to no name makes the system choose one.
#[test]
fn a_name_that_the_system_chose_is_learnt_from_a_message() {
    let steps = r#"{"steps": [
        {"at": 1, "end": 2, "op": "socket", "made": ["s1"]},
        {"at": 3, "end": 4, "op": "socket", "made": ["s2"]},
        {"at": 5, "end": 6, "on": "s2", "op": "bind", "to": "@2"},
        {"at": 7, "end": 8, "on": "s1", "op": "bind", "to": "(unnamed)"},
        {"at": 9, "end": 10, "on": "s1", "op": "connect", "to": "@2"},
        {"at": 11, "end": 12, "on": "s1", "op": "send", "len": 1, "n": 1, "data": "61"},
        {"at": 13, "end": 14, "on": "s2", "op": "recv", "len": 9, "n": 1, "data": "61",
            "from": "@46d23"}
    ]}"#;
    let record = serde_json::from_str(steps).unwrap();
    assert_eq!(admit(Nature::datagram(false), &record), Admission::Admitted);
}
