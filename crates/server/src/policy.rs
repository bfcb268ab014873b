//! By whom connections are served.

use sockrates_core::Result;

use crate::Summary;
use crate::stream_server::StreamServer;

/// By whom connections are served: [`Sequential`](crate::Sequential),
/// [`Threads`](crate::Threads), [`Processes`](crate::Processes) or the
/// [`EventLoop`](crate::EventLoop). `S` is what they serve with: a [`Handler`](crate::Handler), for
/// the event loop a [`Protocols`](crate::Protocols).
///
/// A policy is a setting, and can be used again. This trait is not for others to implement.
#[doc(alias = "ThreadingMixIn")]
#[doc(alias = "ForkingMixIn")]
pub trait Policy<S>: Run<S> {}

impl<S, P: Run<S>> Policy<S> for P {}

/// What a policy does; not part of the public interface.
pub trait Run<S> {
    #[doc(hidden)]
    fn run(&self, server: StreamServer, service: S) -> Result<Summary>;
}

impl<S, P: Run<S>> Run<S> for &P {
    fn run(&self, server: StreamServer, service: S) -> Result<Summary> {
        (**self).run(server, service)
    }
}
