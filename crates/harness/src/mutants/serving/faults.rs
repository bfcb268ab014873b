//! Servers that suffer from what goes wrong in a connection.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use sockrates_core::Endpoint;

use super::{process_server, server, wrong};
use crate::mem::{Conduct, Ending, MemServer, MemStream, Orders, Then, open_nothing};
use crate::{Action, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<FailureKeepsOpen>(),
        server::<PanicKeepsOpen>(),
        server::<EndsAtFailure>(),
        server::<EndsAtPanic>(),
        server::<FailureCutsAll>(),
        server::<PanicCutsAll>(),
        process_server::<EndsAtAbort>(),
        process_server::<AbortCutsAll>(),
        server::<SurvivesFive>(),
        server::<EndsAtBroken>(),
        server::<EndsAtUnread>(),
        server::<EndsAtLeft>(),
        server::<EndsWithoutDescriptors>(),
        server::<SpinsWithoutDescriptors>(),
    ]
}

#[derive(Default)]
struct FailureKeepsOpen;

wrong!(
    FailureKeepsOpen,
    "server-failure-keeps-open",
    "the connection of a handler that has failed stays open",
    [
        "server.fault.error",
        "server.fault.error-others",
        "server.fault.repeated",
        "server.fault.told",
        "server.fault.told-only",
        "server.bound.cap-fault",
        "server.stop.leaves-nothing"
    ]
);

impl Conduct for FailureKeepsOpen {
    fn close(&self, _: &MemServer<Self>, conn: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Failed {
            std::mem::forget(conn.dup());
        }
    }
}

#[derive(Default)]
struct PanicKeepsOpen;

wrong!(
    PanicKeepsOpen,
    "server-panic-keeps-open",
    "the connection of a handler that has panicked stays open",
    [
        "server.fault.panic",
        "server.fault.panic-others",
        "server.fault.repeated",
        "server.fault.told",
        "server.bound.cap-fault",
        "server.stop.leaves-nothing"
    ]
);

impl Conduct for PanicKeepsOpen {
    fn close(&self, _: &MemServer<Self>, conn: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Panicked {
            std::mem::forget(conn.dup());
        }
    }
}

#[derive(Default)]
struct EndsAtFailure;

wrong!(
    EndsAtFailure,
    "server-ends-at-failure",
    "a handler that fails ends the server",
    [
        "server.fault.error",
        "server.fault.repeated",
        "server.fault.told",
        "server.fault.told-only",
        "server.bound.cap-fault",
        "server.stop.leaves-nothing"
    ]
);

impl Conduct for EndsAtFailure {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        tell(server, ending);
        if ending == Ending::Failed {
            server.refuse();
        }
    }
}

/// As it should be told.
pub(super) fn tell<C: Conduct>(server: &MemServer<C>, ending: Ending) {
    if ending.is_failure() {
        server.note_failure();
    }
}

#[derive(Default)]
struct EndsAtPanic;

wrong!(
    EndsAtPanic,
    "server-ends-at-panic",
    "a handler that panics ends the server",
    [
        "server.fault.panic",
        "server.fault.repeated",
        "server.bound.cap-fault",
        "server.stop.leaves-nothing"
    ]
);

impl Conduct for EndsAtPanic {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        tell(server, ending);
        if ending == Ending::Panicked {
            server.refuse();
        }
    }
}

#[derive(Default)]
struct FailureCutsAll;

wrong!(
    FailureCutsAll,
    "server-failure-cuts-all",
    "a handler that fails costs every connection",
    ["server.fault.error-others"]
);

impl Conduct for FailureCutsAll {
    fn close(&self, server: &MemServer<Self>, _: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Failed {
            server.cut_all();
        }
    }
}

#[derive(Default)]
struct PanicCutsAll;

wrong!(
    PanicCutsAll,
    "server-panic-cuts-all",
    "a handler that panics costs every connection",
    ["server.fault.panic-others"]
);

impl Conduct for PanicCutsAll {
    fn close(&self, server: &MemServer<Self>, _: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Panicked {
            server.cut_all();
        }
    }
}

#[derive(Default)]
struct EndsAtAbort;

wrong!(
    EndsAtAbort,
    "server-ends-at-abort",
    "a handler's process that aborts ends the server",
    ["server.fault.abort", "server.bound.cap-fault", "server.stop.leaves-nothing"]
);

impl Conduct for EndsAtAbort {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        tell(server, ending);
        if ending == Ending::Aborted {
            server.refuse();
        }
    }
}

#[derive(Default)]
struct AbortCutsAll;

wrong!(
    AbortCutsAll,
    "server-abort-cuts-all",
    "a handler's process that aborts costs every connection",
    ["server.fault.abort-others"]
);

impl Conduct for AbortCutsAll {
    fn close(&self, server: &MemServer<Self>, _: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Aborted {
            server.cut_all();
        }
    }
}

#[derive(Default)]
struct SurvivesFive(AtomicUsize);

wrong!(
    SurvivesFive,
    "server-survives-five",
    "the fifth handler that fails ends the server",
    ["server.fault.repeated"]
);

impl Conduct for SurvivesFive {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        tell(server, ending);
        if ending.is_failure() && self.0.fetch_add(1, SeqCst) == 4 {
            server.refuse();
        }
    }
}

#[derive(Default)]
struct EndsAtBroken;

wrong!(
    EndsAtBroken,
    "server-ends-at-broken",
    "a client that breaks its connection ends the server",
    ["server.fault.reset", "server.fault.unread"]
);

impl Conduct for EndsAtBroken {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        tell(server, ending);
        if ending == Ending::Broken {
            server.refuse();
        }
    }
}

#[derive(Default)]
struct EndsAtUnread;

wrong!(
    EndsAtUnread,
    "server-ends-at-unread",
    "an answer that can no longer be sent ends the server",
    ["server.fault.unread"]
);

impl Conduct for EndsAtUnread {
    fn act(&self, orders: &Orders<'_, Self>, action: Action) -> Then {
        let then = orders.act(action);
        if then == Then::End(Ending::Broken) {
            orders.server.refuse();
        }
        then
    }
}

#[derive(Default)]
struct EndsAtLeft;

wrong!(
    EndsAtLeft,
    "server-ends-at-left",
    "a client that leaves without a word ends the server",
    ["server.fault.left"]
);

impl Conduct for EndsAtLeft {
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        tell(server, ending);
        if ending == Ending::Left {
            server.refuse();
        }
    }
}

#[derive(Default)]
struct EndsWithoutDescriptors;

wrong!(
    EndsWithoutDescriptors,
    "server-ends-without-descriptors",
    "a server that gets no descriptor for a connection accepts no more",
    ["server.fault.exhausted"]
);

impl Conduct for EndsWithoutDescriptors {
    fn descriptor(&self, _: &MemServer<Self>) -> Option<File> {
        open_nothing().ok()
    }
}

#[derive(Default)]
struct SpinsWithoutDescriptors;

wrong!(
    SpinsWithoutDescriptors,
    "server-spins-without-descriptors",
    "a server that gets no descriptor for a connection tries again without a pause",
    ["server.fault.exhausted-idle"]
);

impl Conduct for SpinsWithoutDescriptors {
    fn descriptor(&self, server: &MemServer<Self>) -> Option<File> {
        loop {
            match open_nothing() {
                Ok(file) => return Some(file),
                Err(_) if server.state().stopping => return None,
                Err(_) => {}
            }
        }
    }
}
