//! Transports that leave something behind in the process, or let it suffer.

use std::net::{Ipv4Addr, UdpSocket};
use std::thread;

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Result};

use super::call::is;
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![stream::<RefusedLeaksDescriptor>(), stream::<RefusedLeaksThread>()]
}

/// Connects, and does `leak` where that is refused.
fn connect(end: &MemStream, addr: &Addr, deadline: Deadline, leak: fn()) -> Result<()> {
    let connected = end.connect(addr, deadline);
    if connected.as_ref().is_err_and(|error| is(error, Errno::ECONNREFUSED)) {
        leak();
    }
    connected
}

#[derive(Default)]
struct RefusedLeaksDescriptor;

impl Fault<MemStream> for RefusedLeaksDescriptor {
    const NAME: &'static str = "refused-leaks-descriptor";
    const SAYS: &'static str = "a connection that is refused leaves a descriptor open";
    const FAILS: &'static [&'static str] =
        &["stream.conn.refused-leaks-nothing", "cross.process.descriptors"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        connect(end, addr, deadline, || {
            // Any descriptor will do.
            let _ = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map(std::mem::forget);
        })
    }
}

#[derive(Default)]
struct RefusedLeaksThread;

impl Fault<MemStream> for RefusedLeaksThread {
    const NAME: &'static str = "refused-leaks-thread";
    const SAYS: &'static str = "a connection that is refused leaves a thread waiting for ever";
    const FAILS: &'static [&'static str] = &["cross.process.threads"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        connect(end, addr, deadline, || {
            thread::spawn(|| {
                loop {
                    thread::park();
                }
            });
        })
    }
}
