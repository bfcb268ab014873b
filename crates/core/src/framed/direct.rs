//! Receiving large bodies straight into memory of the caller's.

use super::course::is_lawful;
use super::receive::{AHEAD_MAX, Advance};
use super::*;

impl<T: Transport, F: Framing> Framed<T, F> {
    /// The next frame's body in memory of the caller's: `true`, and `body` holds it and nothing
    /// else; or `false` where the peer has ended the stream between two frames.
    ///
    /// What arrives is the same as with [`next`](Self::next), and the two can be mixed. A large
    /// body is received straight into `body`, if its length is
    /// [announced](Framing::announced): it is not copied. `body` grows as bytes arrive, at most
    /// twofold at a time, and never by what the peer has announced; its capacity is used again if
    /// the same one is passed for the next frame.
    ///
    /// After an error the contents of `body` mean nothing. No byte is lost with them: what had
    /// arrived is in [`buffered`](Self::buffered).
    ///
    /// # Errors
    /// As in [`next`](Self::next).
    #[inline]
    pub fn next_into(&mut self, body: &mut Vec<u8>) -> Result<bool> {
        self.next_into_by(body, Deadline::NEVER)
    }

    /// As [`next_into`](Self::next_into), to one `deadline` for the whole frame.
    ///
    /// # Errors
    /// As in [`next`](Self::next).
    #[inline]
    pub fn next_into_by(&mut self, body: &mut Vec<u8>, deadline: Deadline) -> Result<bool> {
        let seen = if self.inbox.is_empty() || self.course.failed.is_some() {
            None
        } else {
            match self.framing.decode(self.inbox.window(), self.course.last) {
                Ok(Decoded::Frame { body: frame, consume })
                    if is_lawful(&frame, consume, self.inbox.len()) && consume > 0 =>
                {
                    self.course.stage = Stage::Open;
                    body.clear();
                    body.extend_from_slice(self.inbox.take(frame, consume));
                    return Ok(true);
                }
                other => Some(other),
            }
        };
        self.advance_into(seen, body, deadline)
    }

    /// Goes on from `seen` until there is a frame in `body`, an error or the end.
    #[inline(never)]
    fn advance_into(
        &mut self,
        mut seen: Option<Result<Decoded, FrameError>>,
        body: &mut Vec<u8>,
        deadline: Deadline,
    ) -> Result<bool> {
        let deadline = self.transport.mode().deadline(deadline);
        // A datagram comes in one piece.
        let mut enough = match self.course.kind {
            Kind::Stream => DIRECT_MIN,
            Kind::Datagram => usize::MAX,
        };
        loop {
            let missing = match self.advance(seen, enough, deadline)? {
                Advance::Frame(frame) => {
                    body.clear();
                    body.extend_from_slice(self.inbox.frame(frame));
                    return Ok(true);
                }
                Advance::End => {
                    body.clear();
                    return Ok(false);
                }
                Advance::Missing(missing) => missing,
            };
            match self.announced().filter(|announced| self.is_worth_it(announced)) {
                Some(announced) if self.receive_into(body, &announced, deadline)? => {
                    return Ok(true);
                }
                // The stream has ended inside the frame, which decoding will tell.
                Some(_) => seen = None,
                None => seen = Some(Ok(Decoded::Need(missing))),
            }
            enough = usize::MAX;
        }
    }

    /// Whether the rest of the frame at hand goes straight to its destination. Not where much has
    /// come by now: what has to be taken back from there would be copied again and again.
    fn is_worth_it(&self, announced: &Announced) -> bool {
        !self.course.last
            && (announced.head..inbox::USUAL + announced.head).contains(&self.inbox.len())
            && announced.body > self.inbox.len() - announced.head
    }

    /// Receives the rest of the frame at hand into `body`, and what lies in the buffer of it. Where
    /// that fails all of it is in the buffer again. `false` where the stream ends before.
    fn receive_into(
        &mut self,
        body: &mut Vec<u8>,
        announced: &Announced,
        deadline: Deadline,
    ) -> Result<bool> {
        let before = self.inbox.len() - announced.head;
        let rest = announced.body + announced.tail;
        let mut have = before;
        let brought = body.len().max(inbox::USUAL + AHEAD_MAX);
        while have < rest {
            // As much memory as has arrived, once more, if the caller has brought no more.
            let grown = (2 * have).max(brought);
            let room = rest.saturating_add(AHEAD_MAX).min(grown);
            if body.len() < room {
                body.resize(room, 0);
            }
            let mut buf = RecvBuf::new(&mut body[have..room]);
            let received = self.transport.recv_msg(&mut buf, RecvFlags::NONE, deadline);
            let n = buf.len();
            match received {
                Ok(recv) => {
                    have += n;
                    self.course.need = 0;
                    self.course.peer = Some(recv.peer);
                    self.course.last = n == 0;
                }
                Err(error) => {
                    self.inbox.append(&body[before..have]);
                    return Err(self.stopped(error, self.inbox.len()));
                }
            }
            if self.course.last {
                self.inbox.append(&body[before..have]);
                return Ok(false);
            }
        }
        if let Err(error) = self.framing.finish(announced, &body[announced.body..rest]) {
            self.inbox.append(&body[before..have]);
            return Err(self.refuse(error));
        }
        body[..before].copy_from_slice(&self.inbox.bytes()[announced.head..]);
        self.inbox.clear();
        self.inbox.append(&body[rest..have]);
        body.truncate(announced.body);
        Ok(true)
    }
}

/// From how many missing bytes on a frame is received straight to its destination.
const DIRECT_MIN: usize = 16 * 1024;
