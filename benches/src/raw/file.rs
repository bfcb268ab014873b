//! A file's bytes to a socket, by the one call that does it.

use std::fs::File;
use std::os::fd::AsRawFd;

use super::RawSocket;

impl RawSocket {
    /// Sends up to `most` bytes of `file` from the position `at` on, and returns how many.
    ///
    /// # Panics
    /// Where the system refuses.
    #[must_use]
    pub fn send_file(&self, file: &File, at: usize, most: usize) -> usize {
        let mut at = libc::off_t::try_from(at).expect("a position");
        let (to, from) = (self.0.as_raw_fd(), file.as_raw_fd());
        // SAFETY: two descriptors and a position, all alive through the call.
        let sent = unsafe { libc::sendfile(to, from, &raw mut at, most) };
        usize::try_from(sent).expect("sendfile")
    }
}
