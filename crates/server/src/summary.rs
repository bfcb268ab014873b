//! What a server did.

/// What a server did, from its start to its stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Connections (or datagrams) that were taken.
    pub accepted: u64,
    /// Those that [`verify`](crate::Handler::verify) refused.
    pub refused: u64,
    /// Those whose handler failed or panicked.
    pub failed: u64,
    /// Connections that were closed at once, for want of descriptors, threads or processes.
    pub shed: u64,
    /// Connections that outlived the grace and were cut.
    pub cut: usize,
    /// Handlers that did not even return when their connection had been cut. Their threads are
    /// left behind, and end when they do.
    pub stuck: usize,
}
