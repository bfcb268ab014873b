//! The checks of the clauses stream.eof.*

use crate::checks::checks;
use crate::expect::{ends, holds};
use crate::{Case, Observation};

fn sticky(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.close_send()?;
    for _ in 0..3 {
        ends(&b, case.soon())?;
    }
    holds()
}

checks!("stream.eof" { sticky });
