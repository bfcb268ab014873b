//! One stream, received by each of the ways there are: all of them give the same.

use proptest::collection::vec;
use proptest::prelude::*;
use sockrates_core::framing::{Chunked, LengthPrefix, Lines, Netstring};
use sockrates_core::{Decoded, Errno, Error, FrameErrorKind, Framed, Framing, Op, Result};

use crate::every::FRAMINGS;
use crate::script::{Arrival, Script, bytes, timed_out, would_block};

type Frames = Framed<Script, Box<dyn Framing>>;

/// A way to receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Next,
    /// Into a vector of each frame's own.
    Into,
    /// Into one vector for all, which still holds what was before.
    IntoAgain,
    /// A receive, then all the frames that have come.
    Batch,
    /// As a batch, of which only the first frame is taken at a time.
    BatchOfOne,
    /// Each of them in turn.
    Mixed,
}

const WAYS: [Way; 5] = [Way::Into, Way::IntoAgain, Way::Batch, Way::BatchOfOne, Way::Mixed];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Frame(Vec<u8>),
    Bad(FrameErrorKind),
    /// An error after which nothing more can be decoded.
    Dead(FrameErrorKind),
    /// The end in the midst of a frame, and what is left.
    Cut(Vec<u8>),
    /// Nothing more of a script of datagrams.
    Dry,
}

/// All that `framed` gives, until it ends; what would have to wait is asked for again.
fn receive(framed: &mut Frames, way: Way) -> Vec<Event> {
    let mut events = Vec::new();
    let mut again = b"of before".to_vec();
    let mut pauses = 0;
    for turn in 0.. {
        assert!(events.len() < 10_000 && turn < 100_000, "{way:?} comes to no end");
        let step = match (way, turn % 4) {
            (Way::Next, _) | (Way::Mixed, 0) => next(framed, &mut events),
            (Way::Into, _) | (Way::Mixed, 1) => into(framed, &mut Vec::new(), &mut events),
            (Way::IntoAgain, _) | (Way::Mixed, 2) => into(framed, &mut again, &mut events),
            (Way::BatchOfOne, _) => batch(framed, 1, &mut events),
            (Way::Batch | Way::Mixed, _) => batch(framed, usize::MAX, &mut events),
        };
        match step {
            Ok(true) => {}
            Ok(false) => return events,
            Err(Error::Eof { have, .. }) => {
                assert_eq!(have, framed.buffered().len());
                events.push(Event::Cut(framed.buffered().to_vec()));
                return events;
            }
            Err(Error::Frame { error, .. }) if error.is_recoverable() => {
                events.push(Event::Bad(error.kind));
            }
            Err(Error::Frame { error, peer }) => {
                let again = framed.next().map(|_| ());
                assert_eq!(again, Err(Error::Frame { error: error.clone(), peer }));
                events.push(Event::Dead(error.kind));
                return events;
            }
            Err(Error::Os { errno: Errno::ECONNRESET, .. }) => {
                events.push(Event::Dry);
                return events;
            }
            Err(error) => {
                assert!(error.would_block() || error.is_timeout(), "{error}");
                pauses += 1;
                assert!(pauses < 5000, "{way:?} waits for ever");
            }
        }
    }
    unreachable!("the turns end with an answer")
}

fn next(framed: &mut Frames, events: &mut Vec<Event>) -> Result<bool> {
    let Some(frame) = framed.next()? else { return Ok(false) };
    events.push(Event::Frame(frame.to_vec()));
    Ok(true)
}

fn into(framed: &mut Frames, body: &mut Vec<u8>, events: &mut Vec<Event>) -> Result<bool> {
    if !framed.next_into(body)? {
        assert!(body.is_empty());
        return Ok(false);
    }
    events.push(Event::Frame(body.clone()));
    Ok(true)
}

/// Takes at most so many of the frames that are there, and receives where there was none.
fn batch(framed: &mut Frames, most: usize, events: &mut Vec<Event>) -> Result<bool> {
    let before = events.len();
    let mut frames = framed.frames();
    for frame in frames.by_ref().take(most) {
        events.push(Event::Frame(frame?.to_vec()));
    }
    if most == usize::MAX {
        assert!(frames.next().is_none() && frames.next().is_none(), "an end is an end");
    }
    if events.len() > before { Ok(true) } else { framed.fill() }
}

/// A stream of `wire`, cut at shares of its length, with a pause at every other cut.
fn stream(wire: &[u8], cuts: &[f64]) -> Script {
    let mut cuts: Vec<usize> =
        cuts.iter().map(|share| (share * wire.len() as f64) as usize).collect();
    cuts.sort_unstable();
    let mut arrivals = Vec::new();
    let mut at = 0;
    for (index, cut) in cuts.into_iter().enumerate() {
        // A stream cannot bring nothing: that would be its end.
        if cut > at {
            arrivals.push(bytes(&wire[at..cut]));
        }
        at = cut;
        match index % 3 {
            0 => arrivals.push(Arrival::Fails(would_block())),
            1 => arrivals.extend([timed_out(), would_block()].map(Arrival::Fails)),
            _ => {}
        }
    }
    if at < wire.len() {
        arrivals.push(bytes(&wire[at..]));
    }
    Script::stream(arrivals)
}

/// The frames of `bodies`, of those that `framing` can carry.
fn encode(name: &str, framing: &dyn Framing, bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut wire = Vec::new();
    for body in bodies {
        // A refused body leaves nothing behind.
        let _ = framing.encode_into(body, &mut wire);
    }
    if name == "chunked" {
        framing.encode_into(&[], &mut wire).unwrap();
    }
    wire
}

/// Every way to receive `wire` gives what `next` does.
fn same(name: &str, make: impl Fn() -> Box<dyn Framing>, wire: &[u8], cuts: &[f64]) {
    let mut framed = Framed::new(stream(wire, &[]), make());
    let want = receive(&mut framed, Way::Next);
    let consumed = consumed(&framed, wire);
    for way in WAYS {
        for cuts in [cuts, &[]] {
            let mut framed = Framed::new(stream(wire, cuts), make());
            let seen = receive(&mut framed, way);
            assert!(seen == want, "{name} {way:?} {cuts:?}: {}", differ(&seen, &want));
            assert_eq!(self::consumed(&framed, wire), consumed, "{name} {way:?} {cuts:?}");
        }
    }
}

/// How many bytes of `wire` have been consumed; those behind them are in the buffer.
fn consumed(framed: &Frames, wire: &[u8]) -> usize {
    let buffered = framed.buffered();
    let arrived = wire.len() - framed.get_ref().left();
    assert!(wire[..arrived].ends_with(buffered), "other bytes in the buffer");
    arrived - buffered.len()
}

/// Where two of them differ, in few words.
fn differ(seen: &[Event], want: &[Event]) -> String {
    let at = seen.iter().zip(want).take_while(|(one, other)| one == other).count();
    let mut texts = [seen.get(at), want.get(at)].map(|event| format!("{event:?}"));
    texts.iter_mut().for_each(|text| text.truncate(200));
    format!("event {at} is {} in place of {}", texts[0], texts[1])
}

/// So many cases a property (or `PROPTEST_CASES`), and no files beside the tests.
fn config(cases: u32) -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if set { default } else { ProptestConfig { cases, ..default } }
}

fn byte() -> impl Strategy<Value = u8> {
    let special = b"\0\x01\x02\x05\r\n\r\n--a0123:,;\xc0\xdb\xdc\xdd\x80\xff".to_vec();
    prop_oneof![3 => proptest::sample::select(special), 1 => any::<u8>()]
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn small_frames_are_the_same_every_way(
        bodies in vec(vec(byte(), 0..40), 0..8), cuts in vec(0.0..1.0, 0..8),
        cut_short in 0.0..1.3f64
    ) {
        for (name, make) in FRAMINGS {
            let mut wire = encode(name, &*make(40), &bodies);
            wire.truncate((cut_short.min(1.0) * wire.len() as f64) as usize);
            same(name, || make(40), &wire, &cuts);
        }
    }

    #[test]
    fn faults_are_the_same_every_way(
        wire in vec(byte(), 0..120), cuts in vec(0.0..1.0, 0..8), max in 0usize..20
    ) {
        for (name, make) in FRAMINGS {
            same(name, || make(max), &wire, &cuts);
        }
    }
}

proptest! {
    #![proptest_config(config(2))]

    #[test]
    fn large_frames_are_the_same_every_way(
        lens in vec(prop_oneof![0usize..200, 10_000usize..70_000, 60_000usize..300_000], 1..4),
        cuts in vec(0.0..1.0, 0..12), fault in 0.0..2.0f64, cut_short in 0.0..2.0f64
    ) {
        const MAX: usize = 400_000;
        let bodies: Vec<Vec<u8>> = lens.iter().map(|len| text(*len)).collect();
        let narrow = ["u8", "u16", "u16 little inclusive", "fixed"];
        for (name, make) in FRAMINGS {
            let max = if narrow.contains(name) { 60_000 } else { MAX };
            let mut wire = encode(name, &*make(max), &bodies);
            // What is wrong lies more often in a body than around it, where it does no harm.
            if fault < 1.0 && !wire.is_empty() {
                let place = (fault * wire.len() as f64) as usize;
                wire[place] ^= 0x80;
            }
            wire.truncate((cut_short.min(1.0) * wire.len() as f64) as usize);
            same(name, || make(max), &wire, &cuts);
        }
    }
}

/// A body of letters, which every framing can carry.
fn text(len: usize) -> Vec<u8> {
    (0..len).map(|i| b'a' + (i * 7 % 26) as u8).collect()
}

#[test]
fn what_is_announced_comes_true() {
    for (name, make) in FRAMINGS {
        for len in [1, 16, 300] {
            let mut framing = make(300);
            let body = text(if *name == "fixed" { 300 } else { len.min(framing.max()) });
            let wire = encode("", &*framing, std::slice::from_ref(&body));
            for have in 0..wire.len() {
                framing.reset();
                let Ok(Decoded::Need(_)) = framing.decode(&mut wire[..have].to_vec(), false) else {
                    continue;
                };
                let Some(announced) = framing.announced(&wire[..have]) else { continue };
                let rest = announced.head + announced.body;
                assert_eq!(wire[announced.head..rest], body, "{name} {have}");
                assert_eq!(announced.whole(), Some(wire.len()), "{name} {have}");
                framing.finish(&announced, &wire[rest..]).unwrap();
                let fresh = framing.decode(&mut wire.clone(), false);
                let body = announced.head..rest;
                assert_eq!(fresh, Ok(Decoded::Frame { body, consume: wire.len() }), "{name}");
            }
        }
    }
}

/// A wire of two frames with large bodies of `len` bytes.
fn two(framing: &dyn Framing, len: usize) -> (Vec<u8>, Vec<u8>) {
    let body = text(len);
    let wire = encode("", framing, &[body.clone(), body.clone()]);
    (body, wire)
}

#[test]
fn a_large_body_is_received_into_the_callers_memory() {
    let framing = LengthPrefix::u32(1_000_000).unwrap();
    let (body, wire) = two(&framing, 500_000);
    let mut framed = Framed::new(Script::stream(wire.chunks(50_000).map(bytes)), framing);
    let mut into = Vec::new();
    for _ in 0..2 {
        assert_eq!(framed.next_into(&mut into), Ok(true));
        assert!(into == body);
        // Only what lay before the body, or came behind it, has been in the buffer.
        assert!(framed.buffered().len() <= 4096, "{}", framed.buffered().len());
    }
    assert_eq!(framed.next_into(&mut into), Ok(false));
    assert!(framed.into_parts().buffered.is_empty());
}

#[test]
fn the_callers_memory_grows_as_bytes_arrive() {
    let announced = (1u64 << 39).to_be_bytes();
    let script = Script::stream([bytes(announced), bytes(text(10)), Arrival::Fails(timed_out())]);
    let mut framed = Framed::new(script, LengthPrefix::u64(1 << 40).unwrap());
    let mut body = Vec::new();
    let error = framed.next_into(&mut body).unwrap_err();
    assert_eq!(error, Error::TimedOut { op: Op::RecvFrame, done: 18 });
    // The usual buffer, and what is received ahead.
    assert!(body.capacity() <= 68 * 1024);
    assert_eq!(framed.buffered(), [&announced[..], &text(10)].concat());
    assert!(framed.get_ref().seen.borrow().room_max <= 68 * 1024);
}

#[test]
fn the_callers_memory_does_not_grow_while_nothing_arrives() {
    let announced = (1u64 << 30).to_be_bytes();
    let nothing = (0..100).map(|_| Arrival::Fails(timed_out()));
    let script = Script::stream([bytes(announced)].into_iter().chain(nothing));
    let mut framed = Framed::new(script, LengthPrefix::u64(1 << 40).unwrap());
    let mut body = Vec::new();
    for _ in 0..100 {
        assert!(framed.next_into(&mut body).unwrap_err().is_timeout());
    }
    assert!(body.capacity() <= 68 * 1024, "{}", body.capacity());
}

#[test]
fn a_large_body_that_is_interrupted_can_be_read_in_any_way() {
    let framing = LengthPrefix::u32(1_000_000).unwrap();
    let (body, wire) = two(&framing, 200_000);
    for first in [1, 5, 10_000, 100_000, 200_003, 200_010] {
        let script = Script::stream([
            bytes(&wire[..first]),
            Arrival::Fails(would_block()),
            bytes(&wire[first..]),
        ]);
        let mut framed = Framed::new(script, framing.clone());
        let mut into = Vec::new();
        if first < 200_004 {
            let error = framed.next_into(&mut into).unwrap_err();
            assert_eq!(error, Error::Os { op: Op::RecvFrame, errno: Errno::EAGAIN, done: first });
            assert!(framed.buffered() == &wire[..first]);
        }
        assert!(framed.next().unwrap() == Some(&body));
        assert!(matches!(framed.next_into(&mut into), Ok(true) | Err(_)));
        if into != body {
            assert_eq!(framed.next_into(&mut into), Ok(true));
        }
        assert!(into == body);
    }
}

#[test]
fn a_wrong_tail_is_told_of_as_always() {
    let body = text(100_000);
    let framings: [Box<dyn Framing>; 2] =
        [Box::new(Netstring::new(100_000)), Box::new(Chunked::new(100_000))];
    for mut framing in framings {
        let mut wire = framing.encode(&body).unwrap().to_vec();
        let last = wire.len() - 1;
        wire[last] = b'x';
        let want = framing.decode(&mut wire.clone(), false).unwrap_err();
        framing.reset();
        let mut framed = Framed::new(Script::stream(wire.chunks(9000).map(bytes)), framing);
        let Err(Error::Frame { error, .. }) = framed.next_into(&mut Vec::new()) else {
            panic!("accepted");
        };
        assert_eq!(error, want);
        assert!(framed.buffered() == wire);
    }
}

#[test]
fn a_receive_waits_for_the_frames_that_are_there_to_be_taken() {
    let mut framed = Framed::new(Script::stream([bytes(b"a\nb\nc")]), Lines::lf(10));
    assert_eq!(framed.frames().count(), 0);
    assert_eq!(framed.fill(), Ok(true));
    assert_eq!(framed.frames().collect::<Result<Vec<_>>>(), Ok(vec![&b"a"[..], b"b"]));
    assert_eq!(framed.buffered(), b"c");
    assert_eq!(framed.fill(), Ok(true));
    assert_eq!(framed.frames().count(), 0);
    assert_eq!(framed.fill(), Err(Error::Eof { op: Op::RecvFrame, have: 1, want: None }));

    let datagrams = [bytes(b"a\nb\n"), bytes(b"c\n"), bytes(b"d"), bytes(b"e\n")];
    let mut framed = Framed::new(Script::datagrams(datagrams), Lines::lf(10));
    for _ in 0..2 {
        assert_eq!(framed.fill(), Ok(true));
    }
    assert_eq!(framed.frames().collect::<Result<Vec<_>>>(), Ok(vec![&b"a"[..], b"b"]));
    assert_eq!(framed.fill(), Ok(true));
    assert_eq!(framed.next(), Ok(Some(&b"c"[..])));
    assert_eq!(framed.fill(), Ok(true));
    let cut = framed.frames().next().unwrap().unwrap_err();
    assert!(cut.is_recoverable(), "{cut}");
    assert_eq!(framed.frames().count(), 0);
    assert_eq!(framed.fill(), Ok(true));
    assert_eq!(framed.frames().collect::<Result<Vec<_>>>(), Ok(vec![&b"e"[..]]));
}

#[test]
fn at_the_end_what_is_whole_is_told_before_what_is_cut() {
    for (cut, end) in [(&b""[..], Ok(false)), (b"\0\x02d", Err(3))] {
        let wire = [b"\0\x01a\0\x01b\0\x01c", cut].concat();
        let script = Script::stream([bytes(wire)]);
        let mut framed = Framed::new(script, LengthPrefix::u16(9).unwrap());
        for body in [b"a", b"b", b"c"] {
            for _ in 0..3 {
                assert_eq!(framed.fill(), Ok(true));
            }
            assert_eq!(framed.frames().next(), Some(Ok(&body[..])));
        }
        assert_eq!(framed.frames().next(), None);
        let end = end.map_err(|have| Error::Eof { op: Op::RecvFrame, have, want: None });
        assert_eq!([framed.fill(), framed.fill()], [end.clone(), end]);
    }
}

#[test]
fn an_error_that_can_be_recovered_from_does_not_end_a_batch() {
    let mut framed = Framed::new(Script::stream([bytes(b"a\nlonger\nb\n")]), Lines::lf(3));
    assert_eq!(framed.fill(), Ok(true));
    let seen: Vec<_> = framed.frames().map(|frame| frame.ok()).collect();
    assert_eq!(seen, [Some(&b"a"[..]), None, Some(b"b")]);

    let script = Script::stream([bytes(b"\0\x01a\xff\xff\0\x01b")]);
    let mut framed = Framed::new(script, LengthPrefix::u16(3).unwrap());
    assert_eq!(framed.fill(), Ok(true));
    assert!(framed.frames().map(|frame| frame.is_ok()).eq([true, false]));
    assert_eq!(framed.frames().count(), 0);
    assert!(!framed.fill().unwrap_err().is_recoverable());
}

#[test]
fn datagrams_are_the_same_every_way() {
    let datagrams = [&b"a\nb\n"[..], b"", b"c", b"d\n", b"toolongline\ne\n", b"f\n"];
    let mut seen = [Way::Next, Way::Into, Way::IntoAgain, Way::Batch, Way::Mixed].map(|way| {
        let dry = Error::os(Op::Recv, Errno::ECONNRESET);
        let arrivals = datagrams.iter().map(bytes).chain([Arrival::Fails(dry)]);
        let framing: Box<dyn Framing> = Box::new(Lines::lf(5));
        receive(&mut Framed::new(Script::datagrams(arrivals), framing), way)
    });
    assert_eq!(seen[0].iter().filter(|event| matches!(event, Event::Frame(_))).count(), 5);
    seen.sort_by_key(Vec::len);
    assert!(seen.windows(2).all(|two| two[0] == two[1]), "{seen:?}");
}
