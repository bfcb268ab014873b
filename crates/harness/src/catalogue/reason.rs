//! Why clauses matter to those who use sockets, and how the less obvious of them are checked.

mod datagram_address;
mod datagram_deadline;
mod datagram_error;
mod datagram_message;
mod datagram_option;
mod datagram_rights;
mod datagram_shutdown;
mod datagram_state;
mod datagram_transfer;
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

/// What a manual page says of a clause besides what the clause says itself.
#[derive(Clone, Copy, Debug)]
struct Reason {
    id: &'static str,
    /// What goes wrong where it does not hold.
    why: &'static str,
    /// What the check does, or "" where the statement says it.
    how: &'static str,
}

const GROUPS: &[&[Reason]] = &[
    stream_conn::REASONS,
    stream_io::REASONS,
    stream_eof::REASONS,
    stream_reset::REASONS,
    stream_deadline::REASONS,
    stream_concurrent::REASONS,
    stream_listen::REASONS,
    stream_option::REASONS,
    stream_path::REASONS,
    stream_rights::REASONS,
    stream_state::REASONS,
    datagram_message::REASONS,
    datagram_address::REASONS,
    datagram_error::REASONS,
    datagram_shutdown::REASONS,
    datagram_option::REASONS,
    datagram_rights::REASONS,
    datagram_deadline::REASONS,
    datagram_transfer::REASONS,
    datagram_state::REASONS,
];

impl Clause {
    /// What goes wrong for users where it does not hold; "" where nobody has written that down.
    #[must_use]
    pub fn why(&self) -> &'static str {
        reason(self.id).map_or("", |reason| reason.why)
    }

    /// What its check does; "" where the statement says that well enough.
    #[must_use]
    pub fn how(&self) -> &'static str {
        reason(self.id).map_or("", |reason| reason.how)
    }
}

fn reason(id: &str) -> Option<&'static Reason> {
    GROUPS.iter().flat_map(|group| group.iter()).find(|reason| reason.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::GROUPS;
    use crate::{Level, catalogue};

    #[test]
    fn every_reason_is_of_a_clause_and_given_once() {
        let mut ids = BTreeSet::new();
        for reason in GROUPS.iter().flat_map(|group| group.iter()) {
            assert!(catalogue::find(reason.id).is_some(), "{} is no clause", reason.id);
            assert!(ids.insert(reason.id), "{} stands twice", reason.id);
            assert!(!reason.why.is_empty(), "{} has no reason", reason.id);
        }
    }

    #[test]
    fn what_streams_and_datagrams_must_do_has_a_reason() {
        for clause in catalogue::all().filter(|clause| clause.level == Level::Must) {
            let ours = clause.id.starts_with("stream.") || clause.id.starts_with("datagram.");
            assert!(!ours || !clause.why().is_empty(), "{} has no reason", clause.id);
        }
    }
}
