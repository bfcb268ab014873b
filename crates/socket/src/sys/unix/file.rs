//! Sending from a file, and the signal that this would raise.

use std::fs::File;
use std::io;

/// What a system says that does not send this file, or any, by itself.
pub(crate) const NOT_BY_ITSELF: [i32; 7] = [
    libc::EINVAL,
    libc::ENOSYS,
    libc::EOPNOTSUPP,
    libc::EBADF,
    libc::ESPIPE,
    libc::EISDIR,
    libc::EOVERFLOW,
];

/// What reading at a position says of what has none.
pub(crate) const NO_POSITIONS: [i32; 2] = [libc::ESPIPE, libc::ENXIO];

pub(crate) const EISDIR: i32 = libc::EISDIR;

/// Sends up to `most` bytes of `file` from the position `at` on, and returns how many; 0 at the
/// file's end. It waits where the descriptor does. It raises no `SIGPIPE`.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn send_file(
    socket: &socket2::Socket,
    file: &File,
    at: u64,
    most: usize,
) -> io::Result<usize> {
    use std::os::fd::AsRawFd;

    let overflow = |_| io::Error::from_raw_os_error(libc::EOVERFLOW);
    let mut at = libc::off_t::try_from(at).map_err(overflow)?;
    // As much as the system takes in one call; more is no error, but says nothing about the end.
    let most = most.min(0x7fff_f000);
    let (to, from) = (socket.as_raw_fd(), file.as_raw_fd());
    broken_pipe::held_back(|| {
        // SAFETY: two descriptors and a position, all alive through the call.
        let sent = unsafe { libc::sendfile(to, from, &raw mut at, most) };
        let sent = usize::try_from(sent).map_err(|_| io::Error::last_os_error());
        // What was cut short may have raised the signal at its last piece; at the file's end there
        // was none.
        let short = sent.as_ref().map_or(true, |sent| *sent != most && *sent != 0);
        (sent, short)
    })
}

/// Every system has its own; the others' do not tell what was sent before a failure.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn send_file(_: &socket2::Socket, _: &File, _: u64, _: usize) -> io::Result<usize> {
    Err(io::Error::from_raw_os_error(libc::ENOSYS))
}

/// `SIGPIPE`, where no flag of the call keeps it away.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod broken_pipe {
    use std::io;
    use std::mem;

    /// Runs `call` with the signal blocked in this thread and takes the one away that the call
    /// raised, if it was cut short. One that was pending before stays.
    ///
    /// Source: POSIX.1-2024 `pthread_sigmask`, `sigtimedwait`; a signal that a write raises is the
    /// writing thread's.
    pub(super) fn held_back<T>(call: impl FnOnce() -> (io::Result<T>, bool)) -> io::Result<T> {
        let signal = only();
        let before = change(libc::SIG_BLOCK, &signal)?;
        let was_blocked = contains(&before);
        let was_pending = was_blocked && is_pending();
        let (outcome, short) = call();
        if short && !was_pending {
            take(&signal);
        }
        if !was_blocked {
            change(libc::SIG_UNBLOCK, &signal)?;
        }
        outcome
    }

    fn only() -> libc::sigset_t {
        let mut set = empty();
        // SAFETY: an initialised set, and a signal that there is.
        unsafe { libc::sigaddset(&raw mut set, libc::SIGPIPE) };
        set
    }

    fn empty() -> libc::sigset_t {
        // SAFETY: a set is plain numbers, for which zero is a value.
        let mut set = unsafe { mem::zeroed() };
        // SAFETY: room for a set.
        unsafe { libc::sigemptyset(&raw mut set) };
        set
    }

    /// Changes this thread's mask, and tells what it was.
    fn change(how: libc::c_int, set: &libc::sigset_t) -> io::Result<libc::sigset_t> {
        let mut before = empty();
        // SAFETY: two sets, alive through the call.
        match unsafe { libc::pthread_sigmask(how, set, &raw mut before) } {
            0 => Ok(before),
            code => Err(io::Error::from_raw_os_error(code)),
        }
    }

    fn contains(set: &libc::sigset_t) -> bool {
        // SAFETY: an initialised set, and a signal that there is.
        unsafe { libc::sigismember(set, libc::SIGPIPE) == 1 }
    }

    fn is_pending() -> bool {
        let mut set = empty();
        // SAFETY: room for a set.
        unsafe { libc::sigpending(&raw mut set) == 0 && contains(&set) }
    }

    /// Takes the signal, if it is there.
    fn take(signal: &libc::sigset_t) {
        // SAFETY: a timespec is plain numbers, for which zero is a value; some targets pad it.
        let at_once: libc::timespec = unsafe { std::mem::zeroed() };
        loop {
            // SAFETY: a set and a time, alive through the call; nothing is to be told.
            let taken = unsafe { libc::sigtimedwait(signal, std::ptr::null_mut(), &at_once) };
            // Another signal may interrupt even what does not wait.
            if taken != -1 || io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
                return;
            }
        }
    }
}
