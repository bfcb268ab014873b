//! Each short stream, cut in every way: the frames and the errors are the same to the last number.

use sockrates_core::{Decoded, FrameError, Framing, Resync};

use every::FRAMINGS;

#[path = "framing_framed/every.rs"]
mod every;

/// What the streams are made of: bytes that mean something together.
const ALPHABETS: [&[u8]; 6] =
    [b"a\xc0\xdb", b"\xc0\xdb\xdc", b"a\0\x02", b"a\r\n", b"0\r\n", b"-a1:,"];

const LONGEST: u32 = 5;

/// What is said of a stream, and at which of its bytes decoding went on behind.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Frame(Vec<u8>, usize),
    Error(FrameError, usize),
    /// So many bytes were left at the end, or it was inside a message.
    Left(usize),
}

/// Has `framing` decode `wire`, cut before each byte whose bit is set in `cuts`.
fn told(framing: &mut dyn Framing, wire: &[u8], cuts: u32) -> Vec<Told> {
    framing.reset();
    let (mut told, mut at) = (Vec::new(), 0);
    let ends = (1..wire.len()).filter(|end| cuts & 1 << end != 0).map(|end| (end, false));
    for (end, last) in ends.chain([(wire.len(), false), (wire.len(), true)]) {
        while !last || at < end {
            let mut window = wire[at..end].to_vec();
            match framing.decode(&mut window, last) {
                Ok(Decoded::Need(_)) => break,
                Ok(Decoded::Skip(n)) => at += n,
                Ok(Decoded::Frame { body, consume }) => {
                    at += consume;
                    told.push(Told::Frame(window[body].to_vec(), at));
                }
                Err(error) => {
                    let Resync::After(n) = error.resync else {
                        told.push(Told::Error(error, at));
                        return told;
                    };
                    at += n;
                    told.push(Told::Error(error, at));
                }
            }
        }
    }
    if at < wire.len() || !framing.may_end() {
        told.push(Told::Left(wire.len() - at));
    }
    told
}

/// The `number`th string of `len` bytes of `alphabet`.
fn spell(alphabet: &[u8], len: u32, mut number: usize) -> Vec<u8> {
    let mut next = || {
        let letter = alphabet[number % alphabet.len()];
        number /= alphabet.len();
        letter
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn no_cut_of_a_short_stream_changes_a_frame_or_an_error() {
    for (name, make) in FRAMINGS {
        for max in [1, 2] {
            let mut framing = make(max);
            for alphabet in ALPHABETS {
                let longest = if alphabet.len() > 3 { LONGEST - 1 } else { LONGEST };
                for len in 1..=longest {
                    for number in 0..alphabet.len().pow(len) {
                        let wire = spell(alphabet, len, number);
                        let want = told(&mut *framing, &wire, 0);
                        for cuts in 1..1 << (len - 1) {
                            let seen = told(&mut *framing, &wire, cuts << 1);
                            let shown = wire.escape_ascii();
                            assert_eq!(seen, want, "{name} at most {max}: {shown} {cuts:b}");
                        }
                    }
                }
            }
        }
    }
}
