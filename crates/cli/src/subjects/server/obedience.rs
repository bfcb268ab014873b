//! The handler, and the protocol, that obey the judge's orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sockrates_core::{Addr, Errno, Error, Op, Result};
use sockrates_harness::{Action, ORDER_MAX, obey};
use sockrates_server::{Cause, Connection, Failure, Handler, Output, Protocol, Protocols};

/// What an error hook was told.
#[derive(Clone, Default)]
pub(super) struct Failures(Arc<AtomicUsize>);

impl Failures {
    /// How many handlers have failed.
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(super) fn note(&self, failure: &Failure) {
        // That the server itself is in want of something is no handler's failure.
        if matches!(failure.cause, Cause::Error(_) | Cause::Panic(_) | Cause::Exit(_)) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Obeys each line of a connection.
#[derive(Default)]
pub(super) struct Obedient(pub(super) Failures);

impl Handler for Obedient {
    fn handle(&self, conn: &mut Connection) -> Result<()> {
        let mut line = Vec::new();
        while conn.read_line(&mut line, ORDER_MAX)? {
            let Some(order) = line.strip_suffix(b"\n") else { break };
            match obey(order) {
                Action::Reply(answer) => conn.send_all(&answer)?,
                Action::Stop(answer) => {
                    conn.stopper().stop();
                    conn.send_all(&answer)?;
                }
                Action::Close => break,
                other => give_up(&other)?,
            }
        }
        Ok(())
    }

    fn error(&self, failure: &Failure) {
        self.0.note(failure);
    }
}

/// Ends as the order wants it.
pub(super) fn give_up(action: &Action) -> Result<()> {
    match action {
        Action::Panic => panic!("the judge wants a panic"),
        Action::Abort => std::process::abort(),
        _ => Err(Error::os(Op::Recv, Errno::EINVAL)),
    }
}

/// Makes a protocol that obeys each line of a connection.
pub(super) struct Obedients(pub(super) Failures);

impl Protocols for Obedients {
    type Protocol = ObedientProtocol;

    fn protocol(&self, _: &Addr) -> ObedientProtocol {
        ObedientProtocol
    }

    fn error(&self, failure: &Failure) {
        self.0.note(failure);
    }
}

pub(super) struct ObedientProtocol;

impl Protocol for ObedientProtocol {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(0) };
        match obey(&bytes[..end]) {
            Action::Reply(answer) => out.send(&answer),
            Action::Stop(answer) => {
                out.stopper().stop();
                out.send(&answer);
            }
            Action::Close => out.close(),
            other => give_up(&other)?,
        }
        Ok(end + 1)
    }

    fn window_max(&self) -> usize {
        ORDER_MAX
    }
}
