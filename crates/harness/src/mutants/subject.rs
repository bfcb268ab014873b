//! The mutants as subjects.

use std::marker::PhantomData;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Endpoint, Kind, Result};

use super::fault::{End, Fault};
use super::faulty::Faulty;
use crate::mem::{
    DATAGRAM_CAPS, DATAGRAM_CLOG_BYTES, MemDatagram, MemNetwork, MemPost, MemStream, STREAM_CAPS,
    STREAM_CLOG_BYTES, connect_any,
};
use crate::{Acceptor, Caps, Conn, Mutant, Subject, TransportSubject};

/// How long what is missing is waited for: for ends in memory a long time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(1);

/// The stream mutant with the fault `F`.
pub(super) fn stream<F: Fault<MemStream>>() -> Mutant {
    mutant::<MemStream, F>(|| Subject::transport(Streams::<F>(MemNetwork::default(), PhantomData)))
}

/// The datagram mutant with the fault `F`.
pub(super) fn datagram<F: Fault<MemDatagram>>() -> Mutant {
    let make = || Subject::transport(Datagrams::<F>(MemPost::default(), false, PhantomData));
    mutant::<MemDatagram, F>(make)
}

/// The connected datagram mutant with the fault `F`.
pub(super) fn connected<F: Fault<MemDatagram>>() -> Mutant {
    let make = || Subject::transport(Datagrams::<F>(MemPost::default(), true, PhantomData));
    mutant::<MemDatagram, F>(make)
}

fn mutant<E: End, F: Fault<E>>(make: fn() -> Subject) -> Mutant {
    Mutant { name: F::NAME, says: F::SAYS, make, fails: F::FAILS }
}

fn conn<E: End, F: Fault<E>>(end: E) -> Conn {
    Conn::new(Faulty::<E, F>::new(end))
}

struct Streams<F>(MemNetwork, PhantomData<F>);

impl<F: Fault<MemStream>> TransportSubject for Streams<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn caps(&self) -> Caps {
        STREAM_CAPS.and(F::ADDS).without(F::LACKS)
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = self.0.pair()?;
        Ok((conn::<_, F>(a), conn::<_, F>(b)))
    }

    fn listen(&self) -> Result<Acceptor> {
        let listener = Faulty::<_, F>::new(self.0.socket());
        listener.bind(&Addr::Token(0))?;
        listener.listen(128)?;
        Ok(Acceptor::new(listener))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let socket = Faulty::<_, F>::new(self.0.socket());
        socket.connect(to, deadline)?;
        Ok(Conn::new(socket))
    }

    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        connect_any(to, |addr| self.connect(addr, deadline))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(conn::<_, F>(self.0.socket()))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(Addr::Token(0))
    }

    fn clog_bytes(&self) -> usize {
        STREAM_CLOG_BYTES
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}

struct Datagrams<F>(MemPost, bool, PhantomData<F>);

impl<F: Fault<MemDatagram>> TransportSubject for Datagrams<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn caps(&self) -> Caps {
        let own = if self.1 { Caps::NONE } else { Caps::SENDTO };
        DATAGRAM_CAPS.and(own).and(F::ADDS).without(F::LACKS)
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let ends = [self.0.socket(), self.0.socket()].map(Faulty::<_, F>::new);
        for end in &ends {
            end.bind(&Addr::Token(0))?;
        }
        let [a, b] = ends;
        if self.1 {
            a.connect(&b.local_addr()?, Deadline::NEVER)?;
            b.connect(&a.local_addr()?, Deadline::NEVER)?;
        }
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let socket = Faulty::<_, F>::new(self.0.socket());
        socket.connect(to, deadline)?;
        Ok(Conn::new(socket))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(conn::<_, F>(self.0.socket()))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(Addr::Token(0))
    }

    fn clog_bytes(&self) -> usize {
        DATAGRAM_CLOG_BYTES
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}
