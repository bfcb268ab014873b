//! The bytes that have arrived and are not yet decoded.

use std::ops::Range;

/// A linear buffer: what has arrived lies in one piece, at `start..end` of `memory`.
///
/// All of `memory` is initialised, so that receiving into it needs no unsafe code and never zeroes
/// a byte twice. Bytes move to the front only where at least as many were consumed before, or
/// where the frame at hand needs the room; either way the work stays linear.
#[derive(Default)]
pub(super) struct Inbox {
    memory: Vec<u8>,
    start: usize,
    end: usize,
    /// Receives in a row for which a buffer of the usual size was enough.
    calm: u32,
    /// Receives in a row that found nothing, with nothing in the buffer.
    idle: u32,
}

impl Inbox {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    /// The bytes not yet decoded.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.end]
    }

    /// The bytes not yet decoded, for decoding in place.
    #[inline]
    pub(super) fn window(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.end]
    }

    /// Takes a frame out of the window. Its bytes stay until the next receive.
    #[inline]
    pub(super) fn take(&mut self, body: Range<usize>, consume: usize) -> &[u8] {
        let window = &self.memory[self.start..self.end];
        self.start += consume;
        &window[body]
    }

    /// As [`take`](Self::take); what is returned is for [`frame`](Self::frame).
    pub(super) fn take_range(&mut self, body: Range<usize>, consume: usize) -> Range<usize> {
        let at = self.start;
        self.start += consume;
        at + body.start..at + body.end
    }

    /// A frame taken before.
    pub(super) fn frame(&self, taken: Range<usize>) -> &[u8] {
        &self.memory[taken]
    }

    /// The bytes not yet decoded, and where they start: to be moved as they are consumed.
    #[inline]
    pub(super) fn split(&mut self) -> (&mut [u8], &mut usize) {
        (&mut self.memory[self.start..self.end], &mut self.start)
    }

    /// Adds bytes that have arrived elsewhere.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.memory.len() - self.end < bytes.len() {
            let len = self.len();
            self.memory.copy_within(self.start..self.end, 0);
            self.start = 0;
            self.end = len;
            let wanted = (len + bytes.len()).next_multiple_of(USUAL);
            if self.memory.len() < wanted {
                self.memory.resize(wanted, 0);
            }
        }
        self.memory[self.end..][..bytes.len()].copy_from_slice(bytes);
        self.arrived(bytes.len());
    }

    /// Drops the first `n` bytes.
    pub(super) fn consume(&mut self, n: usize) {
        self.start += n;
    }

    pub(super) fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
    }

    /// Room to receive at least one of the `need` bytes that are missing, with at most `window_max`
    /// bytes in the window; none where the window is as long as that already.
    ///
    /// What has arrived decides how much memory there is, not what a peer has announced: the buffer
    /// is at most doubled.
    pub(super) fn room(&mut self, need: usize, window_max: usize) -> &mut [u8] {
        let len = self.len();
        let whole = len.saturating_add(need);
        let limit = window_max.checked_next_multiple_of(USUAL).unwrap_or(window_max).max(USUAL);
        let wanted = whole.min((2 * len).max(USUAL)).next_multiple_of(USUAL).min(limit);
        let worth_moving = len <= self.start || self.memory.len() - self.end < need;
        if self.start > 0 && worth_moving {
            self.memory.copy_within(self.start..self.end, 0);
            self.start = 0;
            self.end = len;
        }
        if self.memory.len() < wanted {
            self.memory.resize(wanted, 0);
        }
        self.shrink_when_calm(whole);
        &mut self.memory[self.end..]
    }

    /// Room for a whole datagram of up to `size` bytes; drops what is in the buffer.
    pub(super) fn room_for_datagram(&mut self, size: usize) -> &mut [u8] {
        self.clear();
        if self.memory.len() < size {
            self.memory = vec![0; size];
        }
        &mut self.memory
    }

    /// Counts `n` bytes of the room as arrived.
    pub(super) fn arrived(&mut self, n: usize) {
        self.end += n;
        self.idle = 0;
    }

    /// Nothing has arrived: after a while of that an empty buffer gives its memory back.
    pub(super) fn found_nothing(&mut self) {
        self.idle += 1;
        if self.idle >= IDLE && self.is_empty() {
            *self = Self::default();
        }
    }

    /// Gives back the memory that holds nothing.
    pub(super) fn shrink_to_fit(&mut self) {
        let len = self.len();
        self.memory.copy_within(self.start..self.end, 0);
        self.start = 0;
        self.end = len;
        self.memory.truncate(len);
        self.memory.shrink_to_fit();
    }

    /// The bytes not yet decoded, in a `Vec` of their own.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.shrink_to_fit();
        self.memory
    }

    /// Goes back to the usual size once it has been enough for a while.
    fn shrink_when_calm(&mut self, whole: usize) {
        if self.memory.len() <= USUAL || whole > USUAL || self.end > USUAL / 2 {
            self.calm = 0;
            return;
        }
        self.calm += 1;
        if self.calm > CALM {
            self.calm = 0;
            self.memory.truncate(USUAL);
            self.memory.shrink_to_fit();
        }
    }
}

/// The usual size, in bytes: what one receive from a fast peer fills.
pub(super) const USUAL: usize = 64 * 1024;
/// How many receives in a row must find nothing before an empty buffer is given up.
const IDLE: u32 = 16;
/// How many receives in a row must do with the usual size before a larger buffer is given up.
const CALM: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn receive(inbox: &mut Inbox, need: usize, window_max: usize, n: usize) -> usize {
        let room = inbox.room(need, window_max).len();
        inbox.arrived(n.min(room));
        room
    }

    #[test]
    fn memory_follows_what_arrives_not_what_is_announced() {
        let mut inbox = Inbox::default();
        assert_eq!(inbox.memory.capacity(), 0);
        assert_eq!(receive(&mut inbox, 1 << 40, 1 << 41, 10), USUAL);
        assert_eq!(receive(&mut inbox, 1 << 40, 1 << 41, USUAL), USUAL - 10);
        assert_eq!(receive(&mut inbox, 1 << 40, 1 << 41, USUAL), USUAL);
        assert_eq!(receive(&mut inbox, 1, 1 << 41, 1), USUAL);
        assert_eq!(inbox.memory.len(), 3 * USUAL);
    }

    #[test]
    fn the_window_never_outgrows_its_maximum() {
        let mut inbox = Inbox::default();
        assert_eq!(receive(&mut inbox, 10, 100, USUAL), USUAL);
        assert_eq!(receive(&mut inbox, 10, 100, 1), 0);
        inbox.consume(7);
        assert_eq!(receive(&mut inbox, 10, 100, 7), 7);
    }

    #[test]
    fn a_large_buffer_is_given_up_once_it_is_not_needed() {
        let mut inbox = Inbox::default();
        for _ in 0..4 {
            receive(&mut inbox, 1 << 20, 1 << 20, usize::MAX);
        }
        assert!(inbox.memory.len() > USUAL);
        inbox.consume(inbox.len() - 3);
        let rest = inbox.bytes().to_vec();
        for _ in 0..=CALM {
            receive(&mut inbox, 1, 1 << 20, 0);
        }
        assert_eq!(inbox.memory.capacity(), USUAL);
        assert_eq!(inbox.bytes(), rest);
    }

    #[test]
    fn an_idle_buffer_gives_its_memory_back() {
        let mut inbox = Inbox::default();
        receive(&mut inbox, 1, 100, 1);
        inbox.consume(1);
        for _ in 1..IDLE {
            inbox.found_nothing();
            assert_eq!(inbox.memory.len(), USUAL);
        }
        inbox.found_nothing();
        assert_eq!(inbox.memory.capacity(), 0);
        receive(&mut inbox, 1, 100, 1);
        for _ in 0..=IDLE {
            inbox.found_nothing();
        }
        assert_eq!(inbox.len(), 1);
    }

    #[test]
    fn memory_that_holds_nothing_can_be_given_back_at_once() {
        let mut inbox = Inbox::default();
        receive(&mut inbox, 1, 100, 9);
        inbox.consume(4);
        inbox.window().copy_from_slice(b"abcde");
        inbox.shrink_to_fit();
        assert_eq!(inbox.memory.capacity(), 5);
        assert_eq!(inbox.bytes(), b"abcde");
        assert_eq!(receive(&mut inbox, 1, 100, 1), USUAL - 5);
        assert_eq!(inbox.len(), 6);
    }
}
