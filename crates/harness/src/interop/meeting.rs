//! A client of one subject and a server of another, as one transport.

use std::sync::Arc;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Error, Kind, Op, Result};

use super::link::Way;
use crate::{Acceptor, Caps, Conn, Deviation, Subject, TransportSubject};

/// What the connecting side alone needs, and the listening side alone.
const OF_CLIENTS: Caps = Caps::CONNECT.and(Caps::CONNECT_ANY);
const OF_SERVERS: Caps = Caps::LISTEN.and(Caps::ACCEPT_RESET).and(Caps::STALL);

/// What a subject does with a socket of its own, whoever else there is: no business of two.
pub(super) const OF_ONE: Caps = Caps::SOCKET
    .and(Caps::CONNECT_EX)
    .and(Caps::OPTIONS)
    .and(Caps::FD)
    .and(Caps::REUSE)
    .and(Caps::REUSE_PORT)
    .and(Caps::KEEPALIVE)
    .and(Caps::KEEP_TIMES)
    .and(Caps::ONLY_V6)
    .and(Caps::HOPS)
    .and(Caps::BROADCAST)
    .and(Caps::MULTICAST);

/// What datagram ends have only where each has the other as its peer.
const OF_CONNECTED: Caps = Caps::REFUSAL.and(Caps::SHUTDOWN);

/// The subject `name` in which `client` connects and `server` listens.
pub(crate) fn meet(
    name: String,
    client: Arc<dyn TransportSubject>,
    server: Arc<dyn TransportSubject>,
    way: Way,
) -> Subject {
    let roles = OF_CLIENTS | OF_SERVERS;
    let unconnected = if way == Way::Datagram { OF_CONNECTED } else { Caps::NONE };
    let both = client.caps().common(server.caps()).without(roles | OF_ONE | unconnected);
    let caps = both | client.caps().common(OF_CLIENTS) | server.caps().common(OF_SERVERS);
    let mut deviations = client.deviations().to_vec();
    let others = server.deviations().iter().filter(|known| !client.deviations().contains(known));
    deviations.extend(others);
    Subject::transport(Meeting { name, client, server, way, caps, deviations })
}

struct Meeting {
    name: String,
    client: Arc<dyn TransportSubject>,
    server: Arc<dyn TransportSubject>,
    way: Way,
    caps: Caps,
    deviations: Vec<Deviation>,
}

impl Meeting {
    /// The deadline for what should happen at once, for a side that knows deadlines.
    fn soon(&self, side: &dyn TransportSubject) -> Deadline {
        match side.caps().contains(Caps::DEADLINE) {
            true => Deadline::after(self.patience()),
            false => Deadline::NEVER,
        }
    }

    fn connection(&self) -> Result<(Conn, Conn)> {
        let listener = self.server.listen()?;
        let client =
            self.client.connect(&listener.local_addr()?, self.soon(self.client.as_ref()))?;
        let (server, _) = listener.accept("b", self.soon(self.server.as_ref()))?;
        Ok((client, server))
    }

    fn peers(&self) -> Result<(Conn, Conn)> {
        let [a, b] = [bound(self.client.as_ref())?, bound(self.server.as_ref())?];
        let (to_a, to_b) = (a.local_addr()?, b.local_addr()?);
        a.connect(&to_b, Deadline::NEVER)?;
        b.connect(&to_a, Deadline::NEVER)?;
        Ok((a, b))
    }
}

fn bound(side: &dyn TransportSubject) -> Result<Conn> {
    let socket = side.socket()?;
    socket.bind(&side.any_addr()?)?;
    Ok(socket)
}

impl TransportSubject for Meeting {
    fn name(&self) -> &str {
        &self.name
    }

    fn caps(&self) -> Caps {
        self.caps
    }

    fn kind(&self) -> Kind {
        self.client.kind()
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        match self.way {
            Way::Stream | Way::Seqpacket => self.connection(),
            Way::Connected => self.peers(),
            Way::Datagram => Ok((self.client.pair()?.0, self.server.pair()?.1)),
        }
    }

    fn listen(&self) -> Result<Acceptor> {
        self.server.listen()
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        self.client.connect(to, deadline)
    }

    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        self.client.connect_any(to, deadline)
    }

    fn socket(&self) -> Result<Conn> {
        Err(Error::Unsupported { op: Op::Socket })
    }

    fn loopback(&self) -> u32 {
        self.client.loopback()
    }

    fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    fn is_elsewhere(&self) -> bool {
        self.client.is_elsewhere() || self.server.is_elsewhere()
    }

    fn clog_bytes(&self) -> usize {
        self.client.clog_bytes().max(self.server.clog_bytes())
    }

    fn patience(&self) -> Duration {
        self.client.patience().max(self.server.patience())
    }

    fn begin(&self) {
        self.client.begin();
        self.server.begin();
    }

    fn broken(&self) -> Option<String> {
        self.client.broken().or_else(|| self.server.broken())
    }
}
