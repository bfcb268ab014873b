//! Where the entry of a descriptor lies in a dense list.

use std::os::fd::RawFd;

/// A table by descriptor number. Numbers are small and dense, for the system gives out the lowest
/// that is free, so the table is as long as the highest number that was registered.
#[derive(Debug, Default)]
pub(crate) struct Positions(Vec<u32>);

const NONE: u32 = u32::MAX;

impl Positions {
    #[inline]
    pub(crate) fn get(&self, fd: RawFd) -> Option<usize> {
        let position = *self.0.get(usize::try_from(fd).ok()?)?;
        (position != NONE).then_some(position as usize)
    }

    /// Enters a descriptor, whose number is not negative.
    pub(crate) fn set(&mut self, fd: RawFd, position: usize) {
        let fd = fd.unsigned_abs() as usize;
        if fd >= self.0.len() {
            self.0.resize(fd + 1, NONE);
        }
        self.0[fd] = position as u32;
    }

    /// Takes a descriptor out, if it is in; tells where it was.
    pub(crate) fn take(&mut self, fd: RawFd) -> Option<usize> {
        let position = self.get(fd)?;
        self.0[fd.unsigned_abs() as usize] = NONE;
        Some(position)
    }
}
