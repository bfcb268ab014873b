//! Servers that tell the error hook wrongly.

use super::faults::tell;
use super::{server, wrong};
use crate::Mutant;
use crate::mem::{Conduct, Ending, MemServer};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<TellsNothing>(),
        server::<TellsTwice>(),
        server::<TellsNoPanic>(),
        server::<TellsEnds>(),
    ]
}

#[derive(Default)]
struct TellsNothing;

wrong!(
    TellsNothing,
    "server-tells-nothing",
    "the error hook is never told anything",
    ["server.fault.told", "server.fault.told-only"]
);

impl Conduct for TellsNothing {
    fn tell(&self, _: &MemServer<Self>, _: Ending) {}
}

#[derive(Default)]
struct TellsTwice;

wrong!(
    TellsTwice,
    "server-tells-twice",
    "the error hook is told of each failure twice",
    ["server.fault.told", "server.fault.told-only"]
);

impl Conduct for TellsTwice {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        tell(server, ending);
        tell(server, ending);
    }
}

#[derive(Default)]
struct TellsNoPanic;

wrong!(
    TellsNoPanic,
    "server-tells-no-panic",
    "the error hook is told of errors, and not of panics",
    ["server.fault.told"]
);

impl Conduct for TellsNoPanic {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        if ending == Ending::Failed {
            server.note_failure();
        }
    }
}

#[derive(Default)]
struct TellsEnds;

wrong!(
    TellsEnds,
    "server-tells-ends",
    "the error hook is told of clients that leave, too",
    ["server.fault.told-only"]
);

impl Conduct for TellsEnds {
    fn tell(&self, server: &MemServer<Self>, _: Ending) {
        server.note_failure();
    }
}
