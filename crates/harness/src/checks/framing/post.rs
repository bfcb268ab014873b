//! Datagrams that a check makes up.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::{Mutex, PoisonError};

use sockrates_core::{
    Deadline, Errno, Error, Kind, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport,
};

/// Datagrams that arrive one after the other; then it would have to wait. Keeps what is sent.
#[derive(Default)]
pub(super) struct Post {
    arriving: Mutex<VecDeque<Vec<u8>>>,
    sent: Mutex<Vec<Vec<u8>>>,
}

impl Post {
    pub(super) fn new(arriving: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { arriving: Mutex::new(arriving.into_iter().collect()), sent: Mutex::default() }
    }

    /// The datagrams that were sent.
    pub(super) fn sent(&self) -> Vec<Vec<u8>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Post {
    type Peer = ();

    fn recv_msg(&self, buf: &mut RecvBuf<'_>, _: RecvFlags, _: Deadline) -> Result<Recv<()>> {
        let mut arriving = self.arriving.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(datagram) = arriving.pop_front() else {
            return Err(Error::os(Op::Recv, Errno::EAGAIN));
        };
        let len = buf.append(&datagram);
        Ok(Recv { len, peer: (), truncated: len < datagram.len() })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        _: SendFlags,
        _: Deadline,
    ) -> Result<usize> {
        let datagram: Vec<u8> = bytes.iter().flat_map(|slice| slice.iter().copied()).collect();
        let len = datagram.len();
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(datagram);
        Ok(len)
    }

    fn close_send(&self) -> Result<()> {
        Ok(())
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }
}
