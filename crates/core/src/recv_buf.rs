//! The receive cursor: memory to receive into, initialised or not.

// The one file of this crate with unsafe code. The invariant it keeps: the first `init` bytes of
// `memory` are initialised, and `filled <= init <= memory.len()`.
#![expect(
    unsafe_code,
    reason = "hands out the initialised part of memory that may be uninitialised"
)]

use core::fmt;
use core::mem::MaybeUninit;

/// A cursor over memory to receive into: a filled part, then room.
///
/// It is made of a `&mut [u8]` or of memory not yet initialised (the spare capacity of a `Vec`),
/// and so spares zeroing a large buffer before the operating system overwrites it.
///
/// A transport written in safe Rust fills it with [`append`](Self::append), or with
/// [`unfilled`](Self::unfilled) and [`advance`](Self::advance).
///
/// ```
/// use sockrates_core::RecvBuf;
///
/// let mut memory = [0u8; 8];
/// let mut buf = RecvBuf::new(&mut memory);
/// assert_eq!(buf.append(b"hello, world"), 8); // as much as there is room for
/// assert_eq!(buf.filled(), b"hello, w");
/// assert_eq!(buf.remaining(), 0);
/// ```
pub struct RecvBuf<'a> {
    memory: &'a mut [MaybeUninit<u8>],
    filled: usize,
    init: usize,
}

impl<'a> RecvBuf<'a> {
    /// A cursor over initialised memory, with nothing filled.
    #[inline]
    #[must_use]
    pub fn new(memory: &'a mut [u8]) -> Self {
        let init = memory.len();
        let raw = core::ptr::from_mut(memory) as *mut [MaybeUninit<u8>];
        // SAFETY: u8 and MaybeUninit<u8> have the same layout, the borrow is exclusive for 'a, and
        // nothing here ever writes an uninitialised byte below `init`.
        let memory = unsafe { &mut *raw };
        Self { memory, filled: 0, init }
    }

    /// A cursor over memory that may be uninitialised, with nothing filled.
    #[must_use]
    pub fn uninit(memory: &'a mut [MaybeUninit<u8>]) -> Self {
        Self { memory, filled: 0, init: 0 }
    }

    /// The bytes received so far.
    #[must_use]
    pub fn filled(&self) -> &[u8] {
        let part = &raw const self.memory[..self.filled];
        // SAFETY: the first `filled` bytes are initialised (the invariant of this file).
        unsafe { &*(part as *const [u8]) }
    }

    /// How many bytes have been received.
    #[must_use]
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether nothing has been received.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// How many bytes there is room for.
    #[inline]
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.memory.len() - self.filled
    }

    /// The size of the whole memory, filled or not.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.memory.len()
    }

    /// Copies in as much of `bytes` as there is room for and returns how much that was.
    pub fn append(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(self.remaining());
        let from = &raw const bytes[..n];
        // SAFETY: u8 and MaybeUninit<u8> have the same layout, and a shared borrow writes nothing.
        let from = unsafe { &*(from as *const [MaybeUninit<u8>]) };
        self.memory[self.filled..][..n].copy_from_slice(from);
        self.filled += n;
        self.init = self.init.max(self.filled);
        n
    }

    /// The room as an initialised slice: bytes never written before are zeroed, once.
    pub fn unfilled(&mut self) -> &mut [u8] {
        for byte in &mut self.memory[self.init..] {
            byte.write(0);
        }
        self.init = self.memory.len();
        let part = &raw mut self.memory[self.filled..];
        // SAFETY: all of the memory is initialised by now.
        unsafe { &mut *(part as *mut [u8]) }
    }

    /// Counts the first `n` bytes of the room as received.
    ///
    /// # Panics
    /// Where `n` is more than the initialised room: a transport that claims bytes it never wrote
    /// has a bug.
    pub fn advance(&mut self, n: usize) {
        assert!(
            n <= self.init - self.filled,
            "advance({n}): only {} initialised bytes of room; write them before counting them",
            self.init - self.filled
        );
        self.filled += n;
    }

    /// The room as it is, for a system call to write into.
    ///
    /// # Safety
    /// The caller must not write uninitialised bytes into it.
    #[inline]
    pub unsafe fn unfilled_uninit(&mut self) -> &mut [MaybeUninit<u8>] {
        &mut self.memory[self.filled..]
    }

    /// Counts the first `n` bytes of the room as received.
    ///
    /// # Safety
    /// They must have been initialised, through [`unfilled_uninit`](Self::unfilled_uninit), and be
    /// no more than the room.
    #[inline]
    pub unsafe fn assume_filled(&mut self, n: usize) {
        debug_assert!(
            n <= self.remaining(),
            "{n} bytes received into room for {}",
            self.remaining()
        );
        self.filled += n;
        self.init = self.init.max(self.filled);
    }
}

impl fmt::Debug for RecvBuf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecvBuf({} of {} bytes filled)", self.filled, self.memory.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uninitialised_memory_is_zeroed_once_and_only_where_needed() {
        let mut memory = [MaybeUninit::<u8>::uninit(); 6];
        let mut buf = RecvBuf::uninit(&mut memory);
        assert_eq!(buf.append(b"ab"), 2);
        assert_eq!(buf.unfilled(), [0; 4]);
        buf.unfilled()[0] = b'c';
        buf.advance(1);
        assert_eq!(buf.filled(), b"abc");
        assert_eq!(buf.remaining(), 3);
    }

    #[test]
    #[should_panic(expected = "advance(1)")]
    fn bytes_never_written_cannot_be_claimed() {
        let mut memory = [MaybeUninit::<u8>::uninit(); 4];
        RecvBuf::uninit(&mut memory).advance(1);
    }
}
