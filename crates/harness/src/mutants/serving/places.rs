//! Servers that count their clients wrongly.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Deadline, Endpoint, RecvBuf, RecvFlags, Transport};

use super::{server, wrong};
use crate::mem::{Conduct, Ending, MemServer, MemStream};
use crate::{Mutant, ServerConfig};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<IgnoresCap>(),
        server::<CapOneLess>(),
        server::<FailureKeepsPlace>(),
        server::<PanicKeepsPlace>(),
        server::<FailureLeavesTwo>(),
        server::<TurnsAway>(),
        server::<LosesWhileWaiting>(),
    ]
}

#[derive(Default)]
struct IgnoresCap;

wrong!(
    IgnoresCap,
    "server-ignores-cap",
    "any number of connections is served at once",
    ["server.bound.cap", "server.bound.cap-waits", "server.bound.cap-fault"]
);

impl Conduct for IgnoresCap {
    fn has_place(&self, _: &ServerConfig, _: usize) -> bool {
        true
    }
}

#[derive(Default)]
struct CapOneLess;

wrong!(
    CapOneLess,
    "server-cap-one-less",
    "one connection less than permitted is served at once",
    [
        "server.bound.cap",
        "server.bound.cap-waits",
        "server.bound.cap-fault",
        "server.bound.cap-stop"
    ]
);

impl Conduct for CapOneLess {
    fn has_place(&self, config: &ServerConfig, taken: usize) -> bool {
        config.connections_max.is_none_or(|max| taken + 1 < max)
    }
}

#[derive(Default)]
struct FailureKeepsPlace;

wrong!(
    FailureKeepsPlace,
    "server-failure-keeps-place",
    "a handler that fails keeps its place for ever",
    ["server.bound.cap-fault"]
);

impl Conduct for FailureKeepsPlace {
    fn places_left(&self, ending: Ending) -> usize {
        usize::from(ending != Ending::Failed)
    }
}

#[derive(Default)]
struct PanicKeepsPlace;

wrong!(
    PanicKeepsPlace,
    "server-panic-keeps-place",
    "a handler that panics keeps its place for ever",
    ["server.bound.cap-fault"]
);

impl Conduct for PanicKeepsPlace {
    fn places_left(&self, ending: Ending) -> usize {
        usize::from(ending != Ending::Panicked)
    }
}

#[derive(Default)]
struct FailureLeavesTwo(AtomicUsize);

wrong!(
    FailureLeavesTwo,
    "server-failure-leaves-two",
    "after a handler has failed there is a place too many",
    ["server.bound.cap-fault"]
);

impl Conduct for FailureLeavesTwo {
    fn has_place(&self, config: &ServerConfig, taken: usize) -> bool {
        config.connections_max.is_none_or(|max| taken < max + self.0.load(SeqCst))
    }

    fn places_left(&self, ending: Ending) -> usize {
        self.0.fetch_add(usize::from(ending == Ending::Failed), SeqCst);
        1
    }
}

#[derive(Default)]
struct TurnsAway;

wrong!(
    TurnsAway,
    "server-turns-away",
    "a client over the cap is accepted, and cut",
    ["server.bound.cap", "server.bound.cap-waits", "server.bound.cap-fault"]
);

impl Conduct for TurnsAway {
    fn has_place(&self, _: &ServerConfig, _: usize) -> bool {
        true
    }

    fn begin(&self, server: &Arc<MemServer<Self>>, number: u64, conn: Arc<MemStream>, file: File) {
        let over = {
            let state = server.state();
            server.config.connections_max.is_some_and(|max| state.places_taken > max)
        };
        if over {
            let _ = conn.close();
        }
        let served = Arc::clone(server);
        // Without a thread the connection is dropped all the same.
        let _ = crate::mem::spawn(move || served.serve(number, conn, file));
    }
}

#[derive(Default)]
struct LosesWhileWaiting;

wrong!(
    LosesWhileWaiting,
    "server-loses-while-waiting",
    "of what a client has said while it waited for a place, only four bytes are kept",
    ["server.bound.cap-waits"]
);

impl Conduct for LosesWhileWaiting {
    fn accepted(&self, server: &MemServer<Self>, conn: &MemStream) {
        let waiting = conn.queued().unwrap_or_default();
        if server.config.connections_max == Some(1) && waiting == b"one\ntwo\n".len() {
            let mut lost = [0; 8];
            let flags = RecvFlags::DONTWAIT;
            let _ = conn.recv_msg(&mut RecvBuf::new(&mut lost), flags, Deadline::NEVER);
        }
    }
}
