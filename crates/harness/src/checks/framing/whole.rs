//! The checks of the clauses framing.whole.*

use sockrates_core::{Decoded, Framing as _};

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

checks!("framing.whole" { untouched, at_end });
