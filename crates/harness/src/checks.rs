//! The checks: one plain function a clause, named like it.
//!
//! `checks::stream::eof::sticky` checks the clause `stream.eof.sticky`. A check drives the case's
//! ends and returns the name of the behaviour it saw; whether that is permitted is the clause's to
//! say.

mod cross;
mod datagram;
mod framing;
mod option;
mod readiness;
mod rights;
mod server;
pub(crate) mod signal;
mod stream;

use crate::{Case, Observation};

/// A check.
pub(crate) type Check = fn(&Case<'_>) -> Observation;

/// A group of checks: the ids' common part, and each last word with its function. Words are joined
/// by `_` here and by `-` in ids.
pub(crate) type Group = (&'static str, &'static [(&'static str, Check)]);

/// Lists a module's checks under the part of the id that they share.
macro_rules! checks {
    ($group:literal { $($name:ident),* $(,)? }) => {
        pub(crate) const CHECKS: crate::checks::Group =
            ($group, &[$((stringify!($name), $name as crate::checks::Check)),*]);
    };
}
pub(crate) use checks;

const GROUPS: &[Group] = &[
    stream::conn::CHECKS,
    stream::io::CHECKS,
    stream::eof::CHECKS,
    stream::reset::CHECKS,
    stream::deadline::CHECKS,
    stream::concurrent::CHECKS,
    stream::listen::CHECKS,
    stream::option::CHECKS,
    stream::path::CHECKS,
    stream::state::CHECKS,
    rights::STREAM,
    datagram::message::CHECKS,
    datagram::address::CHECKS,
    datagram::error::CHECKS,
    datagram::shutdown::CHECKS,
    datagram::option::CHECKS,
    rights::DATAGRAM,
    datagram::deadline::CHECKS,
    datagram::transfer::CHECKS,
    datagram::state::CHECKS,
    framing::core::CHECKS,
    framing::error::CHECKS,
    framing::length::CHECKS,
    framing::varint::CHECKS,
    framing::delimiter::CHECKS,
    framing::lines::CHECKS,
    framing::netstring::CHECKS,
    framing::cobs::CHECKS,
    framing::slip::CHECKS,
    framing::chunked::CHECKS,
    framing::whole::CHECKS,
    framing::fixed::CHECKS,
    readiness::level::CHECKS,
    readiness::api::CHECKS,
    readiness::edge::CHECKS,
    server::start::CHECKS,
    server::serve::CHECKS,
    server::fault::CHECKS,
    server::bound::CHECKS,
    server::stop::CHECKS,
    server::datagram::CHECKS,
    cross::errno::CHECKS,
    cross::process::CHECKS,
    cross::capability::CHECKS,
    rights::CROSS,
];

/// The check of the clause `id`.
pub(crate) fn find(id: &str) -> Option<Check> {
    let (group, word) = id.rsplit_once('.')?;
    let word = word.replace('-', "_");
    let (_, checks) = GROUPS.iter().find(|(name, _)| *name == group)?;
    checks.iter().find(|(name, _)| *name == word).map(|(_, check)| *check)
}

/// The ids of all checks.
pub(crate) fn ids() -> impl Iterator<Item = String> {
    GROUPS.iter().flat_map(|(group, checks)| {
        checks.iter().map(move |(name, _)| format!("{group}.{}", name.replace('_', "-")))
    })
}
