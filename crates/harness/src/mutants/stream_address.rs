//! Streams whose addresses are wrong: shared, reused, of one family or the other.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Op, Result, SocketOption};

use super::call::is;
use super::fault::Fault;
use super::subject::{inet_stream, stream};
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<ReuseIgnored>(),
        stream::<InUseForbidden>(),
        stream::<ReuseOverListener>(),
        stream::<SecondListenerStarves>(),
        stream::<PortSharedUnasked>(),
        inet_stream::<OnlyV6Ignored>(),
        inet_stream::<OnlyV6Always>(),
        inet_stream::<ConnectsToGroups>(),
        inet_stream::<ItselfForbidden>(),
        inet_stream::<FamilyIgnored>(),
        inet_stream::<ForeignBound>(),
    ]
}

#[derive(Default)]
struct ReuseIgnored;

impl Fault<MemStream> for ReuseIgnored {
    const NAME: &'static str = "reuse-ignored";
    const SAYS: &'static str = "an address is not reused, whatever was set";
    const FAILS: &'static [&'static str] = &["stream.option.reuse-lingering"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::ReuseAddress => Ok(()),
            other => end.set_option(other, value),
        }
    }
}

#[derive(Default)]
struct InUseForbidden;

impl Fault<MemStream> for InUseForbidden {
    const NAME: &'static str = "in-use-forbidden";
    const SAYS: &'static str = "an address in use is refused as if by lack of permission";
    const FAILS: &'static [&'static str] = &[
        "stream.listen.in-use",
        "stream.option.lingering",
        "stream.option.reuse-listening",
        "stream.option.unshared-port",
        "cross.errno.in-use",
    ];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EADDRINUSE) => Err(Error::os(Op::Bind, Errno::EACCES)),
            other => other,
        }
    }
}

#[derive(Default)]
struct ReuseOverListener;

impl Fault<MemStream> for ReuseOverListener {
    const NAME: &'static str = "reuse-over-listener";
    const SAYS: &'static str = "with reuse an address of a listener is bound, at another port";
    const FAILS: &'static [&'static str] = &["stream.option.reuse-listening"];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        let reuses = end.option(SocketOption::ReuseAddress)? != 0;
        match end.bind(addr) {
            Err(error) if reuses && is(&error, Errno::EADDRINUSE) => end.bind(&Addr::Token(0)),
            other => other,
        }
    }
}

#[derive(Default)]
struct SecondListenerStarves(AtomicBool);

impl Fault<MemStream> for SecondListenerStarves {
    const NAME: &'static str = "second-listener-starves";
    const SAYS: &'static str = "of listeners that share a port, the first gets every connection";
    const FAILS: &'static [&'static str] = &["stream.option.shared-port"];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        let shares = end.option(SocketOption::ReusePort)? != 0;
        self.0.store(shares && *addr != Addr::Token(0), SeqCst);
        end.bind(addr)
    }

    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        if self.0.load(SeqCst) { Ok(()) } else { end.listen(backlog) }
    }

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        if self.0.load(SeqCst) {
            return Err(Error::os(Op::Accept, Errno::EAGAIN));
        }
        end.accept(deadline)
    }
}

#[derive(Default)]
struct PortSharedUnasked;

impl Fault<MemStream> for PortSharedUnasked {
    const NAME: &'static str = "port-shared-unasked";
    const SAYS: &'static str = "whoever asks not to share a port shares it";
    const FAILS: &'static [&'static str] = &["stream.option.unshared-port"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        let shares = option == SocketOption::ReusePort;
        end.set_option(option, if shares { 1 } else { value })
    }
}

#[derive(Default)]
struct OnlyV6Ignored;

impl Fault<MemStream> for OnlyV6Ignored {
    const NAME: &'static str = "only-v6-ignored";
    const SAYS: &'static str = "an IPv6 listener takes IPv4 too, whatever was set";
    const FAILS: &'static [&'static str] = &["stream.option.only-v6"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::OnlyV6 => Ok(()),
            other => end.set_option(other, value),
        }
    }
}

#[derive(Default)]
struct OnlyV6Always;

impl Fault<MemStream> for OnlyV6Always {
    const NAME: &'static str = "only-v6-always";
    const SAYS: &'static str = "an IPv6 listener leaves IPv4 alone, whatever was set";
    const FAILS: &'static [&'static str] = &["stream.option.dual-stack"];

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        let only = option == SocketOption::OnlyV6;
        end.set_option(option, if only { 1 } else { value })
    }
}

#[derive(Default)]
struct ConnectsToGroups;

impl Fault<MemStream> for ConnectsToGroups {
    const NAME: &'static str = "connects-to-groups";
    const SAYS: &'static str = "connecting to a group succeeds";
    const FAILS: &'static [&'static str] = &["stream.conn.invalid-peer"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        match end.connect(addr, deadline) {
            Err(error) if is(&error, Errno::ENETUNREACH) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct ItselfForbidden;

impl Fault<MemStream> for ItselfForbidden {
    const NAME: &'static str = "itself-forbidden";
    const SAYS: &'static str = "connecting to its own address is refused for lack of permission";
    const FAILS: &'static [&'static str] = &["stream.conn.to-itself"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        if end.local_addr()? == *addr {
            return Err(Error::os(Op::Connect, Errno::EPERM));
        }
        end.connect(addr, deadline)
    }
}

#[derive(Default)]
struct FamilyIgnored;

impl Fault<MemStream> for FamilyIgnored {
    const NAME: &'static str = "family-ignored";
    const SAYS: &'static str = "connecting to an address of another family succeeds";
    const FAILS: &'static [&'static str] = &["stream.conn.wrong-family"];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        match end.connect(addr, deadline) {
            Err(error) if is(&error, Errno::EAFNOSUPPORT) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct ForeignBound;

impl Fault<MemStream> for ForeignBound {
    const NAME: &'static str = "foreign-bound";
    const SAYS: &'static str = "binding an address of another machine succeeds";
    const FAILS: &'static [&'static str] = &["stream.listen.foreign"];

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        match end.bind(addr) {
            Err(error) if is(&error, Errno::EADDRNOTAVAIL) => Ok(()),
            other => other,
        }
    }
}
