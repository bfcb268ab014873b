//! The mutants as subjects.

use std::marker::PhantomData;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Endpoint, Kind, Result};

use super::fault::{End, Fault};
use super::faulty::Faulty;
use crate::mem::{
    DATAGRAM_CAPS, DATAGRAM_CLOG_BYTES, INET_DATAGRAM_CAPS, INET_STREAM_CAPS, MemDatagram,
    MemNetwork, MemPost, MemStream, STREAM_CAPS, STREAM_CLOG_BYTES, connect_any,
};
use crate::{Acceptor, Caps, Conn, Mutant, Subject, TransportSubject};

/// How long what is missing is waited for: for ends in memory a long time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(1);

/// The stream mutant with the fault `F`.
pub(super) fn stream<F: Fault<MemStream>>() -> Mutant {
    mutant::<MemStream, F>(|| {
        Subject::transport(Streams::<F> {
            network: MemNetwork::default(),
            caps: STREAM_CAPS,
            fault: PhantomData,
        })
    })
}

/// What has the fault `F`, on a network where others are too.
#[cfg(test)]
pub(super) fn on_network<F: Fault<MemStream>>(network: &MemNetwork) -> Streams<F> {
    Streams { network: network.clone(), caps: STREAM_CAPS, fault: PhantomData }
}

/// The stream mutant with the fault `F` and addresses of IPv6.
pub(super) fn inet_stream<F: Fault<MemStream>>() -> Mutant {
    mutant::<MemStream, F>(|| {
        Subject::transport(Streams::<F> {
            network: MemNetwork::ipv6(),
            caps: INET_STREAM_CAPS,
            fault: PhantomData,
        })
    })
}

/// The datagram mutant with the fault `F`.
pub(super) fn datagram<F: Fault<MemDatagram>>() -> Mutant {
    let make = || Datagrams::<F>::subject(MemPost::default(), DATAGRAM_CAPS, false);
    mutant::<MemDatagram, F>(make)
}

/// The connected datagram mutant with the fault `F`.
pub(super) fn connected<F: Fault<MemDatagram>>() -> Mutant {
    let make = || Datagrams::<F>::subject(MemPost::default(), DATAGRAM_CAPS, true);
    mutant::<MemDatagram, F>(make)
}

/// The datagram mutant with the fault `F` and addresses of IPv4.
pub(super) fn inet_datagram<F: Fault<MemDatagram>>() -> Mutant {
    let make = || Datagrams::<F>::subject(MemPost::ipv4(), INET_DATAGRAM_CAPS, false);
    mutant::<MemDatagram, F>(make)
}

fn mutant<E: End, F: Fault<E>>(make: fn() -> Subject) -> Mutant {
    Mutant { name: F::NAME, says: F::SAYS, make, fails: F::FAILS, under: F::UNDER }
}

fn conn<E: End, F: Fault<E>>(end: E) -> Conn {
    Conn::new(Faulty::<E, F>::new(end))
}

pub(super) struct Streams<F> {
    network: MemNetwork,
    caps: Caps,
    fault: PhantomData<F>,
}

impl<F: Fault<MemStream>> TransportSubject for Streams<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn caps(&self) -> Caps {
        self.caps.and(F::ADDS).without(F::LACKS)
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = self.network.pair()?;
        Ok((conn::<_, F>(a), conn::<_, F>(b)))
    }

    fn listen(&self) -> Result<Acceptor> {
        let listener = Faulty::<_, F>::new(self.network.socket());
        listener.bind(&self.network.any_addr())?;
        listener.listen(128)?;
        Ok(Acceptor::new(listener))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let socket = Faulty::<_, F>::new(self.network.socket());
        socket.connect(to, deadline)?;
        Ok(Conn::new(socket))
    }

    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        connect_any(&F::candidates(to), |addr| self.connect(addr, deadline))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(conn::<_, F>(self.network.socket()))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(self.network.any_addr())
    }

    fn clog_bytes(&self) -> usize {
        STREAM_CLOG_BYTES
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}

struct Datagrams<F> {
    post: MemPost,
    caps: Caps,
    connected: bool,
    fault: PhantomData<F>,
}

impl<F: Fault<MemDatagram>> Datagrams<F> {
    fn subject(post: MemPost, caps: Caps, connected: bool) -> Subject {
        let own = if connected { Caps::NONE } else { Caps::SENDTO };
        Subject::transport(Self { post, caps: caps | own, connected, fault: PhantomData })
    }
}

impl<F: Fault<MemDatagram>> TransportSubject for Datagrams<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn caps(&self) -> Caps {
        self.caps.and(F::ADDS).without(F::LACKS)
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let ends = [self.post.socket(), self.post.socket()].map(Faulty::<_, F>::new);
        for end in &ends {
            end.bind(&self.post.any_addr())?;
        }
        let [a, b] = ends;
        if self.connected {
            a.connect(&b.local_addr()?, Deadline::NEVER)?;
            b.connect(&a.local_addr()?, Deadline::NEVER)?;
        }
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let socket = Faulty::<_, F>::new(self.post.socket());
        socket.connect(to, deadline)?;
        Ok(Conn::new(socket))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(conn::<_, F>(self.post.socket()))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(self.post.any_addr())
    }

    fn clog_bytes(&self) -> usize {
        DATAGRAM_CLOG_BYTES
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}
