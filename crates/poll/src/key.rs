//! What a selector knows of a descriptor.

use std::os::fd::RawFd;
use std::slice;

use crate::Interest;

/// A registered descriptor: its number, what is waited for, and the caller's data (or a borrow of
/// it).
///
/// Source: Python `selectors.SelectorKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<T> {
    /// The number of the descriptor.
    pub fd: RawFd,
    /// What is waited for.
    pub interest: Interest,
    /// The caller's data.
    pub data: T,
}

/// The keys of a [`Selector`](crate::Selector), in no particular order.
#[derive(Debug)]
pub struct Keys<'a, T> {
    pub(crate) entries: slice::Iter<'a, Entry<T>>,
}

impl<'a, T> Iterator for Keys<'a, T> {
    type Item = Key<&'a T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next().map(Entry::key)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<T> ExactSizeIterator for Keys<'_, T> {}

/// A key, and which registration it is.
#[derive(Debug)]
pub(crate) struct Entry<T> {
    pub(crate) key: Key<T>,
    /// Tells it from an earlier registration of the same number.
    pub(crate) generation: u32,
}

impl<T> Entry<T> {
    pub(crate) fn key(&self) -> Key<&T> {
        let Key { fd, interest, data } = &self.key;
        Key { fd: *fd, interest: *interest, data }
    }

    pub(crate) fn key_mut(&mut self) -> Key<&mut T> {
        let Key { fd, interest, data } = &mut self.key;
        Key { fd: *fd, interest: *interest, data }
    }
}
