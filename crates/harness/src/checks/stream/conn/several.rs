//! Hosts with several addresses.

use std::time::Duration;

use sockrates_core::{Deadline, Errno, Error};

use super::pending::Silent;
use super::{Nobody, joined};
use crate::expect::{ensure, equal, fail, holds, times_out, told};
use crate::{Case, Observation, Stop};

pub(super) fn several(case: &Case<'_>) -> Observation {
    let (nobody, listener) = (Nobody::find(case)?, case.listen()?);
    let client = case.connect_any(&[nobody.addr, listener.local_addr()?], case.soon())?;
    let (server, _) = listener.accept("s", case.soon())?;
    joined(case, &client, &server)?;
    holds()
}

pub(super) fn several_errors(case: &Case<'_>) -> Observation {
    let (one, other) = (Nobody::find(case)?, Nobody::find(case)?);
    let addrs = [one.addr.clone(), other.addr.clone()];
    let attempts = match case.connect_any(&addrs, case.soon()) {
        Err(Error::Unreachable { attempts }) => attempts,
        Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
        Err(error) => return fail("the error of each address", told(&error)),
        Ok(_) => return fail("the error of each address", "success"),
    };
    let tried: Vec<_> = attempts.iter().map(|(addr, _)| addr.clone()).collect();
    ensure(tried == addrs, "each address once, in order", "other addresses, or another order")?;
    let errors: Vec<_> = attempts.iter().map(|(_, error)| error.errno()).collect();
    equal("the errors", &[Some(Errno::ECONNREFUSED); 2][..], &errors[..])?;
    holds()
}

pub(super) fn several_deadline(case: &Case<'_>) -> Observation {
    let silent = Silent::listen(case)?;
    let addrs = vec![silent.addr; 64];
    let patience = Duration::from_millis(50);
    let (took, result) = case.timed(|| case.connect_any(&addrs, Deadline::after(patience)));
    times_out("connecting where nobody answers", result)?;
    ensure(took >= patience, "no earlier than the deadline", "earlier than the deadline")?;
    // A deadline for each address anew would take more than three seconds.
    ensure(took < patience * 32, "one deadline for all addresses", "a deadline for each anew")?;
    holds()
}
