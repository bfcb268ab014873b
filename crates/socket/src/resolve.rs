//! Names of hosts and services, looked up by the C library, to a deadline.
//!
//! The resolver blocks for as long as it likes. With a deadline it runs on a thread of its own,
//! which is left behind when time runs out; [`LOOKUPS_MAX`] of them at the most.

use std::ffi::CString;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use sockrates_core::{Addr, Deadline, Errno, Error, Op, Result};

use crate::address::from_system;
use crate::sys::{self, Eai};
use crate::{Family, Protocol, Service, Type, literal};

/// What a look-up is to find.
///
/// ```
/// use sockrates_socket::{Family, Hints, Type};
/// let tcp_over_ipv4 =
///     Hints { family: Family::INET, socket_type: Some(Type::STREAM), ..Hints::default() };
/// ```
///
/// Source: POSIX.1-2024 `getaddrinfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hints {
    /// The family; [`Family::UNSPEC`], the default, for any.
    pub family: Family,
    /// The type; `None` for one result of each.
    pub socket_type: Option<Type>,
    /// The protocol; `None` for any.
    pub protocol: Option<Protocol>,
    /// `AI_PASSIVE`: without a host the wildcard addresses instead of loopback.
    pub passive: bool,
    /// `AI_CANONNAME`: the canonical name too.
    pub canonical_name: bool,
    /// `AI_NUMERICHOST`: no name service is asked about the host.
    pub numeric_host: bool,
    /// `AI_NUMERICSERV`: no name service is asked about the service.
    pub numeric_service: bool,
    /// `AI_ADDRCONFIG`: only families that this machine has an address of.
    pub configured_only: bool,
    /// `AI_V4MAPPED`: IPv4 as mapped IPv6 addresses, where the family is [`Family::INET6`] and
    /// the host has none.
    pub v4_mapped: bool,
}

impl Default for Hints {
    fn default() -> Self {
        Self {
            family: Family::UNSPEC,
            socket_type: None,
            protocol: None,
            passive: false,
            canonical_name: false,
            numeric_host: false,
            numeric_service: false,
            configured_only: false,
            v4_mapped: false,
        }
    }
}

/// One result of a look-up: what to make a socket of, and where to connect or bind it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddrInfo {
    /// The family.
    pub family: Family,
    /// The type.
    pub socket_type: Type,
    /// The protocol.
    pub protocol: Protocol,
    /// The canonical name, in the first result, where it was asked for.
    pub canonical_name: Option<String>,
    /// The address.
    pub addr: Addr,
}

/// Looks up the addresses of a host and a service, in the order to try them. Without a host they
/// are those of loopback, or of every interface with [`Hints::passive`].
///
/// ```
/// use sockrates_core::Deadline;
/// use sockrates_socket::{Hints, getaddrinfo};
///
/// let found = getaddrinfo(Some("127.0.0.1"), 80, &Hints::default(), Deadline::NEVER)?;
/// assert_eq!(found[0].addr.to_string(), "127.0.0.1:80");
///
/// let error = getaddrinfo(Some("127.0.0.1"), 65_536, &Hints::default(), Deadline::NEVER);
/// assert_eq!(error.unwrap_err().to_string(), "port 65536: use 0 to 65535");
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Resolve`] with `getaddrinfo`'s code and its name in the reason: `EAI_NONAME` for an
/// unknown host, `EAI_SERVICE` for an unknown service, `EAI_ADDRFAMILY` for a literal of another
/// family, `EAI_AGAIN` where the name server does not answer or too many look-ups hang;
/// [`Error::Invalid`] for a port over 65535 (where Python and libc take it modulo 65536) and an
/// embedded NUL; [`Error::TimedOut`] once `deadline` has passed.
///
/// Source: POSIX.1-2024 `getaddrinfo`; Python `socket.getaddrinfo`.
pub fn getaddrinfo(
    host: Option<&str>,
    service: impl Into<Service>,
    hints: &Hints,
    deadline: Deadline,
) -> Result<Vec<AddrInfo>> {
    let question = Question::new(host, &service.into(), *hints)?;
    // What no name service is asked about is answered at once.
    if deadline.is_never() || hints.numeric_host || host.is_none_or(literal::is_literal) {
        return question.ask();
    }
    question.ask_nobody().unwrap_or_else(|| question.ask_by(deadline))
}

/// The name of this machine.
///
/// # Errors
/// The errno of `gethostname`.
///
/// Source: POSIX.1-2024 `gethostname`; Python `socket.gethostname`.
pub fn gethostname() -> Result<String> {
    sys::gethostname().map_err(|error| Error::from_io(Op::Resolve, &error))
}

/// The address of `(host, service)` for a socket of `family`.
pub(crate) fn one(
    host: &str,
    service: Service,
    family: Family,
    deadline: Deadline,
) -> Result<Addr> {
    if let Some(port) = service.port()? {
        if let Some(addr) = literal::parse(host, port, family)? {
            return Ok(addr);
        }
    }
    // The type matters to services only; a stream's names are those of datagrams too.
    let hints = Hints {
        family,
        socket_type: Some(Type::STREAM),
        passive: host.is_empty(),
        ..Hints::default()
    };
    let host = Some(host).filter(|host| !host.is_empty());
    let found = getaddrinfo(host, service, &hints, deadline)?;
    let first = found.into_iter().next();
    first.map(|info| info.addr).ok_or_else(|| failure(host.unwrap_or(""), Eai::NONAME))
}

/// The error of a look-up that failed with `code`.
pub(crate) fn failure(host: &str, code: i32) -> Error {
    let text = Eai::description(code);
    let reason = match Eai::name(code) {
        Some(name) => format!("{name}: {text}"),
        None => text,
    };
    Error::Resolve { host: host.to_owned(), code, reason }
}

/// The most look-ups that may be under way with a deadline, those left behind included.
const LOOKUPS_MAX: usize = 64;

static LOOKUPS: AtomicUsize = AtomicUsize::new(0);

/// One of the look-ups under way, counted until it ends.
struct Turn;

impl Turn {
    fn take() -> Option<Self> {
        let more = |count| (count < LOOKUPS_MAX).then_some(count + 1);
        let counted = LOOKUPS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        counted.ok().map(|_| Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        LOOKUPS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the resolver is asked.
struct Question {
    name: String,
    host: Option<CString>,
    service: Option<CString>,
    port: Option<u16>,
    hints: Hints,
}

impl Question {
    fn new(host: Option<&str>, service: &Service, hints: Hints) -> Result<Self> {
        let port = service.port()?;
        let service = match port {
            Some(port) => port.to_string(),
            None => service.to_string(),
        };
        let service = Some(c_string("service", &service)?).filter(|text| !text.is_empty());
        let name = host.unwrap_or("").to_owned();
        let host = host.map(|host| c_string("host", host)).transpose()?;
        Ok(Self { name, host, service, port, hints })
    }

    fn ask(&self) -> Result<Vec<AddrInfo>> {
        self.ask_with(&self.hints)
    }

    fn ask_with(&self, hints: &Hints) -> Result<Vec<AddrInfo>> {
        let Hints { family, socket_type, protocol, .. } = *hints;
        let hints = (
            family.code(),
            socket_type.map_or(0, Type::code),
            protocol.map_or(0, Protocol::code),
            sys::lookup_flags(hints),
        );
        match sys::getaddrinfo(self.host.as_deref(), self.service.as_deref(), hints) {
            Ok(found) => Ok(found.into_iter().map(info).collect()),
            Err((_, Some(errno))) => Err(Error::os(Op::Resolve, Errno::from_code(errno))),
            Err((code, None)) => Err(failure(&self.name, code)),
        }
    }

    /// The answer where the host is a literal that only the system knows, as `127.1` and
    /// `0x7f000001` are: that takes no name service, so no time. `None` where it is a name.
    fn ask_nobody(&self) -> Option<Result<Vec<AddrInfo>>> {
        self.port?;
        let hints = Hints { numeric_host: true, ..self.hints };
        match self.ask_with(&hints) {
            Err(Error::Resolve { code: Eai::NONAME, .. }) => None,
            answer => Some(answer),
        }
    }

    fn ask_by(self, deadline: Deadline) -> Result<Vec<AddrInfo>> {
        if deadline.has_passed() {
            return Err(Error::TimedOut { op: Op::Resolve, done: 0 });
        }
        let name = self.name.clone();
        by(deadline, &name, move || self.ask())
    }
}

/// Has `ask` asked on a thread of its own and waits for its answer until `deadline`; `host` is for
/// the error.
pub(crate) fn by<T: Send + 'static>(
    deadline: Deadline,
    host: &str,
    ask: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let Some(turn) = Turn::take() else {
        return Err(Error::Resolve {
            host: host.to_owned(),
            code: Eai::AGAIN,
            reason: format!("EAI_AGAIN: {LOOKUPS_MAX} look-ups are under way already"),
        });
    };
    let (answer, answered) = mpsc::sync_channel(1);
    let asking = thread::Builder::new().name("getaddrinfo".into()).spawn(move || {
        let found = ask();
        drop(turn);
        // Nobody may be left to hear it.
        let _ = answer.send(found);
    });
    asking.map_err(|error| Error::from_io(Op::Resolve, &error))?;
    let left = deadline.remaining().unwrap_or_default();
    answered.recv_timeout(left).unwrap_or(Err(Error::TimedOut { op: Op::Resolve, done: 0 }))
}

fn info(found: sys::Found) -> AddrInfo {
    AddrInfo {
        family: Family::from_code(found.family),
        socket_type: Type::from_code(found.socket_type),
        protocol: Protocol::from_code(found.protocol),
        canonical_name: found.canonical,
        addr: from_system(&found.addr),
    }
}

fn c_string(what: &'static str, text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| {
        Error::invalid(what, format!("{text:?}"), "has a NUL byte in it; leave it out")
    })
}
