//! The checks of the clauses cross.errno.*

use std::io;
use std::time::Duration;

use sockrates_core::{Deadline, Errno, Error, Mode, Op};

use crate::checks::checks;
use crate::expect::{equal, fail, holds, told};
use crate::{Caps, Case, Observation, Stop};

/// What an error is called: by the operating system, by Rust's standard library, by Python.
struct Named {
    errno: &'static [Errno],
    kind: &'static str,
    python: &'static str,
}

const REFUSED: Named = Named {
    errno: &[Errno::ECONNREFUSED],
    kind: "ConnectionRefused",
    python: "ConnectionRefusedError",
};
const BROKEN_PIPE: Named =
    Named { errno: &[Errno::EPIPE], kind: "BrokenPipe", python: "BrokenPipeError" };
const RESET: Named =
    Named { errno: &[Errno::ECONNRESET], kind: "ConnectionReset", python: "ConnectionResetError" };
const WOULD_BLOCK: Named = Named {
    errno: &[Errno::EAGAIN, Errno::EWOULDBLOCK],
    kind: "WouldBlock",
    python: "BlockingIOError",
};
const UNCONNECTED: Named =
    Named { errno: &[Errno::ENOTCONN], kind: "NotConnected", python: "OSError" };
const IN_USE: Named = Named { errno: &[Errno::EADDRINUSE], kind: "AddrInUse", python: "OSError" };
// The standard library has a kind for what it has no kind for, and keeps it to itself.
const CLOSED: Named = Named { errno: &[Errno::EBADF], kind: "Uncategorized", python: "OSError" };

impl Named {
    /// `result` is this error, by all of its names.
    fn expect<T>(&self, result: Result<T, Error>) -> Observation {
        let first = self.errno[0];
        let error = match result {
            Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
            Err(error) if error.errno().is_some_and(|errno| self.errno.contains(&errno)) => error,
            Err(error) => return fail(format!("{first:?}"), told(&error)),
            Ok(_) => return fail(format!("{first:?}"), "success"),
        };
        let kind = |kind: io::ErrorKind| format!("{kind:?}");
        equal("the kind", self.kind, kind(error.kind()).as_str())?;
        equal("Python's class", self.python, error.errno().map_or("", Errno::python_name))?;
        let standard = io::Error::from(error.clone());
        equal("the standard error's kind", self.kind, kind(standard.kind()).as_str())?;
        equal("its number", &error.errno(), &number(&standard))?;
        holds()
    }
}

/// The system's number of an error, which one that tells more than it has in its source.
fn number(error: &io::Error) -> Option<Errno> {
    let raw = error.raw_os_error().map(Errno::from_code);
    raw.or_else(|| error.get_ref()?.downcast_ref::<Error>()?.errno())
}

fn refused(case: &Case<'_>) -> Observation {
    // A socket that is bound and does not listen keeps the address from being anyone else's.
    let nobody = if case.has(Caps::SOCKET) {
        let (socket, addr) = case.bound()?;
        (Some(socket), addr)
    } else {
        (None, case.listen()?.local_addr()?)
    };
    REFUSED.expect(case.connect(&nobody.1, Deadline::NEVER))
}

fn broken_pipe(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.close_send()?;
    BROKEN_PIPE.expect(a.send(b"x"))
}

fn reset(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.abort()?;
    RESET.expect(a.recv(1))
}

fn would_block(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.set_mode(Mode::NonBlocking)?;
    WOULD_BLOCK.expect(a.recv(1))
}

fn unconnected(case: &Case<'_>) -> Observation {
    UNCONNECTED.expect(case.socket()?.recv(1))
}

fn in_use(case: &Case<'_>) -> Observation {
    let (_first, addr) = case.bound()?;
    IN_USE.expect(case.socket()?.bind(&addr))
}

fn closed(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.close()?;
    CLOSED.expect(a.recv(1))
}

fn timed_out(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.set_mode(Mode::Timeout(Duration::from_millis(5)))?;
    let error = match a.recv(1) {
        Err(error) if error.is_timeout() => error,
        Err(error) => return fail("a timeout", told(&error)),
        Ok(_) => return fail("a timeout", "success"),
    };
    // The system's ETIMEDOUT says that the peer is gone; this one says nothing about it.
    equal("its number", &None, &error.errno())?;
    equal("the kind", &io::ErrorKind::TimedOut, &error.kind())?;
    let standard = io::Error::from(error);
    equal("the standard error's kind", &io::ErrorKind::TimedOut, &standard.kind())?;
    equal("the standard error's number", &None, &standard.raw_os_error())?;
    holds()
}

fn raw(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.set_mode(Mode::NonBlocking)?;
    let Err(error) = a.recv_until(1, case.soon()) else { return fail("EAGAIN", "success") };
    let back = Error::from_io(Op::Recv, &io::Error::from(error.clone()));
    equal("the number there and back", &error.errno(), &back.errno())?;
    let number = error.errno().map(|errno| errno.code());
    equal("the number that the system knows it by", &Some(true), &number.map(|code| code > 0))?;
    holds()
}

checks!("cross.errno" {
    refused, broken_pipe, reset, would_block, unconnected, in_use, closed, timed_out, raw,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_an_error_counts() {
        let error = |errno| Err::<(), _>(Error::os(Op::Recv, errno));
        assert_eq!(RESET.expect(error(Errno::ECONNRESET)), holds());
        assert!(RESET.expect(error(Errno::EPIPE)).is_err());
        assert!(RESET.expect(Ok(())).is_err());
        let other_kind = Named { kind: "Other", ..RESET };
        assert!(other_kind.expect(error(Errno::ECONNRESET)).is_err());
        let other_class = Named { python: "OSError", ..RESET };
        assert!(other_class.expect(error(Errno::ECONNRESET)).is_err());
    }
}
