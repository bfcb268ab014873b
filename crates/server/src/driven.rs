//! A protocol served by threads or processes.

use sockrates_core::{Addr, Deadline, Result, Stream};

use crate::exchange::Exchange;
use crate::{Connection, Failure, Handler, Protocols};

/// Protocols as a handler, so that one program can be served by every policy.
///
/// ```
/// # use sockrates_core::Result;
/// # use sockrates_server::{Output, Protocol};
/// use sockrates_server::{Driven, EventLoop, StreamServer, Threads};
///
/// struct Echo;
///
/// impl Protocol for Echo {
///     fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
///         out.send(bytes);
///         Ok(bytes.len())
///     }
/// }
///
/// let bind = || StreamServer::bind(("127.0.0.1", 0));
/// let by_threads = bind()?.spawn(Threads::new(8), Driven(|| Echo))?;
/// let by_one_loop = bind()?.spawn(EventLoop::new(), Driven(|| Echo))?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Driven<F>(pub F);

impl<F: Protocols> Handler for Driven<F> {
    fn verify(&self, peer: &Addr) -> bool {
        self.0.verify(peer)
    }

    fn handle(&self, conn: &mut Connection) -> Result<()> {
        let protocol = self.0.protocol(conn.peer());
        let mut exchange = Exchange::new(protocol, conn.peer().clone(), conn.stopper().clone());
        let mut scratch = vec![0; SCRATCH];
        let mut step = exchange.open();
        loop {
            // What was said before an error is said all the same.
            let pending = exchange.output.pending();
            let sent = if pending.is_empty() { Ok(()) } else { conn.send_all(pending) };
            exchange.output.took(usize::MAX);
            if let Err(error) = step {
                exchange.closed(Some(&error));
                return Err(error);
            }
            let received = sent.and_then(|()| match exchange.wants_input() {
                true => conn.recv_some(&mut scratch, Deadline::NEVER).map(Some),
                false => Ok(None),
            });
            step = match received {
                Ok(Some(0)) => exchange.end(),
                Ok(Some(n)) => exchange.feed(&scratch[..n]),
                Ok(None) if exchange.can_resume() => exchange.feed(&[]),
                Ok(None) => break,
                // The protocol is told that the client is lost; the protocol itself did not fail.
                Err(error) => {
                    exchange.closed(Some(&error));
                    return Ok(());
                }
            };
        }
        exchange.closed(None);
        Ok(())
    }

    fn error(&self, failure: &Failure) {
        self.0.error(failure);
    }

    fn service_actions(&self) {
        self.0.service_actions();
    }
}

impl<F: Protocols> Protocols for Driven<F> {
    type Protocol = F::Protocol;

    fn protocol(&self, peer: &Addr) -> F::Protocol {
        self.0.protocol(peer)
    }

    fn verify(&self, peer: &Addr) -> bool {
        self.0.verify(peer)
    }

    fn error(&self, failure: &Failure) {
        self.0.error(failure);
    }

    fn service_actions(&self) {
        self.0.service_actions();
    }
}

const SCRATCH: usize = 16 * 1024;
