//! How a program without `async` calls what is async: an event loop of its own for each end.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use sockrates_core::{Deadline, Errno, Error, Mode, Op, Result};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::timeout_at;

/// An event loop that turns while somebody waits, and the mode, of which tokio knows nothing: an
/// operation is awaited, awaited for so long, or polled once.
pub(super) struct Turns {
    runtime: Runtime,
    mode: Mutex<Mode>,
}

impl Turns {
    pub(super) fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::from_io(Op::Socket, &error))?;
        Ok(Self { runtime, mode: Mutex::new(Mode::Blocking) })
    }

    pub(super) fn mode(&self) -> Mode {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }

    /// What `make` makes, watched by this event loop.
    pub(super) fn watched<T>(&self, make: impl FnOnce() -> T) -> T {
        let _inside = self.runtime.enter();
        make()
    }

    /// Does `work` as the mode, the deadline and `never`, which is for calls that must not wait,
    /// say.
    pub(super) fn run<T>(
        &self,
        op: Op,
        deadline: Deadline,
        never: bool,
        work: impl Future<Output = io::Result<T>>,
    ) -> Result<T> {
        let mode = self.mode();
        if never || mode == Mode::NonBlocking {
            return self.once(op, work);
        }
        let done = self.runtime.block_on(async {
            match mode.deadline(deadline).instant() {
                None => Ok(work.await),
                Some(at) => timeout_at(at.into(), work).await,
            }
        });
        match done {
            Ok(done) => done.map_err(|error| Error::from_io(op, &error)),
            Err(_) => Err(Error::TimedOut { op, done: 0 }),
        }
    }

    /// What tokio takes a socket to be ready for is what the event loop saw last: it has to turn
    /// once for it to be true.
    fn once<T>(&self, op: Op, work: impl Future<Output = io::Result<T>>) -> Result<T> {
        let polled = self.runtime.block_on(async {
            yield_now().await;
            let mut work = pin!(work);
            poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await
        });
        match polled {
            Poll::Ready(done) => done.map_err(|error| Error::from_io(op, &error)),
            Poll::Pending => Err(Error::os(op, Errno::EAGAIN)),
        }
    }
}
