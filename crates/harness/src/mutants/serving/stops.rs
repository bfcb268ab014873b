//! Servers that stop wrongly.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{Deadline, Endpoint, Errno, Error, Op, Result, Shutdown};

use super::{server, wrong};
use crate::mem::{Conduct, Ending, MemServer, Orders, Then};
use crate::{Action, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<KeepsListening>(),
        server::<RefusesLate>(),
        server::<CutsAtOnce>(),
        server::<CutsEarly>(),
        server::<LeavesClients>(),
        server::<NeverForces>(),
        server::<ForcesReadersOnly>(),
        server::<WaitsForGrace>(),
        server::<ForcesLate>(),
        server::<StopTwiceFails>(),
        server::<StopWithinDeadlocks>(),
        server::<StopWithinEnds>(),
    ]
}

/// How much later than it should a thing is done.
const LATE: Duration = Duration::from_millis(600);

/// What is right once nobody is accepted any more.
pub(super) fn drain_and_cut<C: Conduct>(server: &MemServer<C>, grace: Duration) -> Result<()> {
    if !server.drained(Deadline::after(grace)) {
        server.cut_all();
        server.drained(Deadline::NEVER);
    }
    Ok(())
}

#[derive(Default)]
struct KeepsListening;

wrong!(
    KeepsListening,
    "server-keeps-listening",
    "a server that has stopped goes on listening",
    [
        "server.bound.cap-stop",
        "server.stop.refuses",
        "server.stop.at-once",
        "server.stop.within",
        "server.stop.rebind",
        "server.stop.dropped",
        "server.stop.leaves-nothing"
    ]
);

impl Conduct for KeepsListening {
    fn refuse(&self, _: &MemServer<Self>) {}

    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        let nobody = |deadline| server.wait_until(deadline, |state| state.live.is_empty());
        if !nobody(Deadline::after(server.config.grace)) {
            server.cut_all();
            nobody(Deadline::NEVER);
        }
        Ok(())
    }
}

#[derive(Default)]
struct RefusesLate;

wrong!(
    RefusesLate,
    "server-refuses-late",
    "a server that is stopping takes new clients until the old ones have gone",
    ["server.stop.at-once"]
);

impl Conduct for RefusesLate {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        let grace = Deadline::after(server.config.grace);
        server.wait_until(grace, |state| state.live.is_empty());
        server.refuse();
        drain_and_cut(server, Duration::ZERO)
    }
}

#[derive(Default)]
struct CutsAtOnce;

wrong!(
    CutsAtOnce,
    "server-cuts-at-once",
    "a server that stops does not wait for those it serves",
    ["server.stop.drains", "server.stop.grace", "server.stop.within-within"]
);

impl Conduct for CutsAtOnce {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        server.refuse();
        drain_and_cut(server, Duration::ZERO)
    }
}

#[derive(Default)]
struct CutsEarly;

wrong!(
    CutsEarly,
    "server-cuts-early",
    "the grace is over when half of it is",
    ["server.stop.grace"]
);

impl Conduct for CutsEarly {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        server.refuse();
        drain_and_cut(server, server.config.grace / 2)
    }
}

#[derive(Default)]
struct LeavesClients;

wrong!(
    LeavesClients,
    "server-leaves-clients",
    "when the grace is over, those that are served are left as they are",
    ["server.stop.forces", "server.stop.concurrent", "server.stop.dropped"]
);

impl Conduct for LeavesClients {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        server.refuse();
        server.drained(Deadline::after(server.config.grace));
        Ok(())
    }
}

#[derive(Default)]
struct NeverForces;

wrong!(
    NeverForces,
    "server-never-forces",
    "a server that stops waits for those it serves, however long they take",
    [
        "server.bound.cap-stop",
        "server.stop.grace",
        "server.stop.forces",
        "server.stop.forces-unread",
        "server.stop.in-time",
        "server.stop.concurrent",
        "server.stop.dropped",
        "server.stop.leaves-nothing"
    ]
);

impl Conduct for NeverForces {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        server.refuse();
        server.drained(Deadline::NEVER);
        Ok(())
    }
}

#[derive(Default)]
struct ForcesReadersOnly;

wrong!(
    ForcesReadersOnly,
    "server-forces-readers-only",
    "when the grace is over, a handler that is sending is waited for",
    ["server.stop.forces-unread"]
);

impl Conduct for ForcesReadersOnly {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        server.refuse();
        if !server.drained(Deadline::after(server.config.grace)) {
            for conn in server.state().live.values() {
                let _ = conn.shutdown(Shutdown::Read);
            }
            server.drained(Deadline::NEVER);
        }
        Ok(())
    }
}

#[derive(Default)]
struct WaitsForGrace;

wrong!(
    WaitsForGrace,
    "server-waits-for-grace",
    "a server that served somebody when it was stopped waits though they have gone",
    ["server.stop.prompt"]
);

impl Conduct for WaitsForGrace {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        server.refuse();
        if !server.state().live.is_empty() {
            server.wait_until(Deadline::after(server.config.grace.min(LATE)), |_| false);
        }
        drain_and_cut(server, server.config.grace.saturating_sub(LATE))
    }
}

#[derive(Default)]
struct ForcesLate;

wrong!(
    ForcesLate,
    "server-forces-late",
    "those that hold on are cut long after the grace is over",
    ["server.stop.in-time"]
);

impl Conduct for ForcesLate {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        server.refuse();
        drain_and_cut(server, server.config.grace + LATE)
    }
}

#[derive(Default)]
struct StopTwiceFails(AtomicBool);

wrong!(
    StopTwiceFails,
    "server-stop-twice-fails",
    "stopping a server a second time is an error",
    ["server.stop.twice", "server.stop.concurrent"]
);

impl Conduct for StopTwiceFails {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        if self.0.swap(true, SeqCst) {
            return Err(Error::os(Op::Shutdown, Errno::EINVAL));
        }
        server.refuse();
        drain_and_cut(server, server.config.grace)
    }
}

#[derive(Default)]
struct StopWithinDeadlocks;

wrong!(
    StopWithinDeadlocks,
    "server-stop-within-deadlocks",
    "a handler that stops the server waits for itself",
    ["server.stop.within", "server.stop.within-live", "server.stop.within-within"]
);

impl Conduct for StopWithinDeadlocks {
    fn stop_within(&self, server: &MemServer<Self>) {
        server.refuse();
        server.drained(Deadline::NEVER);
    }
}

#[derive(Default)]
struct StopWithinEnds;

wrong!(
    StopWithinEnds,
    "server-stop-within-ends",
    "a handler that has stopped the server is ended",
    ["server.stop.within-live", "server.stop.within-within"]
);

impl Conduct for StopWithinEnds {
    fn act(&self, orders: &Orders<'_, Self>, action: Action) -> Then {
        let stops = matches!(action, Action::Stop(_));
        match orders.act(action) {
            Then::GoOn if stops => Then::End(Ending::Done),
            then => then,
        }
    }
}
