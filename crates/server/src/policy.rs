//! By whom connections are served.

use sockrates_core::Result;

use crate::{DatagramServer, StreamServer, Summary};

/// By whom connections are served: [`Sequential`](crate::Sequential),
/// [`Threads`](crate::Threads), [`Processes`](crate::Processes) or the
/// [`EventLoop`](crate::EventLoop). `S` is what they serve with: a [`Handler`](crate::Handler), for
/// the event loop a [`Protocols`](crate::Protocols).
///
/// A policy is a setting, and can be used again. This trait is not for others to implement.
#[doc(alias = "ThreadingMixIn")]
#[doc(alias = "ForkingMixIn")]
pub trait Policy<S>: Run<StreamServer, S> {}

impl<S, P: Run<StreamServer, S>> Policy<S> for P {}

/// By whom datagrams are served: [`Sequential`](crate::Sequential), [`Threads`](crate::Threads) or
/// [`Processes`](crate::Processes). `S` is a [`DatagramHandler`](crate::DatagramHandler).
///
/// This trait is not for others to implement.
pub trait DatagramPolicy<S>: Run<DatagramServer, S> {}

impl<S, P: Run<DatagramServer, S>> DatagramPolicy<S> for P {}

/// What a policy does; not part of the public interface.
pub trait Run<Server, S> {
    #[doc(hidden)]
    fn run(&self, server: Server, service: S) -> Result<Summary>;
}

impl<Server, S, P: Run<Server, S>> Run<Server, S> for &P {
    fn run(&self, server: Server, service: S) -> Result<Summary> {
        (**self).run(server, service)
    }
}
