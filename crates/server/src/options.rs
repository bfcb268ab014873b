//! How a server is set up.

use std::time::Duration;

use sockrates_core::Deadline;
use sockrates_socket::ServerOptions;

/// How a server is set up, whatever its policy.
///
/// ```
/// use sockrates_server::{Options, StreamServer};
/// use std::time::Duration;
///
/// let options = Options {
///     connections_max: Some(500),
///     idle_timeout: Some(Duration::from_secs(30)),
///     ..Options::default()
/// };
/// let server = StreamServer::bind_with(("127.0.0.1", 0), &options)?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The listening socket: queue, family, dual stack, shared port.
    #[doc(alias = "request_queue_size")]
    #[doc(alias = "allow_reuse_port")]
    pub socket: ServerOptions,
    /// How many connections (or datagrams) are served at once, beside the policy's own maximum;
    /// the others wait in the system's queue. `None`: only the policy's.
    #[doc(alias = "max_children")]
    pub connections_max: Option<usize>,
    /// How long a connection may be silent, that is how long one receive or send may bring no
    /// byte, before it is closed. `None`: for ever.
    pub idle_timeout: Option<Duration>,
    /// How long a connection may last in all, however busy it is. `None`: for ever.
    pub lifetime: Option<Duration>,
    /// How long live connections may go on once the server stops, before they are cut. Five
    /// seconds unless set. The handler of one that is cut gets `ECONNABORTED`; where it returns
    /// that it is told as a failure, and counted as failed and as cut.
    #[doc(alias = "block_on_close")]
    pub grace: Duration,
    /// How often [`service_actions`](crate::Handler::service_actions) is called. `None`: never, and
    /// a server that nobody talks to sleeps.
    #[doc(alias = "poll_interval")]
    pub tick: Option<Duration>,
    /// The longest datagram that a datagram server takes, in bytes; a longer one loses its tail,
    /// and says so. 65,535 unless set, which no datagram of IP exceeds; at most 16 MiB.
    #[doc(alias = "max_packet_size")]
    pub datagram_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            socket: ServerOptions::default(),
            connections_max: None,
            idle_timeout: None,
            lifetime: None,
            grace: Duration::from_secs(5),
            tick: None,
            datagram_max: 65_535,
        }
    }
}

impl Options {
    /// The limits of a connection that begins now.
    pub(crate) fn limits(&self) -> Limits {
        Limits { idle: self.idle_timeout, until: Deadline::from(self.lifetime) }
    }

    /// How many a policy of at most `own` serves at once; at least one.
    pub(crate) fn cap(&self, own: usize) -> usize {
        self.connections_max.map_or(own, |max| max.min(own)).max(1)
    }
}

/// How long one connection may last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) idle: Option<Duration>,
    pub(crate) until: Deadline,
}

impl Limits {
    /// The time by which something must have happened.
    pub(crate) fn deadline(&self) -> Deadline {
        self.idle.map_or(self.until, |idle| Deadline::after(idle).min(self.until))
    }
}
