//! Servers of the system's sockets that do one thing wrongly.

use sockrates_harness::{Mutant, Subject};

use crate::subjects::server::one_stack;

pub(super) fn all() -> Vec<Mutant> {
    vec![Mutant {
        name: "server-one-stack",
        says: "a server that says it serves clients of IPv4 and IPv6 serves those of IPv6",
        make: || Subject::server(one_stack("server-one-stack")),
        fails: &["server.start.dual-stack"],
        under: &[],
    }]
}
