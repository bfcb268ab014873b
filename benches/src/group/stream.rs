//! Bulk one way over a stream, files into it, and waiting for the other end.

use crate::contest::Contest;

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    Vec::new()
}
