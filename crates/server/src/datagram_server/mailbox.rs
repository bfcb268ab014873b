//! Where datagrams come in.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use sockrates_core::{Deadline, Errno, Error, Mode, RecvBuf, RecvFlags, Result};
use sockrates_poll::Selector;
use sockrates_socket::Socket;

use crate::datagram::Letter;
use crate::dearth::Dearth;
use crate::gate::{self, Entry, Source};

/// A socket that datagrams come in by. Receiving never waits, answering may.
pub(crate) struct Mailbox {
    socket: Arc<Socket>,
    watched: bool,
    dearth: Dearth,
    room: Vec<u8>,
}

impl Mailbox {
    pub(super) fn new(socket: Socket, datagram_max: usize) -> Result<Self> {
        if datagram_max > ROOM_MAX {
            let rule = "more than any datagram has; use at most 16777216 bytes";
            return Err(Error::invalid("datagram_max", datagram_max.to_string(), rule));
        }
        socket.set_mode(Mode::Blocking)?;
        // Into no room at all nothing would ever be received.
        let room = vec![0; datagram_max.max(1)];
        let (socket, dearth) = (Arc::new(socket), Dearth::default());
        Ok(Self { socket, watched: false, dearth, room })
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    pub(super) fn share(&self) -> Arc<Socket> {
        self.socket.clone()
    }
}

impl Source for Mailbox {
    type Item = Letter;

    fn watch(&mut self, selector: &mut Selector<u64>, wanted: bool) -> Result<()> {
        let wanted = wanted && self.paused_until().is_none();
        gate::watch(selector, &self.socket, &mut self.watched, wanted)
    }

    fn paused_until(&self) -> Option<Instant> {
        self.dearth.until()
    }

    fn resume(&mut self) {
        self.dearth.resume();
    }

    fn relax(&mut self) {
        self.dearth.relax();
    }

    fn pause(&mut self) {
        self.dearth.extend();
    }

    fn accept(&mut self) -> Result<Entry<Letter>> {
        let mut buf = RecvBuf::new(&mut self.room);
        match self.socket.recv_from_by(&mut buf, RecvFlags::DONTWAIT, Deadline::NEVER) {
            Ok(got) => {
                let (bytes, peer) = (buf.filled().to_vec(), got.peer);
                Ok(Entry::Client(Letter { bytes, peer, truncated: got.truncated }))
            }
            Err(error) => match error.errno().unwrap_or(Errno::SUCCESS) {
                errno if errno.would_block() => {
                    self.dearth.end();
                    Ok(Entry::Nobody)
                }
                Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK => Err(error),
                // What the network said of an earlier answer; receiving has cleared it.
                Errno::ECONNREFUSED
                | Errno::ECONNRESET
                | Errno::EHOSTUNREACH
                | Errno::ENETUNREACH
                | Errno::ENETDOWN
                | Errno::EMSGSIZE
                | Errno::ETIMEDOUT
                | Errno::EACCES
                | Errno::EPERM => Ok(Entry::Gone),
                // Whatever it is, it may last, and is not to be spun on.
                _ if self.dearth.begin() => Ok(Entry::Dearth(error)),
                _ => {
                    self.dearth.extend();
                    Ok(Entry::StillDearth { shed: false })
                }
            },
        }
    }

    /// Others keep the socket: what is being served is still to be answered.
    fn close(mut self, selector: &mut Selector<u64>) -> Result<()> {
        self.watch(selector, false)
    }
}

impl fmt::Debug for Mailbox {
    /// Without the last datagram, which is somebody's own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("socket", &self.socket).finish_non_exhaustive()
    }
}

/// More than any system takes for a datagram, and no more than memory has.
const ROOM_MAX: usize = 16 * 1024 * 1024;
