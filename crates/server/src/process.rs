//! A child process, whose end a selector tells.

use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};

use sockrates_poll::{Interest, Selector};

/// A child process. Dropping it kills it and awaits its end, so that no zombie stays.
pub(crate) struct Process {
    child: Child,
    /// Readable once the process has ended; in a selector.
    watch: Option<OwnedFd>,
    status: Option<ExitStatus>,
}

impl Process {
    pub(crate) fn new(child: Child) -> Self {
        Self { child, watch: None, status: None }
    }

    /// Has `selector` tell the end under `number`, where the system can.
    pub(crate) fn watch(&mut self, selector: &mut Selector<u64>, number: u64) {
        let watch = descriptor(&self.child);
        self.watch = watch.filter(|fd| selector.register(fd, Interest::READ, number).is_ok());
    }

    pub(crate) fn unwatch(&mut self, selector: &mut Selector<u64>) {
        if let Some(fd) = self.watch.take() {
            let _ = selector.unregister(&fd);
        }
    }

    /// Whether a selector tells the end.
    pub(crate) fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// How it has ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            // Where the program has it that the system awaits its children (`SIGCHLD` ignored),
            // nobody knows how this one has ended.
            self.status = self.child.try_wait().unwrap_or(Some(ExitStatus::from_raw(0)));
        }
        self.status
    }

    pub(crate) fn kill(&mut self) {
        // It may have ended meanwhile.
        let _ = self.child.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.kill();
            let _ = self.child.wait();
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn descriptor(child: &Child) -> Option<OwnedFd> {
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    pidfd_open(Pid::from_child(child), PidfdFlags::empty()).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn descriptor(_: &Child) -> Option<OwnedFd> {
    None
}
