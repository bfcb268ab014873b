//! The catalogue: every clause, as data.

mod cross;
mod cross_rights;
mod datagram_address;
mod datagram_deadline;
mod datagram_error;
mod datagram_message;
mod datagram_option;
mod datagram_rights;
mod datagram_shutdown;
mod datagram_state;
mod datagram_transfer;
pub mod deviations;
mod framing_chunked;
mod framing_cobs;
mod framing_core;
mod framing_delimiter;
mod framing_error;
mod framing_fixed;
mod framing_length;
mod framing_lines;
mod framing_netstring;
mod framing_slip;
mod framing_varint;
mod framing_whole;
mod readiness_api;
mod readiness_edge;
mod readiness_level;
mod reason;
mod server_bound;
mod server_datagram;
mod server_fault;
mod server_serve;
mod server_start;
mod server_stop;
mod specification;
mod stream_concurrent;
mod stream_conn;
mod stream_deadline;
mod stream_eof;
mod stream_io;
mod stream_listen;
mod stream_option;
mod stream_path;
mod stream_reset;
mod stream_rights;
mod stream_state;

use crate::Clause;
pub(crate) use specification::Specification;

const GROUPS: &[&[Clause]] = &[
    stream_conn::CLAUSES,
    stream_io::CLAUSES,
    stream_eof::CLAUSES,
    stream_reset::CLAUSES,
    stream_deadline::CLAUSES,
    stream_concurrent::CLAUSES,
    stream_listen::CLAUSES,
    stream_option::CLAUSES,
    stream_path::CLAUSES,
    stream_rights::CLAUSES,
    stream_state::CLAUSES,
    datagram_message::CLAUSES,
    datagram_address::CLAUSES,
    datagram_error::CLAUSES,
    datagram_shutdown::CLAUSES,
    datagram_option::CLAUSES,
    datagram_rights::CLAUSES,
    datagram_deadline::CLAUSES,
    datagram_transfer::CLAUSES,
    datagram_state::CLAUSES,
    framing_core::CLAUSES,
    framing_error::CLAUSES,
    framing_length::CLAUSES,
    framing_varint::CLAUSES,
    framing_delimiter::CLAUSES,
    framing_lines::CLAUSES,
    framing_netstring::CLAUSES,
    framing_cobs::CLAUSES,
    framing_slip::CLAUSES,
    framing_chunked::CLAUSES,
    framing_whole::CLAUSES,
    framing_fixed::CLAUSES,
    readiness_level::CLAUSES,
    readiness_api::CLAUSES,
    readiness_edge::CLAUSES,
    server_start::CLAUSES,
    server_serve::CLAUSES,
    server_fault::CLAUSES,
    server_bound::CLAUSES,
    server_stop::CLAUSES,
    server_datagram::CLAUSES,
    cross::CLAUSES,
    cross_rights::CLAUSES,
];

/// Every clause, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    GROUPS.iter().flat_map(|group| group.iter())
}

/// The clause `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Clause> {
    all().find(|clause| clause.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_clause_has_one_check_and_every_check_a_clause() {
        let clauses: BTreeSet<String> = super::all().map(|clause| clause.id.to_owned()).collect();
        let checks: BTreeSet<String> = crate::checks::ids().collect();
        assert_eq!(clauses.len(), super::all().count(), "an id stands twice");
        assert_eq!(clauses, checks);
    }

    #[test]
    fn every_clause_says_where_it_is_written() {
        for clause in super::all() {
            assert!(!clause.cites.is_empty(), "{} cites nothing", clause.id);
            assert!(!clause.permits.is_empty(), "{} permits nothing", clause.id);
            let id_fits = |byte: u8| byte.is_ascii_lowercase() || b".-0123456789".contains(&byte);
            assert!(clause.id.bytes().all(id_fits), "{}: lower case words only", clause.id);
        }
    }
}
