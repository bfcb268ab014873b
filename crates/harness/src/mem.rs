//! The reference transports: both ends in memory, every law kept.
//!
//! Written to be read: one lock for a network, and each operation an attempt that is repeated until
//! it has an answer.

mod datagram;
mod datagram_server;
mod handle;
mod listener;
mod monitor;
mod naming;
mod network;
mod options;
mod ports;
mod post;
mod rights;
mod server;
mod socket;
mod stream;
mod subject;

use crate::{Caps, Subject};

pub use datagram::{MemDatagram, MemPost};
pub(crate) use datagram_server::{DatagramConduct, DatagramServers, MemDatagramServer, send};
pub use listener::MemListener;
pub(crate) use server::{Conduct, Ending, MemServer, Orders, Servers, Then, open_nothing, spawn};
pub(crate) use subject::{
    DATAGRAM_CAPS, DATAGRAM_CLOG_BYTES, INET_DATAGRAM_CAPS, INET_STREAM_CAPS, STREAM_CAPS,
    STREAM_CLOG_BYTES, connect_any,
};

pub use stream::{MemNetwork, MemStream, stream_pair};

/// The references as subjects: streams, datagrams, connected datagrams, servers of both; streams
/// with addresses of IPv6, datagrams with those of IPv4.
#[must_use]
pub fn subjects() -> Vec<Subject> {
    let streams =
        |name, network, caps| Subject::transport(subject::Streams { name, network, caps });
    let datagrams = |name, post, caps, connected| {
        Subject::transport(subject::Datagrams { name, post, caps, connected })
    };
    let each = |caps: Caps| caps | Caps::SENDTO;
    vec![
        streams("mem-stream", MemNetwork::default(), STREAM_CAPS),
        streams("mem-stream-v6", MemNetwork::ipv6(), INET_STREAM_CAPS),
        datagrams("mem-datagram", MemPost::default(), each(DATAGRAM_CAPS), false),
        datagrams("mem-datagram-v4", MemPost::ipv4(), each(INET_DATAGRAM_CAPS), false),
        datagrams("mem-connected-datagram", MemPost::default(), DATAGRAM_CAPS, true),
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
                let seed = case_seed(7, clause.id, None, 0);
                let order = Order { subject: &subject, clause, axis: None, seed, isolated: false };
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
