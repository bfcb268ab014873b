//! Sending a run of datagrams: cut by the system as far as it can, one by one where not.

use std::io;

use sockrates_core::{Deadline, Errno, Error, Mode, Op, Result, SendFlags};

use crate::Socket;
use crate::send::plain;
use crate::sys::{self, Refusal};
use crate::wait::Wait;

/// How long all the sends of an operation may wait, together.
pub(super) struct Patience {
    deadline: Deadline,
    dontwait: bool,
    /// Whether one of the sends was made.
    begun: bool,
    /// The deadline with the mode's timeout, once something had to be waited for.
    until: Option<Deadline>,
}

impl Patience {
    pub(super) fn new(flags: SendFlags, deadline: Deadline) -> Self {
        Self { deadline, dontwait: flags.contains(SendFlags::DONTWAIT), begun: false, until: None }
    }
}

/// Sends bytes, with the length of the datagrams that they are where they are several, and with the
/// flag that keeps it from waiting where it must not.
pub(super) trait Call:
    FnMut(&socket2::Socket, &[u8], Option<u16>, i32) -> io::Result<()>
{
}

impl<F: FnMut(&socket2::Socket, &[u8], Option<u16>, i32) -> io::Result<()>> Call for F {}

/// More than a datagram of IPv4 may have, the largest packet being 65,535 bytes with its headers of
/// 20 and 8; what goes to the system as one has no more either.
const TRAIN_MAX: usize = 65_507;

/// A datagram that every way to a peer takes uncut, in bytes: IPv6's smallest packet without its
/// headers. Of a longer one `EINVAL` is no proof against cutting.
const SURE_TO_FIT: usize = 1280 - 48;

impl Socket {
    /// Sends `bytes` as datagrams of `segment` bytes, the last of what is left; no bytes as an
    /// empty one. An error tells how many bytes were sent, which are whole datagrams.
    #[inline]
    pub(super) fn send_run(
        &self,
        bytes: &[u8],
        segment: usize,
        patience: &mut Patience,
        call: &mut impl Call,
    ) -> Result<()> {
        let mut done = 0;
        loop {
            let rest = &bytes[done..];
            let train = &rest[..self.train(rest.len(), segment)];
            let cut = u16::try_from(segment).ok().filter(|_| train.len() > segment);
            if cut.is_some() && segment > SURE_TO_FIT {
                self.tell_waiting().map_err(|error| error.during(Op::Send, done))?;
            }
            let sent = self.patiently(patience, |socket, flag| call(socket, train, cut, flag));
            if let Err(error) = sent {
                self.send_refused(train, (segment, cut), error, patience, call).map_err(
                    |error| {
                        let done = done + error.done();
                        error.during(Op::Send, done)
                    },
                )?;
            }
            done += train.len();
            if done == bytes.len() {
                return Ok(());
            }
        }
    }

    /// The error that waits at the socket, once. Asked before a train that may be too long for the
    /// way: what a router has said of an earlier datagram is `EMSGSIZE` too, and the train that
    /// takes it away and is then refused for its own length could not tell the two apart.
    fn tell_waiting(&self) -> Result<()> {
        match self.inner().take_error() {
            Ok(Some(error)) => Err(self.or_closed(Error::from_io(Op::Send, &error))),
            // What is wrong with the socket itself is the send's to say.
            _ => Ok(()),
        }
    }

    /// Sends what failed with `error`, where that may be for being several as one.
    #[cold]
    fn send_refused(
        &self,
        train: &[u8],
        (segment, cut): (usize, Option<u16>),
        error: Error,
        patience: &mut Patience,
        call: &mut impl Call,
    ) -> Result<()> {
        let refusal = |error: &Error| cut.and(error.errno()).and_then(sys::refusal);
        let mut error = error;
        // An earlier datagram may have been too long for the way, as a router has told since it was
        // asked, or of a way that takes less than what is sure to fit. The system says so once, of
        // whatever is sent next; of a train that is too long it says it again.
        if refusal(&error) == Some(Refusal::Length) {
            let again = self.patiently(patience, |socket, flag| call(socket, train, cut, flag));
            let was_of_another = match &again {
                Ok(()) => true,
                // Only datagrams whose length was found good are refused for being cut.
                Err(again) => matches!(refusal(again), Some(Refusal::Cutting | Refusal::Either)),
            };
            if was_of_another {
                self.keep_late(&io::Error::from_raw_os_error(Errno::EMSGSIZE.code()));
            }
            match again {
                Ok(()) => return Ok(()),
                Err(again) => error = again,
            }
        }
        match refusal(&error) {
            Some(refusal) => self.send_uncut(train, segment, refusal, patience, call),
            None => Err(error),
        }
    }

    /// Sends each datagram of a train by itself that was refused as one: of which nothing was sent.
    #[cold]
    fn send_uncut(
        &self,
        train: &[u8],
        segment: usize,
        refusal: Refusal,
        patience: &mut Patience,
        call: &mut impl Call,
    ) -> Result<()> {
        for (i, datagram) in train.chunks(segment).enumerate() {
            self.patiently(patience, |socket, flag| call(socket, datagram, None, flag))
                .map_err(|error| error.during(Op::Send, i * segment))?;
            // Only now it is certain that the refusal was of the train.
            let is_of_cutting = match refusal {
                Refusal::Cutting => true,
                Refusal::Either => segment <= SURE_TO_FIT,
                Refusal::Length => false,
            };
            if i == 0 && is_of_cutting {
                self.set_gso(false);
            }
        }
        Ok(())
    }

    /// How many of `len` bytes to send at once.
    #[inline]
    fn train(&self, len: usize, segment: usize) -> usize {
        if len <= segment || !self.gso() {
            return len.min(segment);
        }
        let most = sys::segments_max();
        // The usual one goes at once, and needs no division.
        if len <= TRAIN_MAX && len <= segment.saturating_mul(most) {
            return len;
        }
        len.min(segment * (TRAIN_MAX / segment).clamp(1, most))
    }

    /// Runs one of the sends of an operation, all of which have one deadline: none but the first
    /// starts after it, though nothing had to be waited for. The first costs no clock reading.
    #[inline]
    fn patiently(
        &self,
        patience: &mut Patience,
        call: impl FnMut(&socket2::Socket, i32) -> io::Result<()>,
    ) -> Result<()> {
        if patience.begun && !patience.dontwait && self.mode() != Mode::NonBlocking {
            let deadline = patience.deadline;
            let until = *patience.until.get_or_insert_with(|| self.mode().deadline(deadline));
            if until.has_passed() {
                return Err(Error::TimedOut { op: Op::Send, done: 0 });
            }
        }
        patience.begun = true;
        self.send_once(patience, call)
    }

    #[inline]
    fn send_once(
        &self,
        patience: &mut Patience,
        mut call: impl FnMut(&socket2::Socket, i32) -> io::Result<()>,
    ) -> Result<()> {
        let never = patience.dontwait;
        if let Some(deadline) = patience.until {
            return self.run(Wait { never, ..plain(deadline) }, call);
        }
        let deadline = patience.deadline;
        let kernel_waits = self.blocks() && deadline.is_never();
        match self.run(Wait { never: never || !kernel_waits, ..plain(deadline) }, &mut call) {
            Err(error) if error.would_block() && !never && self.mode() != Mode::NonBlocking => {
                let deadline = *patience.until.insert(self.mode().deadline(deadline));
                self.run(plain(deadline), call)
            }
            sent => sent,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
