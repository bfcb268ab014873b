//! Everything that this program judges.

use sockrates_harness::Subject;

mod socket2_peer;
mod std_datagram;
mod std_stream;

/// Every built-in subject.
#[must_use]
pub fn all() -> Vec<Subject> {
    vec![
        Subject::transport(std_stream::StdTcp),
        Subject::transport(std_datagram::StdUdp),
        Subject::transport(std_datagram::StdConnectedUdp),
        Subject::transport(socket2_peer::Socket2::TCP),
        Subject::transport(socket2_peer::Socket2::UDP),
    ]
}
