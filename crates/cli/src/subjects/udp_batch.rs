//! The subjects `udp-v4-batch`, `udp-v4-loop` and `udp-v4-gso`: the batches of `sockrates-socket`,
//! held to the clauses of plain calls.
//!
//! Every datagram goes and comes in a batch of one, and every batch is used again, by whichever
//! socket comes next. What differs is how: by the system's calls for many, by one call a message,
//! or as a train. A train is the datagram and a byte of nobody's after it, which the system cuts,
//! joins, and the receiving end tells apart and drops.

use std::io::IoSlice;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sockrates_core::{
    Addr, Control, ControlRef, Deadline, Endpoint, Errno, Error, Kind, Mode, Op, Ready, Recv,
    RecvBuf, RecvControl, RecvFlags, Result, SendFlags, Shutdown, SocketOption, Transport,
};
use sockrates_harness::{Caps, Conn, TransportSubject, home};
use sockrates_socket::{
    Family, Protocol, RecvBatch, RecvDatagram, SendBatch, SendHeader, Socket, Type,
};

use super::udp::Udp;

/// UDP over IPv4 by batches.
#[derive(Clone, Copy)]
pub(super) struct UdpBatch {
    name: &'static str,
    way: Way,
}

/// How batches are sent and received.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By the system's calls for many.
    Many,
    /// By a call a message.
    OneByOne,
    /// As trains.
    Train,
}

impl UdpBatch {
    pub(super) const MANY: Self = Self { name: "udp-v4-batch", way: Way::Many };
    pub(super) const LOOP: Self = Self { name: "udp-v4-loop", way: Way::OneByOne };
    pub(super) const TRAIN: Self = Self { name: "udp-v4-gso", way: Way::Train };

    fn end(self) -> Result<End> {
        let socket = Socket::new(Family::INET, Type::DGRAM, Some(Protocol::UDP))?;
        End::new(socket, self.way)
    }

    fn any(self) -> SocketAddr {
        SocketAddr::new(home(IpAddr::V4(Ipv4Addr::LOCALHOST)), 0)
    }
}

impl TransportSubject for UdpBatch {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.way {
            Way::Many => "sockrates-socket's batches, received by recvmmsg: UDP over IPv4",
            Way::OneByOne => "sockrates-socket's batches, a call a datagram: UDP over IPv4",
            Way::Train => "sockrates-socket's batches as trains (GSO, GRO): UDP over IPv4",
        }
    }

    fn caps(&self) -> Caps {
        let all = Udp::V4.caps();
        // What is queued has a byte more than what was sent.
        if self.way == Way::Train { all.without(Caps::QUEUED) } else { all }
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let bound = || {
            let end = self.end()?;
            Endpoint::bind(&end.socket, &self.any().into())?;
            Ok(Conn::new(end))
        };
        Ok((bound()?, bound()?))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(Conn::new(self.end()?))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(self.any().into())
    }

    /// Trains are understood by trains alone.
    fn interoperates(&self) -> bool {
        self.way != Way::Train
    }
}

/// A socket whose datagrams go and come in batches.
struct End {
    socket: Socket,
    way: Way,
}

impl End {
    fn new(socket: Socket, way: Way) -> Result<Self> {
        if way == Way::Train {
            socket.set_gro(true)?;
        }
        Ok(Self { socket, way })
    }

    /// Receives a datagram with room for `room` bytes, and has `take` look at it.
    fn recv<T>(
        &self,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
        take: impl FnOnce(RecvDatagram<'_>) -> T,
    ) -> Result<T> {
        let room = room.min(RecvBatch::SLOT_MAX);
        let mut batch = self.room_for(room)?;
        let taken = match self.socket.recv_many_from_by(&mut batch, flags, deadline) {
            Ok(_) => batch.iter().next().map(take).ok_or(Error::Unsupported { op: Op::Recv }),
            Err(error) => Err(error),
        };
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE_MAX {
            spare.push((self.way, room, batch));
        }
        taken
    }

    /// A batch of one slot of this size, used before where there is one.
    fn room_for(&self, room: usize) -> Result<RecvBatch> {
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |(way, has, _): &(Way, usize, _)| *way == self.way && *has == room;
        if let Some(i) = spare.iter().position(fits) {
            return Ok(spare.swap_remove(i).2);
        }
        let batch = RecvBatch::new(1, room)?;
        Ok(match self.way {
            Way::Many => batch.many_at_once(),
            Way::OneByOne => batch.one_by_one(),
            Way::Train => batch,
        })
    }

    fn send(
        &self,
        slices: &[IoSlice<'_>],
        to: Option<&Addr>,
        header: SendHeader,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
        if bytes.len() > RecvBatch::SLOT_MAX {
            // A batch refuses it as it is put in.
            return Err(Error::os(Op::Send, Errno::EMSGSIZE));
        }
        let mut batch = SendBatch::new(2, bytes.len() + 1)?;
        batch.push_with(&bytes, to.cloned(), header)?;
        if self.way == Way::Train && (1..TRAIN_MAX).contains(&bytes.len()) {
            batch.push_with(&[0], to.cloned(), header)?;
        }
        self.socket.send_many_by(&mut batch, flags, deadline)?;
        Ok(bytes.len())
    }
}

/// Batches to use again, by whatever socket.
static SPARE: Mutex<Vec<(Way, usize, RecvBatch)>> = Mutex::new(Vec::new());
const SPARE_MAX: usize = 16;

/// What does not go as one with another byte goes alone.
const TRAIN_MAX: usize = 65_507;

impl Transport for End {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        self.recv(buf.remaining(), flags, deadline, |one| {
            let len = buf.append(one.bytes());
            let told = if flags.contains(RecvFlags::TRUNC) { one.sent_len() } else { len };
            Recv { len: told, peer: one.addr(), truncated: one.is_truncated() }
        })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.send(bytes, to, SendHeader::new(), flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn mode(&self) -> Mode {
        self.socket.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.socket.set_mode(mode)
    }
}

/// Lists the words that are the socket's own.
macro_rules! forward {
    ($($word:ident($($value:ident: $kind:ty),*) -> $out:ty;)*) => {$(
        fn $word(&self $(, $value: $kind)*) -> $out {
            Endpoint::$word(&self.socket $(, $value)*)
        }
    )*};
}

impl Endpoint for End {
    forward! {
        local_addr() -> Result<Addr>;
        peer_addr() -> Result<Addr>;
        bind(addr: &Addr) -> Result<()>;
        listen(backlog: i32) -> Result<()>;
        connect(addr: &Addr, deadline: Deadline) -> Result<()>;
        connect_ex(addr: &Addr) -> Result<Errno>;
        disconnect() -> Result<()>;
        take_error() -> Result<Errno>;
        shutdown(how: Shutdown) -> Result<()>;
        close() -> Result<()>;
        abort() -> Result<()>;
        wait(interest: Ready, deadline: Deadline) -> Result<Ready>;
        option(option: SocketOption) -> Result<i32>;
        set_option(option: SocketOption, value: i32) -> Result<()>;
        linger() -> Result<Option<Duration>>;
        set_linger(linger: Option<Duration>) -> Result<()>;
        join(group: IpAddr, interface: u32) -> Result<()>;
        leave(group: IpAddr, interface: u32) -> Result<()>;
        fileno() -> Option<i64>;
    }

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        let (socket, from) = Endpoint::accept(&self.socket, deadline)?;
        Ok((Self { socket, way: self.way }, from))
    }

    fn dup(&self) -> Result<Self> {
        Ok(Self { socket: self.socket.dup()?, way: self.way })
    }

    fn queued(&self) -> Result<usize> {
        match self.way {
            Way::Train => Err(Error::Unsupported { op: Op::Queued }),
            Way::Many | Way::OneByOne => self.socket.queued(),
        }
    }

    /// A batch always has room for what it tells; without, that counts as lost.
    fn recv_with_control(
        &self,
        buf: &mut RecvBuf<'_>,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        self.recv(buf.remaining(), flags, deadline, |one| {
            let (all, has_room) = (told(one), room >= Control::ROOM);
            RecvControl {
                len: buf.append(one.bytes()),
                peer: Some(one.addr()),
                truncated: one.is_truncated(),
                control_truncated: one.is_control_truncated() || (!has_room && !all.is_empty()),
                control: if has_room { all } else { Vec::new() },
            }
        })
    }

    fn send_with_control(
        &self,
        bytes: &[IoSlice<'_>],
        control: &[ControlRef<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let mut header = SendHeader::new();
        for control in control {
            match *control {
                ControlRef::Ttl(hops) => header.ttl = Some(hops),
                ControlRef::Tos(class) => header.tos = Some(class),
                ControlRef::PacketInfo { addr, interface } => {
                    header.source = Some((addr, interface));
                }
                _ => return Err(Error::Unsupported { op: Op::Send }),
            }
        }
        self.send(bytes, to, header, flags, deadline)
    }
}

/// What a datagram tells beside its bytes.
fn told(one: RecvDatagram<'_>) -> Vec<Control> {
    let mut all = Vec::new();
    all.extend(one.ttl().map(Control::Ttl));
    all.extend(one.tos().map(Control::Tos));
    if let (Some(addr), Some(interface)) = (one.destination(), one.interface()) {
        all.push(Control::PacketInfo { addr, interface });
    }
    all.extend(one.timestamp().map(Control::Timestamp));
    all
}
