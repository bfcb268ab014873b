//! The checks of the clauses framing.whole.*

use sockrates_core::{Decoded, Error, FrameErrorKind, Framed, Framing as _};

use super::post::Post;
use super::reader::write;
use crate::checks::checks;
use crate::expect::{ensure, fail, holds, same_bytes};
use crate::{Case, Observation};

const MAX: usize = 60;

fn untouched(case: &Case<'_>) -> Observation {
    let framing = case.framing(MAX)?;
    for body in [&b""[..], b"a", b"\0\r\n", &[0xff; MAX]] {
        same_bytes("the wire", body, &write(&framing, &[body.to_vec()])?)?;
    }
    holds()
}

fn at_end(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    for len in [0, 1, MAX] {
        let mut window = vec![b'x'; len];
        match framing.decode(&mut window, false) {
            Ok(Decoded::Need(1..)) => {}
            other => return fail("more may follow", format!("{other:?}")),
        }
        let all = Ok(Decoded::Frame { body: 0..len, consume: len });
        let came = framing.decode(&mut window, true);
        ensure(came == all, "all there is, once nothing follows", format!("{came:?}"))?;
        framing.reset();
    }
    holds()
}

fn datagrams(case: &Case<'_>) -> Observation {
    let long = vec![b'x'; MAX + 1];
    let arriving = [&b"one"[..], b"", &long, b"four", b""].map(<[u8]>::to_vec);
    let mut framed = Framed::new(Post::new(arriving), case.framing(MAX)?);
    for sent in [Some(&b"one"[..]), Some(b""), None, Some(b"four"), Some(b"")] {
        match (sent, framed.next()) {
            (Some(sent), Ok(Some(frame))) => same_bytes("a frame", sent, frame)?,
            (None, Err(Error::Frame { error, .. })) if error.is_recoverable() => {
                let too_long = matches!(error.kind, FrameErrorKind::TooLong { .. });
                ensure(too_long, "an error that says it is too long", "another")?;
            }
            (None, _) => return fail("a datagram over the maximum is an error", "it is not"),
            (_, Ok(_)) => return fail("an empty datagram is a frame", "the end"),
            (_, Err(error)) => return fail("each datagram is a frame", error.to_string()),
        }
    }
    holds()
}

checks!("framing.whole" { untouched, at_end, datagrams });
