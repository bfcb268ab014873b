//! Everything that this program judges.

use sockrates_harness::{Subject, framings, mem};

mod patience;
mod peer_deviations;
mod peer_wait;
#[cfg(unix)]
pub(crate) mod readiness;
mod rustls_identity;
mod rustls_stream;
mod rustls_turn;
#[cfg(unix)]
pub(crate) mod server;
mod smoltcp_listener;
mod smoltcp_stack;
mod smoltcp_tcp;
mod smoltcp_udp;
mod socket2_option;
mod socket2_peer;
mod std_datagram;
mod std_stream;
mod tcp;
#[cfg(target_os = "linux")]
mod tcp_ways;
mod tokio_duplex;
mod tokio_tcp;
mod tokio_turns;
mod udp;
mod udp_batch;
#[cfg(target_os = "linux")]
pub(crate) mod unix;

/// Every built-in subject: this workspace's own, then the peers.
#[must_use]
pub fn all() -> Vec<Subject> {
    let mut subjects = Vec::from(inet());
    subjects.push(Subject::transport(udp_batch::UdpBatch::MANY));
    subjects.push(Subject::transport(udp_batch::UdpBatch::LOOP));
    #[cfg(target_os = "linux")]
    subjects.push(Subject::transport(udp_batch::UdpBatch::TRAIN));
    #[cfg(target_os = "linux")]
    subjects.extend(tcp_ways::subjects());
    #[cfg(target_os = "linux")]
    subjects.extend(unix::subjects());
    #[cfg(unix)]
    subjects.extend(readiness::all());
    #[cfg(unix)]
    subjects.extend(server::subjects());
    subjects.extend(mem::subjects());
    subjects.extend([
        Subject::transport(std_stream::StdTcp),
        Subject::transport(std_datagram::StdUdp),
        Subject::transport(std_datagram::StdConnectedUdp),
        Subject::transport(socket2_peer::Socket2::TCP),
        Subject::transport(socket2_peer::Socket2::UDP),
        Subject::transport(smoltcp_tcp::SmoltcpTcp::v4()),
        Subject::transport(smoltcp_tcp::SmoltcpTcp::v6()),
        Subject::transport(smoltcp_udp::SmoltcpUdp::v4()),
        Subject::transport(smoltcp_udp::SmoltcpUdp::v6()),
        Subject::transport(rustls_stream::Rustls),
        Subject::transport(tokio_tcp::TokioTcp),
        Subject::transport(tokio_duplex::TokioDuplex),
    ]);
    #[cfg(unix)]
    subjects.push(server::peer());
    subjects.extend(framings::subjects());
    subjects
}

/// What the agent serves: this workspace's own sockets, as far as its protocol has words for them.
/// It has none for the end of a connection of messages.
#[must_use]
pub fn spoken() -> Vec<Subject> {
    let mut subjects = Vec::from(inet());
    #[cfg(target_os = "linux")]
    subjects.extend(unix::subjects().into_iter().filter(|one| one.name() != "unix-seqpacket"));
    subjects
}

fn inet() -> [Subject; 5] {
    [
        Subject::transport(tcp::Tcp::V4),
        Subject::transport(tcp::Tcp::V6),
        Subject::transport(udp::Udp::V4),
        Subject::transport(udp::Udp::V6),
        Subject::transport(udp::Udp::CONNECTED),
    ]
}

/// To be called first in `main`: a server to judge may start this program again, as a process that
/// serves one client. There it serves and exits; everywhere else it returns at once.
pub fn enter_server_child() {
    #[cfg(unix)]
    server::enter();
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_subject_says_what_it_is_in_a_line() {
        for subject in super::all() {
            let says = subject.says();
            let fits = (10..86).contains(&says.chars().count()) && !says.ends_with('.');
            assert!(fits, "{}: {says:?}", subject.name());
        }
    }
}
