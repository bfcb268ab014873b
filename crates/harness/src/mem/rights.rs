//! Descriptors on their way beside bytes.

#[cfg(unix)]
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;

use sockrates_core::{Control, ControlRef, Errno, Error, Op, Result};

/// The most that one send carries, as on Linux.
#[cfg(unix)]
const MOST: usize = 253;

/// The descriptors of one send: the network's own duplicates, closed with the last clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Rights(Arc<Vec<Descriptor>>);

#[cfg(unix)]
type Descriptor = OwnedFd;
/// There are none, so that nothing is ever on its way.
#[cfg(not(unix))]
type Descriptor = std::convert::Infallible;

impl Rights {
    /// What is to be sent with `control`; whatever else than descriptors is refused.
    pub(super) fn of(control: &[ControlRef<'_>]) -> Result<Self> {
        let mut all = Vec::new();
        for message in control {
            match message {
                #[cfg(unix)]
                ControlRef::Rights(fds) => all.extend(duplicates(fds, all.len())?),
                ControlRef::Raw { .. } => return Err(Error::os(Op::Send, Errno::EINVAL)),
                _ => return Err(Error::Unsupported { op: Op::Send }),
            }
        }
        Ok(Self(Arc::new(all)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Duplicates for a receiver with so much room, and whether some of them are lost.
    pub(super) fn received(&self, room: usize) -> (Vec<Control>, bool) {
        let received = duplicated(&self.0, room);
        let lost = received.as_ref().map_or(0, count) < self.0.len();
        (received.into_iter().collect(), lost)
    }
}

#[cfg(unix)]
fn duplicates(fds: &[BorrowedFd<'_>], before: usize) -> Result<Vec<OwnedFd>> {
    if before + fds.len() > MOST {
        let value = (before + fds.len()).to_string();
        return Err(Error::invalid("descriptors", value, "one message carries up to 253"));
    }
    let duplicate = |fd: &BorrowedFd<'_>| fd.try_clone_to_owned();
    let all: std::io::Result<Vec<OwnedFd>> = fds.iter().map(duplicate).collect();
    all.map_err(|error| Error::from_io(Op::Send, &error))
}

/// As many as there is room for, and as the process has free numbers for.
#[cfg(unix)]
fn duplicated(fds: &[OwnedFd], room: usize) -> Option<Control> {
    let fits = |n: &usize| Control::room_for_rights(*n) <= room;
    let most = (0..=fds.len()).rev().find(fits).unwrap_or(0);
    let some: Vec<OwnedFd> = fds[..most].iter().map_while(|fd| fd.try_clone().ok()).collect();
    (!some.is_empty()).then_some(Control::Rights(some))
}

#[cfg(not(unix))]
fn duplicated(_: &[Descriptor], _: usize) -> Option<Control> {
    None
}

fn count(control: &Control) -> usize {
    match control {
        #[cfg(unix)]
        Control::Rights(fds) => fds.len(),
        _ => 0,
    }
}
