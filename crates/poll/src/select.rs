//! `select(2)`.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use crate::fd_set::{self, FdSet};
use crate::{sys, timeout};

/// What [`select()`] found: positions in the lists that it was given.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Selected {
    /// Where in `read` those are that a read would not wait for.
    pub read: Vec<usize>,
    /// Where in `write` those are that a write would not wait for.
    pub write: Vec<usize>,
    /// Where in `except` those are that have urgent data.
    pub except: Vec<usize>,
}

impl Selected {
    /// Whether nothing is ready: the time was over.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read.is_empty() && self.write.is_empty() && self.except.is_empty()
    }
}

/// Waits until one of the descriptors is ready; tells which.
///
/// Errors and the end count as readable and writable. With three empty lists it sleeps.
///
/// ```
/// use sockrates_poll::select;
/// use std::io::Write;
/// use std::os::{fd::AsFd, unix::net::UnixStream};
///
/// let (mut a, b) = UnixStream::pair()?;
/// a.write_all(b"x")?;
/// let found = select(&[a.as_fd(), b.as_fd()], &[a.as_fd()], &[], None)?;
/// assert_eq!((found.read, found.write), (vec![1], vec![0]));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// `InvalidInput`: a descriptor's number is not below [`FD_SETSIZE`](crate::FD_SETSIZE). `EBADF`:
/// one is not open.
///
/// Source: POSIX.1-2024 `select`; Python `select.select`.
pub fn select(
    read: &[BorrowedFd<'_>],
    write: &[BorrowedFd<'_>],
    except: &[BorrowedFd<'_>],
    timeout: Option<Duration>,
) -> io::Result<Selected> {
    let asked = [set_of(read)?, set_of(write)?, set_of(except)?];
    let (found, _) = wait(&asked, timeout)?;
    let [in_read, in_write, in_except] = found;
    Ok(Selected {
        read: positions(read, &in_read),
        write: positions(write, &in_write),
        except: positions(except, &in_except),
    })
}

/// Waits for what is in the sets; tells the sets of what is ready, and how many there are.
pub(crate) fn wait(
    asked: &[FdSet; 3],
    timeout: Option<Duration>,
) -> io::Result<([FdSet; 3], usize)> {
    let nfds = asked.iter().map(FdSet::bound).max().unwrap_or(0);
    let mut found = asked.clone();
    let count = timeout::look_then_wait(timeout, |limit| {
        // The call changes the sets.
        found.clone_from(asked);
        sys::select(nfds, found.each_mut().map(FdSet::elements), limit)
    })?;
    if count == 0 {
        // Where a signal came last, the sets are still as they were asked.
        found = [FdSet::new(), FdSet::new(), FdSet::new()];
    }
    Ok((found, count))
}

fn set_of(fds: &[BorrowedFd<'_>]) -> io::Result<FdSet> {
    let mut set = FdSet::new();
    for fd in fds.iter().map(AsRawFd::as_raw_fd) {
        fd_set::check(fd)?;
        set.set(fd, true);
    }
    Ok(set)
}

fn positions(fds: &[BorrowedFd<'_>], found: &FdSet) -> Vec<usize> {
    let members = found.members();
    let fds = fds.iter().enumerate();
    fds.filter(|(_, fd)| members.contain(fd.as_raw_fd())).map(|(position, _)| position).collect()
}
