//! Messages a second over sockets, one way and there and back.

use crate::contest::Contest;

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    Vec::new()
}
