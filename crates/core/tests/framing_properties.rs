//! The laws of `Framing`, held against every framing.

use proptest::collection::vec;
use proptest::prelude::*;
use sockrates_core::{Decoded, FrameErrorKind, Framing, Resync};

use every::FRAMINGS;

#[path = "framing_framed/every.rs"]
mod every;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Frame(Vec<u8>),
    Bad(FrameErrorKind),
    /// An error after which nothing more can be decoded.
    Dead(FrameErrorKind),
    /// The end, with so many bytes left over, or inside a message.
    Cut(usize),
}

/// Receives `wire` in pieces that end at `cuts` and holds every answer to the laws.
fn receive(framing: &mut dyn Framing, wire: &[u8], cuts: &[usize]) -> Vec<Event> {
    let mut events = Vec::new();
    let mut at = 0;
    let ends = cuts.iter().map(|&cut| (cut, false));
    for (end, last) in ends.chain([(wire.len(), false), (wire.len(), true)]) {
        loop {
            if last && at == end {
                break;
            }
            let mut window = wire[at..end].to_vec();
            let whole = window.len();
            match framing.decode(&mut window, last) {
                Ok(Decoded::Need(n)) => {
                    assert!(n >= 1, "Need(0)");
                    assert!(whole < framing.window_max(), "{whole} bytes are not enough");
                    assert_eq!(window, &wire[at..end], "Need rewrote the window");
                    break;
                }
                Ok(Decoded::Skip(n)) => {
                    assert!((1..=whole).contains(&n), "Skip({n}) of {whole}");
                    assert_eq!(window, &wire[at..end], "Skip rewrote the window");
                    at += n;
                }
                Ok(Decoded::Frame { body, consume }) => {
                    assert!((1..=whole).contains(&consume), "a frame of {consume} of {whole}");
                    assert!(body.end <= consume && body.len() <= framing.max());
                    assert_eq!(
                        window[consume..],
                        wire[at + consume..end],
                        "rewrote the next frame"
                    );
                    events.push(Event::Frame(window[body].to_vec()));
                    at += consume;
                }
                Err(error) => match error.resync {
                    Resync::After(n) => {
                        assert!(n <= whole, "After({n}) of {whole}");
                        assert_eq!(window, &wire[at..end], "an error rewrote the window");
                        events.push(Event::Bad(error.kind));
                        at += n;
                    }
                    Resync::Never => {
                        assert_eq!(framing.decode(&mut window, last), Err(error.clone()));
                        events.push(Event::Dead(error.kind));
                        return events;
                    }
                },
            }
            assert!(events.len() <= wire.len() + 1, "no progress");
        }
    }
    if at < wire.len() || !framing.may_end() {
        events.push(Event::Cut(wire.len() - at));
    }
    events
}

/// Those of `bodies` that `framing` can carry, and their frames.
fn encode(framing: &dyn Framing, bodies: &[Vec<u8>]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let (mut carried, mut wire) = (Vec::new(), Vec::new());
    for body in bodies {
        let before = wire.len();
        match framing.encode(body) {
            Ok(frame) => {
                framing.encode_into(body, &mut wire).unwrap();
                assert_eq!(wire[before..], frame.to_vec(), "encode and encode_into differ");
                assert_eq!(frame.len(), wire.len() - before);
                carried.push(body.clone());
            }
            Err(error) => {
                assert_eq!(framing.encode_into(body, &mut wire), Err(error.clone()));
                assert_eq!(wire.len(), before, "a refused body left something behind");
                assert!(error.is_callers() && error.is_recoverable(), "{error}");
            }
        }
    }
    (carried, wire)
}

/// As a chunked message ends with an empty body, a stream of such frames must.
fn ended(name: &str, mut bodies: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    match name {
        "chunked" => bodies.push(Vec::new()),
        // One frame is all that a stream can have.
        "whole" => {
            bodies.retain(|body| !body.is_empty());
            bodies.truncate(1);
        }
        _ => {}
    }
    bodies
}

/// Bytes that mean something to some framing, more often than others.
fn byte() -> impl Strategy<Value = u8> {
    let special = b"\0\x01\x02\x05\r\n\r\n--a0123:,;\xc0\xdb\xdc\xdd\x80\xff".to_vec();
    prop_oneof![3 => proptest::sample::select(special), 1 => any::<u8>()]
}

/// Where to cut, as shares of the length.
fn cuts() -> impl Strategy<Value = Vec<f64>> {
    vec(0.0..1.0, 0..6)
}

fn at(cuts: &[f64], len: usize) -> Vec<usize> {
    let mut at: Vec<usize> = cuts.iter().map(|share| (share * len as f64) as usize).collect();
    at.sort_unstable();
    at
}

/// 200 cases a property (or `PROPTEST_CASES`), and no files beside the tests.
fn config() -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if set { default } else { ProptestConfig { cases: 200, ..default } }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn bodies_come_back_however_the_stream_is_cut(
        bodies in vec(vec(byte(), 0..40), 0..6), cuts in cuts()
    ) {
        for (name, make) in FRAMINGS {
            let mut framing = make(40);
            let (bodies, wire) = encode(&*framing, &ended(name, bodies.clone()));
            let want: Vec<Event> = bodies.into_iter().map(Event::Frame).collect();
            let one_by_one: Vec<usize> = (0..wire.len()).collect();
            for cuts in [at(&cuts, wire.len()), Vec::new(), one_by_one] {
                let seen = receive(&mut *framing, &wire, &cuts);
                prop_assert_eq!(&seen, &want, "{} {:?}", name, cuts);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_do_no_harm_and_their_cut_does_not_matter(
        wire in vec(byte(), 0..120), cuts in cuts(), max in 0usize..20
    ) {
        for (name, make) in FRAMINGS {
            let want = receive(&mut *make(max), &wire, &[]);
            let one_by_one: Vec<usize> = (0..wire.len()).collect();
            for cuts in [at(&cuts, wire.len()), one_by_one] {
                let seen = receive(&mut *make(max), &wire, &cuts);
                prop_assert_eq!(&seen, &want, "{} {:?}", name, cuts);
            }
        }
    }

    #[test]
    fn a_wire_with_a_fault_does_no_harm(
        bodies in vec(vec(byte(), 0..20), 1..5), place in 0.0..1.0, fault in byte(), cuts in cuts()
    ) {
        for (name, make) in FRAMINGS {
            let (_, mut wire) = encode(&*make(20), &ended(name, bodies.clone()));
            if wire.is_empty() {
                continue;
            }
            let place = (place * wire.len() as f64) as usize;
            wire[place] = fault;
            let want = receive(&mut *make(20), &wire, &[]);
            let seen = receive(&mut *make(20), &wire, &at(&cuts, wire.len()));
            prop_assert_eq!(seen, want, "{}", name);
        }
    }

    #[test]
    fn large_bodies_come_back(body in vec(byte(), 200..1100), zeros in any::<bool>()) {
        let body: Vec<u8> = body.into_iter().filter(|byte| zeros || *byte != 0).collect();
        for (name, make) in FRAMINGS {
            let mut framing = make(1100);
            let (bodies, wire) = encode(&*framing, &ended(name, vec![body.clone()]));
            let want: Vec<Event> = bodies.into_iter().map(Event::Frame).collect();
            prop_assert_eq!(receive(&mut *framing, &wire, &[wire.len() / 2]), want, "{}", name);
        }
    }

    #[test]
    fn a_stream_that_ends_early_loses_only_its_last_frame(bodies in vec(vec(byte(), 0..12), 1..4)) {
        for (name, make) in FRAMINGS {
            let framing = make(12);
            let (bodies, wire) = encode(&*framing, &ended(name, bodies.clone()));
            let mut ends = vec![0];
            for body in &bodies {
                ends.push(ends[ends.len() - 1] + framing.encode(body).unwrap().len());
            }
            for len in 0..wire.len() {
                let whole = ends.iter().filter(|end| **end <= len).count() - 1;
                let events = receive(&mut *make(12), &wire[..len], &[]);
                let want = expected(name, &bodies[..whole], len - ends[whole]);
                let sure = if ends_frame(name) { whole } else { events.len() };
                prop_assert_eq!(&events[..sure], &want[..], "{} cut at {}", name, len);
            }
        }
    }
}

/// Whether the end of the stream makes a frame of what there is.
fn ends_frame(name: &str) -> bool {
    name == "whole" || name.ends_with("unterminated")
}

/// What arrives of a stream that ends `more` bytes behind the frames of `bodies`.
fn expected(name: &str, bodies: &[Vec<u8>], more: usize) -> Vec<Event> {
    let mut want: Vec<Event> = bodies.iter().cloned().map(Event::Frame).collect();
    // SLIP's first END is skipped at once.
    let more = more.saturating_sub(usize::from(name == "slip"));
    let inside = name == "chunked" && bodies.last().is_some_and(|body| !body.is_empty());
    if !ends_frame(name) && (more > 0 || inside) {
        want.push(Event::Cut(more));
    }
    want
}

#[test]
fn short_streams_arrive_through_every_pair_of_cuts() {
    let bodies = [b"ab".to_vec(), Vec::new(), b"-c\xc0\xdb".to_vec(), vec![0, 1, 0]];
    for (name, make) in FRAMINGS {
        let mut framing = make(if *name == "fixed" { 2 } else { 9 });
        let (bodies, wire) = encode(&*framing, &ended(name, bodies.to_vec()));
        assert!(!bodies.is_empty());
        let want: Vec<Event> = bodies.into_iter().map(Event::Frame).collect();
        for one in 0..=wire.len() {
            for two in one..=wire.len() {
                let seen = receive(&mut *framing, &wire, &[one, two]);
                assert_eq!(seen, want, "{name} cut at {one} and {two}");
            }
        }
    }
}

#[test]
fn the_maximum_passes_and_one_more_is_refused_both_ways() {
    for (name, make) in FRAMINGS {
        for max in [1, 2, 63, 64, 127, 128, 253, 254] {
            let (mut framing, larger) = (make(max), make(max + 1));
            let (fits, over) = (vec![b'x'; max], vec![b'x'; max + 1]);
            let (bodies, wire) = encode(&*framing, &ended(name, vec![fits]));
            let want: Vec<Event> = bodies.into_iter().map(Event::Frame).collect();
            assert_eq!(receive(&mut *framing, &wire, &[]), want, "{name} {max}");

            let refused = framing.encode(&over).unwrap_err();
            assert_eq!(refused.kind, FrameErrorKind::BodyTooLong { len: max + 1, max }, "{name}");
            if *name == "fixed" {
                continue;
            }
            let wire = larger.encode(&over).unwrap().to_vec();
            let seen = receive(&mut *framing, &wire, &[]);
            let too_long = FrameErrorKind::TooLong { len: max as u64 + 1, max };
            assert!(
                seen[0] == Event::Bad(too_long.clone()) || seen[0] == Event::Dead(too_long),
                "{name} {max}: {seen:?}"
            );
        }
    }
}

#[test]
fn a_framing_that_was_reset_is_as_new() {
    let wire = b"\xff\xffab--c\n5;x\r\nd\0\xc0\xdb1:e,";
    for (name, make) in FRAMINGS {
        for len in 0..wire.len() {
            let mut framing = make(3);
            receive(&mut *framing, &wire[..len], &[]);
            framing.reset();
            assert_eq!(
                receive(&mut *framing, wire, &[]),
                receive(&mut *make(3), wire, &[]),
                "{name} after {len} bytes"
            );
        }
    }
}
