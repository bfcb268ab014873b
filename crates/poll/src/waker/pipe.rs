//! The waker's pipe to itself, for systems without eventfd. Source: POSIX.1-2024 `pipe`.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionbio, read, write};
use rustix::pipe::pipe;

pub(super) struct Bell {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        let (reader, writer) = pipe()?;
        for end in [&reader, &writer] {
            ioctl_fionbio(end, true)?;
            fcntl_setfd(end, FdFlags::CLOEXEC)?;
        }
        Ok(Self { reader, writer })
    }

    pub(super) fn ring(&self) {
        // It fails only where the pipe is full, and then a wake is pending already.
        let _ = write(&self.writer, &[1]);
    }

    pub(super) fn hush(&self) {
        // One read of less than the buffer has emptied the pipe. At most one buffer is read at a
        // time, and a pipe holds a bounded number of them.
        let mut buf = [0; 1024];
        while read(&self.reader, &mut buf) == Ok(buf.len()) {}
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Bell;
    use crate::select;

    fn rings(bell: &Bell) -> bool {
        !select(&[bell.as_fd()], &[], &[], Some(Duration::ZERO)).unwrap().is_empty()
    }

    #[test]
    fn rings_until_hushed() {
        let bell = Bell::new().unwrap();
        assert!(!rings(&bell));
        bell.hush();
        bell.ring();
        bell.ring();
        assert!(rings(&bell));
        bell.hush();
        assert!(!rings(&bell));
    }

    #[test]
    fn a_full_pipe_keeps_nobody_waiting() {
        let bell = Bell::new().unwrap();
        for _ in 0..100_000 {
            bell.ring();
        }
        assert!(rings(&bell));
        bell.hush();
        assert!(!rings(&bell));
    }
}
