//! Servers of datagrams that stop wrongly.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Addr, Endpoint, Errno, Error, Op, Result};

use super::{server, wrong};
use crate::Mutant;
use crate::mem::{DatagramConduct, Ending, MemDatagramServer, open_nothing};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<GoesOn>(),
        server::<StopTwiceFails>(),
        server::<StopWithinDeadlocks>(),
        server::<StopWithinSilent>(),
        server::<NotRebindable>(),
        server::<DropLeavesRunning>(),
        server::<LeaksThreads>(),
        server::<LeaksDescriptors>(),
    ]
}

#[derive(Default)]
struct GoesOn;

wrong!(
    GoesOn,
    "datagram-server-goes-on",
    "a server that has stopped goes on answering",
    [
        "server.datagram.stop",
        "server.datagram.stop-within",
        "server.datagram.rebind",
        "server.datagram.dropped",
        "server.datagram.leaves-nothing"
    ]
);

impl DatagramConduct for GoesOn {
    fn stop_within(&self, _: &MemDatagramServer<Self>) {}

    fn stop(&self, _: &MemDatagramServer<Self>) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct StopTwiceFails(AtomicBool);

wrong!(
    StopTwiceFails,
    "datagram-server-stop-twice-fails",
    "stopping a server a second time is an error",
    ["server.datagram.stop-twice"]
);

impl DatagramConduct for StopTwiceFails {
    fn stop(&self, server: &MemDatagramServer<Self>) -> Result<()> {
        if self.0.swap(true, SeqCst) {
            return Err(Error::os(Op::Shutdown, Errno::EINVAL));
        }
        server.refuse();
        server.wait();
        Ok(())
    }
}

#[derive(Default)]
struct StopWithinDeadlocks;

wrong!(
    StopWithinDeadlocks,
    "datagram-server-stop-within-deadlocks",
    "a handler that stops the server waits for itself",
    ["server.datagram.stop-within"]
);

impl DatagramConduct for StopWithinDeadlocks {
    fn stop_within(&self, server: &MemDatagramServer<Self>) {
        server.wait();
    }
}

#[derive(Default)]
struct StopWithinSilent;

wrong!(
    StopWithinSilent,
    "datagram-server-stop-within-silent",
    "a handler that stops the server can answer no more",
    ["server.datagram.stop-within"]
);

impl DatagramConduct for StopWithinSilent {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        if bytes == b"stop" {
            server.refuse();
        }
        server.obey(bytes, from)
    }
}

#[derive(Default)]
struct NotRebindable;

wrong!(
    NotRebindable,
    "datagram-server-not-rebindable",
    "the address of a server that has stopped stays taken",
    ["server.datagram.rebind"]
);

impl DatagramConduct for NotRebindable {
    fn stop(&self, server: &MemDatagramServer<Self>) -> Result<()> {
        std::mem::forget(server.socket.dup());
        server.refuse();
        server.wait();
        Ok(())
    }
}

#[derive(Default)]
struct DropLeavesRunning;

wrong!(
    DropLeavesRunning,
    "datagram-server-drop-leaves-running",
    "a server that is dropped goes on",
    ["server.datagram.dropped"]
);

impl DatagramConduct for DropLeavesRunning {
    fn dropped(&self, _: &MemDatagramServer<Self>) {}
}

#[derive(Default)]
struct LeaksThreads;

wrong!(
    LeaksThreads,
    "datagram-server-leaks-threads",
    "each handler leaves a thread waiting for ever",
    ["server.datagram.leaves-nothing"]
);

impl DatagramConduct for LeaksThreads {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        std::thread::spawn(|| {
            loop {
                std::thread::park();
            }
        });
        server.obey(bytes, from)
    }
}

#[derive(Default)]
struct LeaksDescriptors;

wrong!(
    LeaksDescriptors,
    "datagram-server-leaks-descriptors",
    "each handler leaves a descriptor open",
    ["server.datagram.leaves-nothing"]
);

impl DatagramConduct for LeaksDescriptors {
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        let _ = open_nothing().map(std::mem::forget);
        server.obey(bytes, from)
    }
}
