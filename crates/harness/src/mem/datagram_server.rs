//! The reference server of datagrams: one thread that receives, obeys and answers.

mod conduct;
mod subject;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use sockrates_core::{Addr, Deadline, Endpoint, RecvBuf, RecvFlags, Result, Transport};

use super::server::{Ending, spawn};
use super::{MemDatagram, MemPost};
use crate::{Action, Serving, obey};

pub(crate) use conduct::{DatagramConduct, RightDatagrams, send};
pub(crate) use subject::DatagramServers;

/// More than a datagram holds.
const ROOM: usize = 1 << 16;

/// A server of datagrams in memory. Each step that a mutant may do wrongly is its
/// [`DatagramConduct`]'s.
pub(crate) struct MemDatagramServer<C: DatagramConduct> {
    pub(crate) post: MemPost,
    pub(crate) socket: MemDatagram,
    conduct: C,
    addr: Addr,
    failures: AtomicUsize,
    ended: Mutex<bool>,
    changed: Condvar,
}

impl<C: DatagramConduct> MemDatagramServer<C> {
    /// Receives at `addr`, and answers from then on.
    pub(crate) fn start(post: &MemPost, addr: &Addr) -> Result<Arc<Self>> {
        let conduct = C::default();
        let socket = post.socket();
        conduct.bind(&socket, addr)?;
        let server = Arc::new(Self {
            post: post.clone(),
            addr: socket.local_addr()?,
            socket,
            conduct,
            failures: AtomicUsize::new(0),
            ended: Mutex::new(false),
            changed: Condvar::new(),
        });
        let serving = Arc::clone(&server);
        spawn(move || {
            serving.serve();
            *serving.ended() = true;
            serving.changed.notify_all();
        })?;
        Ok(server)
    }

    fn serve(&self) {
        let mut room = vec![0; ROOM];
        loop {
            let mut buf = RecvBuf::new(&mut room);
            let got = self.socket.recv_msg(&mut buf, RecvFlags::NONE, Deadline::NEVER);
            // Only closing the socket ends this.
            let Ok(got) = got else { break };
            let bytes = buf.filled().to_vec();
            let obeyed =
                catch_unwind(AssertUnwindSafe(|| self.conduct.received(self, &bytes, &got.peer)));
            let ending = obeyed.unwrap_or(Ending::Panicked);
            if !self.conduct.goes_on(self, ending) {
                break;
            }
        }
    }

    /// Obeys an order that came from `from`.
    pub(crate) fn obey(&self, order: &[u8], from: &Addr) -> Ending {
        let line = match obey(order) {
            Action::Reply(line) => line,
            Action::Stop(line) => {
                // The socket that the answer takes has to be open until then.
                self.conduct.reply(self, &line[..line.len() - 1], from);
                self.conduct.stop_within(self);
                return Ending::Done;
            }
            Action::Close => return Ending::Done,
            Action::Fail => return Ending::Failed,
            Action::Abort => return Ending::Aborted,
            // Unlike `panic!` it writes nothing.
            Action::Panic => resume_unwind(Box::new("a handler panics on demand")),
        };
        self.conduct.reply(self, &line[..line.len() - 1], from);
        Ending::Done
    }

    /// Tells the error hook of a failure.
    pub(crate) fn note_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Receives no more. Does not wait for anything, so that a handler may do it.
    pub(crate) fn refuse(&self) {
        // Never fails: who is told twice finds it closed.
        let _ = self.socket.close();
    }

    /// Waits until nothing is received any more.
    pub(crate) fn wait(&self) {
        let ended = self.changed.wait_while(self.ended(), |ended| !*ended);
        drop(ended.unwrap_or_else(PoisonError::into_inner));
    }

    fn ended(&self) -> MutexGuard<'_, bool> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server of datagrams in memory that runs.
pub(crate) struct RunningDatagrams<C: DatagramConduct>(pub(crate) Arc<MemDatagramServer<C>>);

impl<C: DatagramConduct> Serving for RunningDatagrams<C> {
    fn addr(&self) -> Addr {
        self.0.conduct.addr(&self.0.addr, &self.0.socket)
    }

    fn stop(&self) -> Result<()> {
        self.0.conduct.stop(&self.0)
    }

    fn failures(&self) -> usize {
        self.0.failures.load(Ordering::Relaxed)
    }
}

impl<C: DatagramConduct> Drop for RunningDatagrams<C> {
    fn drop(&mut self) {
        self.0.conduct.dropped(&self.0);
    }
}
