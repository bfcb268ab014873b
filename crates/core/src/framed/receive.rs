//! Receiving frames, where the buffer does not hold the next one yet.

use super::*;

impl<T: Transport, F: Framing> Framed<T, F> {
    /// Goes on from `seen`, what the framing last said of the window (nothing of an empty one),
    /// until there is a frame, an error or the end.
    #[inline(never)]
    pub(super) fn advance(
        &mut self,
        mut seen: Option<Result<Decoded, FrameError>>,
        deadline: Deadline,
    ) -> Result<Option<Range<usize>>> {
        if let Some(error) = &self.failed {
            return Err(self.blame(error.clone()));
        }
        let mut total = None;
        loop {
            let len = self.inbox.len();
            let need = match seen {
                Some(Ok(Decoded::Frame { body, consume }))
                    if body.end <= consume
                        && consume <= len
                        && (consume > 0 || self.is_fresh()) =>
                {
                    self.stage = Stage::Open;
                    return Ok(Some(self.inbox.take_range(body, consume)));
                }
                Some(Ok(Decoded::Skip(n))) if (1..=len).contains(&n) => {
                    self.inbox.consume(n);
                    0
                }
                Some(Ok(Decoded::Need(n))) => n.max(1),
                Some(Ok(_)) => return Err(self.refuse(lawless())),
                Some(Err(error)) => return Err(self.refuse(error)),
                None => 1,
            };
            if need > 0 {
                let by = *total.get_or_insert_with(|| self.transport.mode().deadline(deadline));
                let more = match self.kind {
                    Kind::Stream => self.receive(need, by)?,
                    Kind::Datagram => self.receive_datagram(by)?,
                };
                if !more {
                    return Ok(None);
                }
            }
            seen = if self.inbox.is_empty() && !self.is_fresh() {
                None
            } else {
                Some(self.framing.decode(self.inbox.window(), self.last))
            };
        }
    }

    /// Receives more of the stream. `false` where it ended between two frames.
    fn receive(&mut self, need: usize, deadline: Deadline) -> Result<bool> {
        let have = self.inbox.len();
        if self.last {
            return match have {
                0 if self.framing.may_end() => Ok(false),
                _ => Err(Error::Eof { op: Op::RecvFrame, have, want: None }),
            };
        }
        let room = self.inbox.room(need, self.framing.window_max());
        if room.is_empty() {
            return Err(self.refuse(lawless()));
        }
        let mut buf = RecvBuf::new(room);
        match self.transport.recv_msg(&mut buf, RecvFlags::NONE, deadline) {
            Ok(recv) => {
                let n = buf.len();
                self.inbox.arrived(n);
                self.last = n == 0;
                self.peer = Some(recv.peer);
                Ok(true)
            }
            Err(error) => Err(self.stopped(error, have)),
        }
    }

    /// Receives the next datagram, once nothing is left of the one before.
    fn receive_datagram(&mut self, deadline: Deadline) -> Result<bool> {
        self.end_datagram()?;
        let size = self.framing.window_max().clamp(inbox::USUAL, DATAGRAM_MAX);
        let mut buf = RecvBuf::new(self.inbox.room_for_datagram(size));
        match self.transport.recv_msg(&mut buf, RecvFlags::NONE, deadline) {
            Ok(recv) => {
                let n = buf.len();
                self.peer = Some(recv.peer);
                if recv.truncated {
                    let max = self.framing.max().min(n);
                    let error = FrameError::too_long(n as u64 + 1, max, Resync::After(n));
                    return Err(self.blame(error));
                }
                self.inbox.arrived(n);
                self.stage = Stage::Fresh;
                Ok(true)
            }
            // Only a connection of messages has an end, and says so.
            Err(Error::Eof { .. }) => Ok(false),
            Err(error) => Err(self.stopped(error, 0)),
        }
    }

    /// Closes the datagram at hand: nothing of it may be left, unless an error of it was returned.
    fn end_datagram(&mut self) -> Result<()> {
        let left = self.inbox.len();
        let whole = match self.stage {
            Stage::Done | Stage::Refused => true,
            Stage::Fresh => false,
            Stage::Open => left == 0 && self.framing.may_end(),
        };
        self.drop_datagram();
        if whole {
            return Ok(());
        }
        let what = match left {
            0 => "a datagram without a whole frame or message",
            _ => "the datagram ends inside a frame",
        };
        Err(self.blame(FrameError::malformed(what, left, Resync::After(left))))
    }

    fn drop_datagram(&mut self) {
        self.inbox.clear();
        self.framing.reset();
        self.stage = Stage::Done;
    }

    /// The window's first frame is in `error`: drops what the error says.
    fn refuse(&mut self, mut error: FrameError) -> Error {
        let len = self.inbox.len();
        match (error.resync, self.kind) {
            (Resync::After(n), _) if n <= len => {
                self.inbox.consume(n);
                self.stage = Stage::Refused;
            }
            (_, Kind::Datagram) => {
                self.drop_datagram();
                error.resync = Resync::After(len);
            }
            (_, Kind::Stream) => {
                error.resync = Resync::Never;
                self.failed = Some(error.clone());
            }
        }
        self.blame(error)
    }

    fn blame(&self, error: FrameError) -> Error {
        Error::Frame { error, peer: self.peer.as_ref().and_then(Peer::to_addr) }
    }

    fn stopped(&mut self, error: Error, have: usize) -> Error {
        if error.is_recoverable() {
            self.inbox.found_nothing();
        }
        error.during(Op::RecvFrame, have)
    }

    /// Whether a datagram is at hand, an empty one perhaps, that no frame has been taken of.
    fn is_fresh(&self) -> bool {
        self.stage == Stage::Fresh
    }
}

/// A framing that breaks its laws must not make a receiver spin or grow for ever.
#[cold]
fn lawless() -> FrameError {
    let what = "the framing asked for more than its window_max, or made no progress,";
    FrameError::malformed(what, 0, Resync::Never)
}

/// The most memory that is set aside for a datagram, in bytes. UDP needs 64 KiB; only local
/// sockets carry more.
const DATAGRAM_MAX: usize = 1024 * 1024;
