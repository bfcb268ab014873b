//! The process that serves one connection for its server.

use std::io::Write;
use std::sync::Arc;

use sockrates_core::{Addr, Mode};

use crate::order::{Ended, Kind, Order};
use crate::service::serve_one;
use crate::{Connection, Failure, Handler, Stopper, isolate};

/// Call it first in `main` of a program that serves by [`Processes`](crate::Processes): in the
/// server it returns at once, in a process that the server has started it serves the one
/// connection and exits.
///
/// The status is 0, or another where the handler failed. Values on the stack of `main` are not
/// dropped.
pub fn enter_child<H: Handler>(handler: &H) {
    let Some((order, socket)) = Order::take(Kind::Connection) else { return };
    let told = socket.peer_addr().ok();
    let peer = order.peer.map(Addr::from).or(told).unwrap_or(Addr::Unnamed);
    let stopper = Stopper::new(None);
    let set = socket.set_mode(Mode::Blocking);
    let limits = order.options().limits();
    let mut conn = Connection::new(Arc::new(socket), peer, limits, stopper.clone());
    let causes = match set {
        Ok(()) => serve_one(handler, &mut conn),
        Err(error) => vec![crate::Cause::Error(error)],
    };
    let failed = !causes.is_empty();
    for cause in causes {
        let failure = Failure::of(conn.peer(), cause);
        let _ = isolate::catch(|| handler.error(&failure));
    }
    conn.end();
    exit(&Ended { failed, stop: stopper.is_stopping() });
}

/// Ends this process, with whatever it has printed.
pub(crate) fn exit(ended: &Ended) -> ! {
    let _ = std::io::stdout().flush();
    std::process::exit(ended.code())
}
