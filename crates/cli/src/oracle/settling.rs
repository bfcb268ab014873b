//! Waiting until the system has done what an operation brings about, by looking rather than by
//! the clock.

use std::time::Duration;

use sockrates_core::{Deadline, Ready};
use sockrates_socket::Socket;

use super::operation::Wait;
use super::ours::Performer;

/// Whether what is waited for comes about within `patience`. A socket that is not there, or closed,
/// has nothing to be waited for.
pub(crate) fn settled(performer: &dyn Performer, wait: Wait, patience: Duration) -> bool {
    let slot = match wait {
        Wait::Queued(slot, _) | Wait::Pending(slot, _) => slot,
        Wait::Readable(slot) | Wait::Failed(slot) | Wait::Ended(slot) => slot,
        Wait::Over(slot) | Wait::Answered(slot) => slot,
    };
    let Some(socket) = performer.socket(slot).filter(|socket| !socket.is_closed()) else {
        return true;
    };
    let until = Deadline::after(patience);
    while !has(socket, wait) {
        if until.has_passed() {
            return false;
        }
        // A moment, or less where something happens. What went wrong, the next look tells.
        let _ = socket.wait(Ready::READ, Deadline::after(MOMENT));
    }
    true
}

fn has(socket: &Socket, wait: Wait) -> bool {
    match wait {
        Wait::Queued(_, bytes) => socket.queued().is_ok_and(|queued| queued >= bytes),
        Wait::Readable(_) => polled(socket).is_some_and(|ready| ready.read),
        Wait::Failed(_) => polled(socket).is_some_and(|ready| ready.error),
        Wait::Ended(_) => info(socket).is_some_and(|(state, _)| !SENDING.contains(&state)),
        Wait::Over(_) => info(socket).is_some_and(|(state, _)| state == CLOSED),
        Wait::Answered(_) => info(socket).is_some_and(|(state, _)| state != SYN_SENT),
        Wait::Pending(_, count) => info(socket)
            .is_some_and(|(state, pending)| state != LISTENING || pending as usize == count),
    }
}

fn polled(socket: &Socket) -> Option<Ready> {
    socket.wait(Ready::READ, Deadline::after(Duration::ZERO)).ok()
}

/// The state of a TCP socket, and how many connections a listener holds.
///
/// Source: Linux `tcp(7)`, `TCP_INFO`; `struct tcp_info` in `linux/tcp.h`, whose `tcpi_unacked` is
/// a listener's queue.
fn info(socket: &Socket) -> Option<(u8, u32)> {
    let mut info = [0; 32];
    let len = socket.raw_option(libc::IPPROTO_TCP, libc::TCP_INFO, &mut info).ok()?;
    let pending = info[..len].get(24..28)?;
    Some((info[0], u32::from_ne_bytes(pending.try_into().ok()?)))
}

/// Established, and the two states in which only this side has ended.
const SENDING: [u8; 3] = [1, 4, 5];
const SYN_SENT: u8 = 2;
const CLOSED: u8 = 7;
const LISTENING: u8 = 10;

const MOMENT: Duration = Duration::from_millis(1);
