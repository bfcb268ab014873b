//! Framing mutants: the framings of core, each with one method overridden ([`flaw::Flaw`]).

mod announcements;
mod answers;
mod bounds;
mod chunks;
mod decimals;
mod encoders;
mod ends;
mod errors;
mod flaw;
mod lengths;
mod marks;
mod stuffing;
mod twins;
mod varints;

use crate::Mutant;

/// Every framing mutant.
pub(super) fn all() -> Vec<Mutant> {
    [
        lengths::all(),
        varints::all(),
        decimals::all(),
        bounds::all(),
        announcements::all(),
        answers::all(),
        errors::all(),
        ends::all(),
        encoders::all(),
        marks::all(),
        stuffing::all(),
        chunks::all(),
        twins::all(),
    ]
    .concat()
}
