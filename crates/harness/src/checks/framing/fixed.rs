//! The checks of the clauses framing.fixed.*

use sockrates_core::{Decoded, Framing as _};

use super::vector::{are_refused, are_wires};
use crate::checks::checks;
use crate::expect::{fail, holds};
use crate::{Case, Observation};

fn size(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(100)?;
    let size = framing.max();
    let (body, longer) = (vec![b'x'; size], vec![b'x'; size + 1]);
    are_wires(&mut framing, &[(&body, &body)])?;
    are_refused(&framing, &[b"", &body[1..], &longer])?;
    for have in 0..size {
        match framing.decode(&mut body[..have].to_vec(), false) {
            Ok(Decoded::Need(more)) if more == size - have => {}
            other => return fail("what the frame still has is needed", format!("{other:?}")),
        }
    }
    holds()
}

checks!("framing.fixed" { size });
