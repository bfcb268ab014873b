//! Servers that leave something behind.

use std::fs::File;
use std::sync::Arc;
use std::thread;

use sockrates_core::{Deadline, Endpoint, Mode, Result, Shutdown, SocketOption, Transport};

use super::stops::drain_and_cut;
use super::{server, wrong};
use crate::Mutant;
use crate::mem::{Conduct, Ending, MemServer, MemStream};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<KeepsWaiting>(),
        server::<NotRebindable>(),
        server::<DropLeavesRunning>(),
        server::<LeaksThreads>(),
        server::<LeaksDescriptors>(),
    ]
}

#[derive(Default)]
struct KeepsWaiting;

wrong!(
    KeepsWaiting,
    "server-keeps-waiting",
    "those who wait for a place when the server stops never learn of it",
    ["server.bound.cap-stop"]
);

impl Conduct for KeepsWaiting {
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        if server.config.connections_max.is_some() {
            let _ = server.listener.set_mode(Mode::NonBlocking);
            while let Ok((waiting, _)) = server.listener.accept(Deadline::NEVER) {
                std::mem::forget(waiting);
            }
        }
        server.refuse();
        drain_and_cut(server, server.config.grace)
    }
}

#[derive(Default)]
struct NotRebindable;

wrong!(
    NotRebindable,
    "server-not-rebindable",
    "the address of a server that has stopped stays taken",
    ["server.stop.rebind"]
);

impl Conduct for NotRebindable {
    fn refuse(&self, server: &MemServer<Self>) {
        // A socket of its own keeps the address, and shares it with nobody.
        let _ = server.listener.set_option(SocketOption::ReuseAddress, 0);
        std::mem::forget(server.listener.dup());
        let _ = server.listener.shutdown(Shutdown::Both);
        server.refuse();
    }
}

#[derive(Default)]
struct DropLeavesRunning;

wrong!(
    DropLeavesRunning,
    "server-drop-leaves-running",
    "a server that is dropped goes on",
    ["server.stop.dropped"]
);

impl Conduct for DropLeavesRunning {
    fn dropped(&self, _: &MemServer<Self>) {}
}

#[derive(Default)]
struct LeaksThreads;

wrong!(
    LeaksThreads,
    "server-leaks-threads",
    "each handler that fails leaves a thread waiting for ever",
    ["server.stop.leaves-nothing"]
);

impl Conduct for LeaksThreads {
    fn close(&self, _: &MemServer<Self>, _: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Failed {
            thread::spawn(|| {
                loop {
                    thread::park();
                }
            });
        }
    }
}

#[derive(Default)]
struct LeaksDescriptors;

wrong!(
    LeaksDescriptors,
    "server-leaks-descriptors",
    "each handler that fails leaves a descriptor open",
    ["server.stop.leaves-nothing"]
);

impl Conduct for LeaksDescriptors {
    fn close(&self, _: &MemServer<Self>, _: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Failed {
            let _ = crate::mem::open_nothing().map(std::mem::forget::<File>);
        }
    }
}
