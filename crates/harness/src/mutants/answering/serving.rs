//! Servers of datagrams that receive and answer wrongly.

use std::sync::{Mutex, PoisonError};

use sockrates_core::{Addr, Endpoint, Errno, Result};

use super::{process_server, server, wrong};
use crate::Mutant;
use crate::mem::{DatagramConduct, Ending, MemDatagram, MemDatagramServer, send};
use crate::mutants::call::is;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<ForgetsAddress>(),
        server::<Deaf>(),
        server::<MovesOver>(),
        server::<AnswersTwice>(),
        server::<AnswersFromElsewhere>(),
        server::<AnswersTheFirst>(),
        server::<TakesLines>(),
        server::<IgnoresEmpty>(),
        server::<EndsAtEmpty>(),
        server::<CutsLong>(),
        process_server::<EndsAtAbort>(),
        server::<EndsAtRefusal>(),
    ]
}

/// As it should be told.
pub(super) fn note<C: DatagramConduct>(server: &MemDatagramServer<C>, ending: Ending) {
    if ending.is_failure() {
        server.note_failure();
    }
}

#[derive(Default)]
struct ForgetsAddress;

wrong!(
    ForgetsAddress,
    "datagram-server-forgets-address",
    "a server that has stopped no longer knows where it received",
    ["server.datagram.address"]
);

impl DatagramConduct for ForgetsAddress {
    fn addr(&self, _: &Addr, socket: &MemDatagram) -> Addr {
        socket.local_addr().unwrap_or(Addr::Token(0))
    }
}

#[derive(Default)]
struct Deaf;

wrong!(Deaf, "datagram-server-deaf", "a server tells its address and answers nobody", EVERYTHING);

impl DatagramConduct for Deaf {
    fn received(&self, _: &MemDatagramServer<Self>, _: &[u8], _: &Addr) -> Ending {
        Ending::Done
    }
}

#[derive(Default)]
struct MovesOver;

wrong!(
    MovesOver,
    "datagram-server-moves-over",
    "a server whose address is in use starts at another one",
    ["server.datagram.in-use"]
);

impl DatagramConduct for MovesOver {
    fn bind(&self, socket: &MemDatagram, addr: &Addr) -> Result<()> {
        match socket.bind(addr) {
            Err(error) if is(&error, Errno::EADDRINUSE) => socket.bind(&Addr::Token(0)),
            other => other,
        }
    }
}

#[derive(Default)]
struct AnswersTwice;

wrong!(
    AnswersTwice,
    "datagram-server-answers-twice",
    "each datagram is answered twice",
    [
        "server.datagram.answers",
        "server.datagram.apart",
        "server.datagram.boundaries",
        "server.datagram.empty",
        "server.datagram.long",
        "server.datagram.told-only",
        "server.datagram.gone",
        "server.datagram.stop",
        "server.datagram.stop-within",
        "server.datagram.rebind",
        "server.datagram.dropped",
        "server.datagram.leaves-nothing"
    ]
);

impl DatagramConduct for AnswersTwice {
    fn reply(&self, server: &MemDatagramServer<Self>, bytes: &[u8], to: &Addr) {
        for _ in 0..2 {
            let _ = send(&server.socket, bytes, to);
        }
    }
}

#[derive(Default)]
struct AnswersFromElsewhere;

wrong!(
    AnswersFromElsewhere,
    "datagram-server-answers-from-elsewhere",
    "answers come from a socket of their own",
    ["server.datagram.source"]
);

impl DatagramConduct for AnswersFromElsewhere {
    fn reply(&self, server: &MemDatagramServer<Self>, bytes: &[u8], to: &Addr) {
        let _ = send(&server.post.socket(), bytes, to);
    }
}

#[derive(Default)]
struct AnswersTheFirst(Mutex<Option<Addr>>);

wrong!(
    AnswersTheFirst,
    "datagram-server-answers-the-first",
    "every answer goes to the first client",
    [
        "server.datagram.apart",
        "server.datagram.error",
        "server.datagram.panic",
        "server.datagram.gone"
    ]
);

impl DatagramConduct for AnswersTheFirst {
    fn reply(&self, server: &MemDatagramServer<Self>, bytes: &[u8], to: &Addr) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = send(&server.socket, bytes, first.get_or_insert_with(|| to.clone()));
    }
}

#[derive(Default)]
struct TakesLines;

wrong!(
    TakesLines,
    "datagram-server-takes-lines",
    "each line of a datagram is taken for an order",
    ["server.datagram.boundaries", "server.datagram.long"]
);

impl DatagramConduct for TakesLines {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let bad = lines.find_map(|line| match server.obey(line, from) {
            Ending::Done => None,
            other => Some(other),
        });
        bad.unwrap_or(Ending::Done)
    }
}

#[derive(Default)]
struct IgnoresEmpty;

wrong!(
    IgnoresEmpty,
    "datagram-server-ignores-empty",
    "an empty datagram is not answered",
    ["server.datagram.empty"]
);

impl DatagramConduct for IgnoresEmpty {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        if bytes.is_empty() { Ending::Done } else { server.obey(bytes, from) }
    }
}

#[derive(Default)]
struct EndsAtEmpty;

wrong!(
    EndsAtEmpty,
    "datagram-server-ends-at-empty",
    "an empty datagram is taken for an end",
    ["server.datagram.empty"]
);

impl DatagramConduct for EndsAtEmpty {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        let ending = server.obey(bytes, from);
        if bytes.is_empty() { Ending::Left } else { ending }
    }

    fn goes_on(&self, server: &MemDatagramServer<Self>, ending: Ending) -> bool {
        note(server, ending);
        ending != Ending::Left
    }
}

#[derive(Default)]
struct CutsLong;

wrong!(
    CutsLong,
    "datagram-server-cuts-long",
    "of an order only the first 8 KiB are taken",
    ["server.datagram.long"]
);

impl DatagramConduct for CutsLong {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        server.obey(&bytes[..bytes.len().min(8 << 10)], from)
    }
}

#[derive(Default)]
struct EndsAtAbort;

wrong!(
    EndsAtAbort,
    "datagram-server-ends-at-abort",
    "a handler's process that aborts ends the server",
    ["server.datagram.abort"]
);

impl DatagramConduct for EndsAtAbort {
    fn goes_on(&self, server: &MemDatagramServer<Self>, ending: Ending) -> bool {
        note(server, ending);
        ending != Ending::Aborted
    }
}

#[derive(Default)]
struct EndsAtRefusal;

wrong!(
    EndsAtRefusal,
    "datagram-server-ends-at-refusal",
    "a client that is gone when its answer comes ends the server",
    ["server.datagram.gone"]
);

impl DatagramConduct for EndsAtRefusal {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        // Whose address is free is gone.
        let refused = server.post.socket().bind(from).is_ok();
        let ending = server.obey(bytes, from);
        if refused { Ending::Broken } else { ending }
    }

    fn goes_on(&self, server: &MemDatagramServer<Self>, ending: Ending) -> bool {
        note(server, ending);
        ending != Ending::Broken
    }
}

/// Every clause that a server of datagrams in memory is judged by.
const EVERYTHING: [&str; 19] = [
    "server.datagram.address",
    "server.datagram.in-use",
    "server.datagram.answers",
    "server.datagram.source",
    "server.datagram.apart",
    "server.datagram.boundaries",
    "server.datagram.empty",
    "server.datagram.long",
    "server.datagram.error",
    "server.datagram.panic",
    "server.datagram.told",
    "server.datagram.told-only",
    "server.datagram.gone",
    "server.datagram.stop",
    "server.datagram.stop-twice",
    "server.datagram.stop-within",
    "server.datagram.rebind",
    "server.datagram.dropped",
    "server.datagram.leaves-nothing",
];
