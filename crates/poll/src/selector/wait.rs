//! One wait of a selector, also where a closed descriptor is still in the kernel's set.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use super::Selector;
use crate::engine::Told;
use crate::key::Entry;
use crate::positions::Positions;
use crate::{Interest, sys};

impl<T> Selector<T> {
    /// [`select`](Self::select) where a descriptor was closed before it was unregistered.
    ///
    /// A duplicate may keep it in the kernel's set, where nobody can name it any more: told by
    /// every wait, it would keep this from ever waiting again. The first time it is told, that set
    /// is given up for a new one.
    #[cold]
    pub(super) fn select_haunted(&mut self, timeout: Option<Duration>) -> io::Result<usize> {
        let start = Instant::now();
        let seen = self.wait(timeout)?;
        if !seen.stranger {
            return Ok(self.found.len());
        }
        let waker = (self.waker.as_fd(), Interest::READ, 0);
        let entries = self.entries.iter().filter_map(|Entry { key, generation }| {
            Some((sys::by_number(key.fd).ok()?, key.interest, *generation))
        });
        self.engine.renew(std::iter::once(waker).chain(entries))?;
        self.haunted = false;
        if self.found.len() == 0 && !seen.wake {
            self.wait(timeout.map(|timeout| timeout.saturating_sub(start.elapsed())))?;
        }
        Ok(self.found.len())
    }

    /// Waits once, and notes what is ready.
    pub(super) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<Seen> {
        let Self { engine, entries, positions, found, waker, haunted, .. } = self;
        let (bell, haunted) = (waker.as_raw_fd(), *haunted);
        let mut seen = Seen::default();
        found.clear();
        engine.wait(timeout, |told| {
            if told.fd == bell {
                waker.clear();
                seen.wake = true;
                return;
            }
            let generation = match told.generation {
                // It tells of no registration that is over.
                Some(generation) if !haunted => Some(generation),
                _ => registered(positions, entries, &told),
            };
            match generation {
                Some(generation) => found.push(told, generation),
                None => seen.stranger = true,
            }
        })?;
        Ok(seen)
    }
}

/// Which registration that is, unless it is none of those that are registered.
#[inline(never)]
fn registered<T>(positions: &Positions, entries: &[Entry<T>], told: &Told) -> Option<u32> {
    let now = entries[positions.get(told.fd)?].generation;
    told.generation.is_none_or(|generation| generation == now).then_some(now)
}

/// What a wait saw beside the descriptors that are ready.
#[derive(Default)]
pub(super) struct Seen {
    /// A wake.
    wake: bool,
    /// A descriptor that is not registered any more.
    stranger: bool,
}
