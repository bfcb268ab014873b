//! Transports that leave something behind in the process, or let it suffer.

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::OnceLock;
use std::thread;

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Result};

use super::call::is;
use super::fault::Fault;
use super::subject::stream;
use crate::mem::MemStream;
use crate::{Caps, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<RefusedLeaksDescriptor>(),
        stream::<RefusedLeaksThread>(),
        stream::<DescriptorWhenAsked>(),
    ]
}

/// The descriptor, once it was asked for.
#[derive(Default)]
struct DescriptorWhenAsked(OnceLock<UdpSocket>);

impl Fault<MemStream> for DescriptorWhenAsked {
    const NAME: &'static str = "descriptor-when-asked";
    const SAYS: &'static str = "it has no descriptor until it is asked for its number";
    const FAILS: &'static [&'static str] = &["cross.process.close-on-exec"];
    const ADDS: Caps = Caps::FD;

    fn fileno(&self, _end: &MemStream) -> Option<i64> {
        if self.0.get().is_none() {
            let _ = self.0.set(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?);
        }
        self.0.get().and_then(number)
    }
}

#[cfg(unix)]
fn number(socket: &UdpSocket) -> Option<i64> {
    use std::os::fd::AsRawFd;
    Some(socket.as_raw_fd().into())
}

#[cfg(not(unix))]
fn number(_: &UdpSocket) -> Option<i64> {
    None
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
