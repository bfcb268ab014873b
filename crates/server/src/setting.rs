//! What every server has beside its socket.

use sockrates_core::{Addr, Deadline, Errno, Error, Op, Result};
use sockrates_poll::{Backend, Selector, Waker};

use crate::gate::{self, Entry, Source};
use crate::socket_file::SocketFile;
use crate::{Options, Stopper};

/// What every server has beside its socket.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) waker: Waker,
    pub(crate) stopper: Stopper,
    pub(crate) options: Options,
    pub(crate) socket_file: Option<SocketFile>,
}

impl Setting {
    /// # Errors
    /// `EMFILE`.
    pub(crate) fn new(options: &Options) -> Result<Self> {
        let waker = Waker::new().map_err(|error| Error::from_io(Op::Wait, &error))?;
        let stopper = Stopper::new(Some(waker.clone()));
        Ok(Self { waker, stopper, options: options.clone(), socket_file: None })
    }

    /// The server was bound to `addr`: if that is a path, its file goes with the server.
    pub(crate) fn own_file(&mut self, addr: &Addr) {
        self.socket_file = addr.as_path().and_then(SocketFile::at);
    }

    /// The next that `source` brings by `deadline`.
    ///
    /// # Errors
    /// [`Error::TimedOut`]; `EBADF` once the server is stopped; what the source lacks.
    pub(crate) fn next<S: Source>(&self, source: &mut S, deadline: Deadline) -> Result<S::Item> {
        let mut selector = gate::selector(Backend::BEST, &self.waker)?;
        let next = self.next_by(source, &mut selector, deadline);
        source.watch(&mut selector, false)?;
        next
    }

    fn next_by<S: Source>(
        &self,
        source: &mut S,
        selector: &mut Selector<u64>,
        deadline: Deadline,
    ) -> Result<S::Item> {
        loop {
            if self.stopper.is_stopping() {
                return Err(Error::os(Op::Accept, Errno::EBADF));
            }
            match source.accept()? {
                Entry::Client(item) => return Ok(item),
                Entry::Gone => {}
                Entry::Dearth(error) => return Err(error),
                Entry::Nobody | Entry::StillDearth { .. } if deadline.has_passed() => {
                    return Err(Error::TimedOut { op: Op::Accept, done: 0 });
                }
                Entry::Nobody | Entry::StillDearth { .. } => {
                    source.watch(selector, true)?;
                    let pause = source.paused_until().map_or(Deadline::NEVER, Deadline::at);
                    let woken = selector.select(deadline.min(pause).remaining());
                    woken.map_err(|error| Error::from_io(Op::Wait, &error))?;
                }
            }
        }
    }
}
