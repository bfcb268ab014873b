//! Transports that lose descriptors on their way, keep them, or mix them up.

mod leaving;
mod losing;
mod mixing;
mod sending;

use std::os::fd::OwnedFd;

use sockrates_core::{Control, RecvControl};

use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    [losing::all(), leaving::all(), mixing::all(), sending::all()].concat()
}

/// More than any check sends.
const ROOM: usize = Control::ROOM + Control::room_for_rights(64);

/// What was received, with other descriptors.
fn changed(mut got: RecvControl, change: impl FnOnce(Vec<OwnedFd>) -> Vec<OwnedFd>) -> RecvControl {
    let (mut control, mut fds) = (Vec::new(), Vec::new());
    for one in got.control.drain(..) {
        match one {
            Control::Rights(some) => fds.extend(some),
            other => control.push(other),
        }
    }
    let fds = change(fds);
    if !fds.is_empty() {
        control.push(Control::Rights(fds));
    }
    RecvControl { control, ..got }
}
