//! Servers of datagrams that suffer from a handler, or tell of it wrongly.

use super::serving::note;
use super::{server, wrong};
use crate::Mutant;
use crate::mem::{DatagramConduct, Ending, MemDatagramServer};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<EndsAtFailure>(),
        server::<EndsAtPanic>(),
        server::<TellsNothing>(),
        server::<TellsTwice>(),
        server::<TellsAll>(),
    ]
}

#[derive(Default)]
struct EndsAtFailure;

wrong!(
    EndsAtFailure,
    "datagram-server-ends-at-failure",
    "a handler that fails ends the server",
    [
        "server.datagram.error",
        "server.datagram.told",
        "server.datagram.told-only",
        "server.datagram.leaves-nothing"
    ]
);

impl DatagramConduct for EndsAtFailure {
    fn goes_on(&self, server: &MemDatagramServer<Self>, ending: Ending) -> bool {
        note(server, ending);
        ending != Ending::Failed
    }
}

#[derive(Default)]
struct EndsAtPanic;

wrong!(
    EndsAtPanic,
    "datagram-server-ends-at-panic",
    "a handler that panics ends the server",
    ["server.datagram.panic", "server.datagram.leaves-nothing"]
);

impl DatagramConduct for EndsAtPanic {
    fn goes_on(&self, server: &MemDatagramServer<Self>, ending: Ending) -> bool {
        note(server, ending);
        ending != Ending::Panicked
    }
}

#[derive(Default)]
struct TellsNothing;

wrong!(
    TellsNothing,
    "datagram-server-tells-nothing",
    "the error hook is never told anything",
    ["server.datagram.told", "server.datagram.told-only"]
);

impl DatagramConduct for TellsNothing {
    fn goes_on(&self, _: &MemDatagramServer<Self>, _: Ending) -> bool {
        true
    }
}

#[derive(Default)]
struct TellsTwice;

wrong!(
    TellsTwice,
    "datagram-server-tells-twice",
    "the error hook is told of each failure twice",
    ["server.datagram.told", "server.datagram.told-only"]
);

impl DatagramConduct for TellsTwice {
    fn goes_on(&self, server: &MemDatagramServer<Self>, ending: Ending) -> bool {
        note(server, ending);
        note(server, ending);
        true
    }
}

#[derive(Default)]
struct TellsAll;

wrong!(
    TellsAll,
    "datagram-server-tells-all",
    "the error hook is told of every handler",
    ["server.datagram.told-only"]
);

impl DatagramConduct for TellsAll {
    fn goes_on(&self, server: &MemDatagramServer<Self>, _: Ending) -> bool {
        server.note_failure();
        true
    }
}
