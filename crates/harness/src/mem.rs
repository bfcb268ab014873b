//! The reference transports: both ends in memory, every law kept.
//!
//! Written to be read: one lock for a network, and each operation an attempt that is repeated until
//! it has an answer.

mod datagram;
mod datagram_server;
mod handle;
mod listener;
mod monitor;
mod network;
mod options;
mod post;
mod server;
mod socket;
mod stream;
mod subject;

use crate::Subject;

pub use datagram::{MemDatagram, MemPost};
pub(crate) use datagram_server::{DatagramConduct, DatagramServers, MemDatagramServer, send};
pub use listener::MemListener;
pub(crate) use server::{Conduct, Ending, MemServer, Orders, Servers, Then, open_nothing, spawn};
pub(crate) use subject::{
    DATAGRAM_CAPS, DATAGRAM_CLOG_BYTES, STREAM_CAPS, STREAM_CLOG_BYTES, connect_any,
};

pub use stream::{MemNetwork, MemStream, stream_pair};

/// The references as subjects: streams, datagrams, connected datagrams, servers of both.
#[must_use]
pub fn subjects() -> Vec<Subject> {
    let datagrams = |connected| subject::Datagrams { post: MemPost::default(), connected };
    vec![
        Subject::transport(subject::Streams::default()),
        Subject::transport(datagrams(false)),
        Subject::transport(datagrams(true)),
        Subject::server(Servers::reference()),
        Subject::server(DatagramServers::reference()),
    ]
}

#[cfg(test)]
mod tests {
    use crate::{Order, Raw, Verdict, case_seed, catalogue, is_about, judge, run_case};

    #[test]
    fn the_references_keep_every_clause() {
        let mut broken = Vec::new();
        for subject in super::subjects() {
            for clause in catalogue::all().filter(|clause| is_about(clause, &subject)) {
                let seed = case_seed(7, clause.id, 0);
                let order = Order { subject: &subject, clause, seed, isolated: false };
                let raw = run_case(&order, Box::new(|_| ()));
                match judge(clause, &[], std::env::consts::OS, &raw) {
                    Verdict::Ok | Verdict::Skipped => {}
                    // It may be that the case needs a process to itself.
                    _ if matches!(raw, Raw::Inconclusive { .. }) => {}
                    verdict => broken.push((subject.name().to_owned(), clause.id, verdict, raw)),
                }
            }
        }
        assert!(broken.is_empty(), "{broken:#?}");
    }
}
