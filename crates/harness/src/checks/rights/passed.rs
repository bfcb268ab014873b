//! Descriptors to pass, and how each is known again.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use sockrates_core::{Control, ControlRef, RecvControl, RecvFlags};

use crate::expect::{ensure, equal, fail};
use crate::{Case, Conn, Stop};

/// More than all that is sent here at once.
const MOST: usize = 64;

/// A descriptor to pass, and the other end of it, which tells what becomes of it.
pub(super) struct Passed {
    pub(super) far: UnixStream,
    pub(super) near: Witness,
}

/// The end that stays.
pub(super) struct Witness(UnixStream);

impl Passed {
    /// A descriptor from which `letter` can be read, once.
    pub(super) fn new(letter: u8) -> Result<Self, Stop> {
        let (mut near, far) = UnixStream::pair().map_err(at_fault)?;
        near.write_all(&[letter]).map_err(at_fault)?;
        Ok(Self { far, near: Witness(near) })
    }

    /// Sends `bytes` with this descriptor, and closes it here.
    pub(super) fn pass(self, case: &Case<'_>, from: &Conn, bytes: &[u8]) -> Result<Witness, Stop> {
        pass(case, from, bytes, &[self.far.as_fd()])?;
        Ok(self.near)
    }
}

impl Witness {
    /// The other end is closed, in every process and every queue.
    pub(super) fn sees_it_closed(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        self.0.set_read_timeout(Some(case.patience())).map_err(at_fault)?;
        match self.0.read(&mut [0; 8]) {
            Ok(0) => Ok(()),
            // The letter that nobody has read comes back as this.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(()),
            _ => fail("the descriptor is closed", "it stays open somewhere"),
        }
    }
}

/// Sends `bytes`, and `fds` with them.
pub(super) fn pass(
    case: &Case<'_>,
    from: &Conn,
    bytes: &[u8],
    fds: &[BorrowedFd<'_>],
) -> Result<(), Stop> {
    let sent = from.send_beside(bytes, &[ControlRef::Rights(fds)], case.soon())?;
    equal("bytes sent", &bytes.len(), &sent)
}

/// What one receive brought.
pub(super) struct Taken {
    pub(super) bytes: Vec<u8>,
    pub(super) fds: Vec<OwnedFd>,
    pub(super) truncated: bool,
    pub(super) lost: bool,
}

/// Receives once, with room for every descriptor; none may be lost.
pub(super) fn take(case: &Case<'_>, end: &Conn) -> Result<Taken, Stop> {
    let taken = take_with(case, end, MOST, RecvFlags::NONE)?;
    ensure(!taken.lost, "nothing is said to be lost", "control messages are")?;
    Ok(taken)
}

/// Receives once up to `max` bytes, with room for every descriptor.
pub(super) fn take_with(
    case: &Case<'_>,
    end: &Conn,
    max: usize,
    flags: RecvFlags,
) -> Result<Taken, Stop> {
    let room = Control::ROOM + Control::room_for_rights(MOST);
    take_within(case, end, (max, room), flags)
}

/// Receives once, with room for so many bytes, and so much of control messages.
pub(super) fn take_within(
    case: &Case<'_>,
    end: &Conn,
    (max, room): (usize, usize),
    flags: RecvFlags,
) -> Result<Taken, Stop> {
    let (bytes, got) = end.recv_beside(max, room, flags, case.soon())?;
    let RecvControl { truncated, control_truncated: lost, .. } = got;
    Ok(Taken { bytes, truncated, lost, fds: got.into_rights() })
}

impl Taken {
    /// It is `bytes`, with the descriptors of these letters.
    pub(super) fn is(self, bytes: &[u8], letters: &[u8]) -> Result<(), Stop> {
        equal("bytes received", bytes, &self.bytes[..])?;
        equal("what can be read from the descriptors received", letters, &read_all(self.fds)?[..])
    }
}

/// The letter of each.
pub(super) fn read_all(fds: Vec<OwnedFd>) -> Result<Vec<u8>, Stop> {
    fds.into_iter().map(read).collect()
}

/// The letter of a descriptor, which has been written already; "?" for none.
pub(super) fn read(fd: OwnedFd) -> Result<u8, Stop> {
    let (mut stream, mut letter) = (UnixStream::from(fd), [b'?']);
    // It may be any other descriptor, on which nothing of this works.
    let _ = stream.set_nonblocking(true).and_then(|()| stream.read(&mut letter));
    Ok(letter[0])
}

/// Whatever is not the subject's fault.
pub(super) fn at_fault(error: io::Error) -> Stop {
    Stop::HarnessError(format!("a descriptor to pass: {error}"))
}
