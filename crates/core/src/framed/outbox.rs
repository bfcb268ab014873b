//! The bytes that have been accepted and are not yet sent.

use std::io::IoSlice;

use crate::{Deadline, Errno, Error, Op, SendFlags, Transport};

/// Frames, or the rest of one, that wait to be sent on a stream.
#[derive(Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// How many of `bytes` have been sent.
    sent: usize,
}

/// What failed, and how many bytes had been sent before.
pub(super) type Stopped = (Error, usize);

impl Outbox {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.sent
    }

    /// The bytes not yet sent.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    /// Whether a frame of a body of `len` bytes is collected, and can be right now: all that waits
    /// is there from its start, and it is not too much with the frame.
    #[inline]
    pub(super) fn has_room(&self, len: usize) -> bool {
        len <= FEED_MAX && self.sent == 0 && self.bytes.len() + len <= FED_MAX
    }

    /// Where to append a frame.
    #[inline]
    pub(super) fn end(&mut self) -> &mut Vec<u8> {
        if self.sent > self.len() {
            self.drop_sent();
        }
        &mut self.bytes
    }

    #[cold]
    fn drop_sent(&mut self) {
        self.bytes.drain(..self.sent);
        self.sent = 0;
    }

    /// Drops all that is behind the first `len` bytes not yet sent.
    pub(super) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(self.sent + len);
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        self.sent = 0;
        self.bytes.clear();
        if self.bytes.capacity() > KEPT_MAX {
            self.bytes = Vec::new();
        }
    }

    /// Sends what waits, then `parts`, to one deadline.
    ///
    /// Where that fails, what was not sent of `parts` waits from then on if any of it was sent, and
    /// is left to the caller if none was.
    pub(super) fn send<T: Transport>(
        &mut self,
        transport: &T,
        parts: [&[u8]; 3],
        deadline: Deadline,
    ) -> Result<(), Stopped> {
        let waiting = self.len();
        let all = waiting + parts.iter().map(|part| part.len()).sum::<usize>();
        let mut done = 0;
        while done < all {
            match send_from(transport, self.bytes(), parts, done, deadline) {
                Ok(n) => done = all.min(done + n),
                Err(error) => {
                    self.keep(parts, done, waiting);
                    return Err((error, done));
                }
            }
        }
        self.clear();
        Ok(())
    }

    /// Keeps what is left after the first `done` bytes of what waited and `parts`.
    fn keep(&mut self, parts: [&[u8]; 3], done: usize, waiting: usize) {
        if done <= waiting {
            self.sent += done;
            return;
        }
        let mut skip = done - waiting;
        self.clear();
        for part in parts {
            let from = skip.min(part.len());
            self.bytes.extend_from_slice(&part[from..]);
            skip -= from;
        }
    }

    /// Gives back the memory that holds nothing.
    pub(super) fn shrink_to_fit(&mut self) {
        self.drop_sent();
        self.bytes.shrink_to_fit();
    }

    /// The bytes not yet sent, in a `Vec` of their own.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.shrink_to_fit();
        self.bytes
    }
}

/// Sends once: what is behind the first `skip` bytes of `first` and `parts`, at least one byte.
fn send_from<T: Transport>(
    transport: &T,
    first: &[u8],
    parts: [&[u8]; 3],
    mut skip: usize,
    deadline: Deadline,
) -> Result<usize, Error> {
    let mut slices = [IoSlice::new(&[]); 4];
    let mut count = 0;
    for part in [first, parts[0], parts[1], parts[2]] {
        let from = skip.min(part.len());
        skip -= from;
        if from < part.len() {
            slices[count] = IoSlice::new(&part[from..]);
            count += 1;
        }
    }
    match transport.send_msg(&slices[..count], None, SendFlags::NONE, deadline)? {
        // A transport that takes nothing and says nothing would be asked for ever.
        0 => Err(Error::os(Op::SendFrame, Errno::EPIPE)),
        n => Ok(n),
    }
}

/// The most memory that is kept for later, in bytes.
const KEPT_MAX: usize = 256 * 1024;
/// The most bytes of frames that wait to be sent together, without the last one's head and tail. A
/// packet of the loopback carries 65,464 bytes and more, and the largest that a network card cuts
/// hardly fewer: what is a little more goes out as two, at two thirds of the speed, and 60 KiB cost
/// 5 to 13 % (bodies of 1 KiB and 64 B).
pub(super) const FED_MAX: usize = 63 * 1024;
/// The longest body that is copied to wait with others. Where two fit it is twice as fast as a call
/// for each; of longer ones two do not fit, and a copy gains nothing.
pub(super) const FEED_MAX: usize = 31 * 1024;
