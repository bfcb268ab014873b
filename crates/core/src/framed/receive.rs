//! Receiving frames, where the buffer does not hold the next one yet.

use super::course::{is_lawful, lawless};
use super::*;

/// What [`Framed::advance`] came to.
pub(super) enum Advance {
    /// A frame, taken.
    Frame(Range<usize>),
    /// The end, between two frames.
    End,
    /// So many bytes are missing, at least: no fewer than were asked for.
    Missing(usize),
}

impl<T: Transport, F: Framing> Framed<T, F> {
    /// Goes on from `seen`, what the framing last said of the window (nothing of an empty one),
    /// until there is a frame, an error or the end, or `enough` bytes and more are missing.
    #[inline(never)]
    pub(super) fn advance(
        &mut self,
        mut seen: Option<Result<Decoded, FrameError>>,
        enough: usize,
        deadline: Deadline,
    ) -> Result<Advance> {
        if let Some(error) = &self.course.failed {
            return Err(self.course.blame(error.clone()));
        }
        if seen.is_none() && self.course.is_fresh() {
            // A datagram that `fill` has brought, and that is empty.
            seen = Some(self.framing.decode(self.inbox.window(), self.course.last));
        }
        let mut total = None;
        loop {
            let len = self.inbox.len();
            let need = match seen {
                Some(Ok(Decoded::Frame { body, consume }))
                    if is_lawful(&body, consume, len)
                        && (consume > 0 || self.course.is_fresh()) =>
                {
                    self.course.stage = Stage::Open;
                    return Ok(Advance::Frame(self.inbox.take_range(body, consume)));
                }
                Some(Ok(Decoded::Skip(n))) if (1..=len).contains(&n) => {
                    self.inbox.consume(n);
                    0
                }
                Some(Ok(Decoded::Need(n))) if n >= enough => return Ok(Advance::Missing(n)),
                Some(Ok(Decoded::Need(n))) => n.max(1),
                Some(Ok(_)) => return Err(self.refuse(lawless())),
                Some(Err(error)) => return Err(self.refuse(error)),
                None => 1,
            };
            if need > 0 {
                let by = *total.get_or_insert_with(|| self.transport.mode().deadline(deadline));
                let more = match self.course.kind {
                    Kind::Stream => self.receive(need, by)?,
                    Kind::Datagram => self.receive_datagram(by)?,
                };
                if !more {
                    return Ok(Advance::End);
                }
            }
            seen = if self.inbox.is_empty() && !self.course.is_fresh() {
                None
            } else {
                Some(self.framing.decode(self.inbox.window(), self.course.last))
            };
        }
    }

    /// Receives more of the stream. `false` where it ended between two frames.
    pub(super) fn receive(&mut self, need: usize, deadline: Deadline) -> Result<bool> {
        let have = self.inbox.len();
        if self.course.last {
            return match have {
                0 if self.framing.may_end() => Ok(false),
                _ => Err(Error::Eof { op: Op::RecvFrame, have, want: None }),
            };
        }
        let whole = have.saturating_add(need);
        let ends_here = whole > inbox::USUAL && self.announced().is_some();
        let mut room = self.inbox.room(need, self.framing.window_max());
        if room.is_empty() {
            return Err(self.refuse(lawless()));
        }
        if ends_here {
            // What comes behind a large frame would have to be moved to the front.
            let most = room.len().min(need.saturating_add(AHEAD_MAX));
            room = &mut room[..most];
        }
        let mut buf = RecvBuf::new(room);
        match self.transport.recv_msg(&mut buf, RecvFlags::NONE, deadline) {
            Ok(recv) => {
                let n = buf.len();
                self.inbox.arrived(n);
                self.course.need = 0;
                self.course.last = n == 0;
                self.course.peer = Some(recv.peer);
                Ok(true)
            }
            Err(error) => Err(self.stopped(error, have)),
        }
    }

    /// What the head of the frame at hand has announced, as far as it can be true.
    pub(super) fn announced(&self) -> Option<Announced> {
        let announced = self.framing.announced(self.inbox.bytes())?;
        (announced.whole()? <= self.framing.window_max()).then_some(announced)
    }

    /// Receives the next datagram, once nothing is left of the one before.
    pub(super) fn receive_datagram(&mut self, deadline: Deadline) -> Result<bool> {
        let left = self.inbox.len();
        self.inbox.clear();
        self.course.end_datagram(&mut self.framing, left)?;
        let size = self.framing.window_max().clamp(inbox::USUAL, DATAGRAM_MAX);
        let mut buf = RecvBuf::new(self.inbox.room_for_datagram(size));
        match self.transport.recv_msg(&mut buf, RecvFlags::NONE, deadline) {
            Ok(recv) => {
                let n = buf.len();
                self.course.peer = Some(recv.peer);
                if recv.truncated {
                    let max = self.framing.max().min(n);
                    let error = FrameError::too_long(n as u64 + 1, max, Resync::After(n));
                    return Err(self.course.blame(error));
                }
                self.inbox.arrived(n);
                self.course.stage = Stage::Fresh;
                Ok(true)
            }
            // Only a connection of messages has an end, and says so.
            Err(Error::Eof { .. }) => Ok(false),
            Err(error) => Err(self.stopped(error, 0)),
        }
    }

    /// The window's first frame is in `error`: drops what the error says.
    pub(super) fn refuse(&mut self, error: FrameError) -> Error {
        let (error, drop) = self.course.refuse(&mut self.framing, error, self.inbox.len());
        self.inbox.consume(drop);
        error
    }

    pub(super) fn stopped(&mut self, error: Error, have: usize) -> Error {
        if error.is_recoverable() {
            self.inbox.found_nothing();
        }
        error.during(Op::RecvFrame, have)
    }
}

/// How many bytes are received behind a frame that is larger than the usual buffer: enough for the
/// next one's head, and for small ones that follow.
pub(super) const AHEAD_MAX: usize = 4 * 1024;
/// The most memory that is set aside for a datagram, in bytes. UDP needs 64 KiB; only local
/// sockets carry more.
const DATAGRAM_MAX: usize = 1024 * 1024;
