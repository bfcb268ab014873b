//! What a wait has found and nobody has taken yet.

use std::os::fd::RawFd;

use crate::Ready;
use crate::engine::Told;

/// What a wait has found and nobody has taken yet, in a list that is kept from wait to wait.
#[derive(Debug, Default)]
pub(super) struct Found {
    list: Vec<Item>,
    /// How many of them were taken.
    taken: usize,
}

/// A descriptor that is ready, and which registration of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) fd: RawFd,
    pub(super) generation: u32,
    pub(super) ready: Ready,
    /// See [`Told`].
    pub(super) lasting: bool,
}

impl Found {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.taken = 0;
    }

    #[inline]
    pub(super) fn push(&mut self, told: Told, generation: u32) {
        let Told { fd, ready, lasting, .. } = told;
        self.list.push(Item { fd, generation, ready, lasting });
    }

    /// Takes the next one.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Item> {
        let item = self.list.get(self.taken).copied()?;
        self.taken += 1;
        Some(item)
    }

    /// How many are left.
    pub(super) fn len(&self) -> usize {
        self.list.len() - self.taken
    }
}
