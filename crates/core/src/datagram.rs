//! What every datagram transport can do, built on the transport's three methods.

use std::io::IoSlice;

use crate::{Deadline, Error, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport};

/// One message of a batch: where its bytes lie in the batch's buffer, and who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<P> {
    /// The bytes, as a range of the buffer that was given.
    pub range: std::ops::Range<usize>,
    /// The sender.
    pub peer: P,
    /// Whether the message was longer than its slot, so that its tail is lost.
    pub truncated: bool,
}

/// Operations on whole messages. Implemented for every transport.
///
/// ```
/// use sockrates_core::{Datagram, Deadline, Result, Transport};
///
/// /// Answers one message with its own bytes.
/// fn echo<T: Transport>(socket: &T) -> Result<()> {
///     let mut buf = [0; 1500];
///     let got = socket.recv_datagram(&mut buf, Deadline::NEVER)?;
///     socket.send_datagram(&buf[..got.len], Some(&got.peer), Deadline::NEVER)
/// }
/// ```
pub trait Datagram: Transport {
    /// Receives one message; a longer one than `buf` loses its tail, and `truncated` says so.
    ///
    /// # Errors
    /// As in [`Transport::recv_msg`].
    fn recv_datagram(&self, buf: &mut [u8], deadline: Deadline) -> Result<Recv<Self::Peer>> {
        self.recv_msg(&mut RecvBuf::new(buf), RecvFlags::NONE, deadline)
    }

    /// Sends `bytes` as one message to `to`, or to the connected peer.
    ///
    /// # Errors
    /// As in [`Transport::send_msg`].
    fn send_datagram(
        &self,
        bytes: &[u8],
        to: Option<&Self::Peer>,
        deadline: Deadline,
    ) -> Result<()> {
        self.send_msg(&[IoSlice::new(bytes)], to, SendFlags::NONE, deadline).map(drop)
    }

    /// Waits for one message, then takes those that have arrived too, `buf.len() / slot` messages
    /// at the most, each into a slot of `slot` bytes. `messages` is cleared first.
    ///
    /// # Errors
    /// [`Error::Invalid`] where `slot` is 0 or larger than `buf`; as in [`Transport::recv_msg`],
    /// where not one message was received. An error after that ends the batch and shows on the next
    /// receive only if it is still there.
    fn recv_batch(
        &self,
        buf: &mut [u8],
        slot: usize,
        messages: &mut Vec<Message<Self::Peer>>,
        deadline: Deadline,
    ) -> Result<()> {
        messages.clear();
        if !(1..=buf.len()).contains(&slot) {
            return Err(Error::invalid(
                "a slot of",
                format!("{slot} bytes in a buffer of {}", buf.len()),
                "use at least 1 byte, and at most the buffer",
            ));
        }
        let mut flags = RecvFlags::NONE;
        for (i, piece) in buf.chunks_exact_mut(slot).enumerate() {
            match self.recv_msg(&mut RecvBuf::new(piece), flags, deadline) {
                Ok(Recv { len, peer, truncated }) => {
                    messages.push(Message { range: i * slot..i * slot + len, peer, truncated });
                }
                Err(error) if i == 0 => return Err(error),
                Err(_) => break,
            }
            flags = RecvFlags::DONTWAIT;
        }
        Ok(())
    }

    /// Sends each of `messages` in turn and returns how many were sent.
    ///
    /// # Errors
    /// As in [`Transport::send_msg`], where the first could not be sent. An error after that is
    /// found by sending the rest.
    fn send_batch(
        &self,
        messages: &[(&[u8], Option<Self::Peer>)],
        deadline: Deadline,
    ) -> Result<usize> {
        for (i, (bytes, to)) in messages.iter().enumerate() {
            match self.send_datagram(bytes, to.as_ref(), deadline) {
                Err(error) if i == 0 => return Err(error),
                Err(_) => return Ok(i),
                Ok(()) => {}
            }
        }
        Ok(messages.len())
    }
}

impl<T: Transport + ?Sized> Datagram for T {}
