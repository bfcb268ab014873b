//! Streams whose calls name addresses, and take or tell the wrong ones.

use std::io::IoSlice;

use sockrates_core::{
    Addr, Deadline, Endpoint, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport,
};

use crate::mem::{self, MemStream};
use crate::{Caps, Conn, Mutant, Subject, TransportSubject};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        Mutant {
            name: "source-own",
            says: "a receive names the receiver as the one who sent",
            make: || Subject::transport(Wrong::Source),
            fails: &["stream.io.source"],
            under: &[],
        },
        Mutant {
            name: "destination-elsewhere",
            says: "what is sent to an address on a connected stream goes nowhere",
            make: || Subject::transport(Wrong::Destination),
            fails: &["stream.io.destination"],
            under: &[],
        },
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Source,
    Destination,
}

/// A stream in memory that is called as sockets are: with a place for an address in each call.
#[derive(Debug)]
struct Named {
    stream: MemStream,
    wrong: Wrong,
}

impl TransportSubject for Wrong {
    fn name(&self) -> &str {
        match self {
            Self::Source => "source-own",
            Self::Destination => "destination-elsewhere",
        }
    }

    fn caps(&self) -> Caps {
        let flags = Caps::PEEK.and(Caps::DONTWAIT).and(Caps::WAITALL).and(Caps::OOB);
        flags.and(Caps::ADDRESSES).and(Caps::HALF_CLOSE).and(Caps::DEADLINE)
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = mem::stream_pair()?;
        let named = |stream| Conn::new(Named { stream, wrong: *self });
        Ok((named(a), named(b)))
    }
}

impl Transport for Named {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        let Recv { len, truncated, .. } = self.stream.recv_msg(buf, flags, deadline)?;
        let peer = match self.wrong {
            Wrong::Source => self.stream.local_addr()?,
            Wrong::Destination => self.stream.peer_addr()?,
        };
        Ok(Recv { len, peer, truncated })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        match to {
            Some(_) if self.wrong == Wrong::Destination => {
                Ok(bytes.iter().map(|slice| slice.len()).sum())
            }
            _ => self.stream.send_msg(bytes, None, flags, deadline),
        }
    }

    fn close_send(&self) -> Result<()> {
        self.stream.close_send()
    }
}

impl Endpoint for Named {
    fn local_addr(&self) -> Result<Addr> {
        self.stream.local_addr()
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.stream.peer_addr()
    }
}
