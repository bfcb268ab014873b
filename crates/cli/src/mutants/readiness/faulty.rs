//! The mutants as subjects.

use std::marker::PhantomData;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Endpoint, Error, Op, Ready, Result};
use sockrates_harness::catalogue::deviations::HANGUPS;
use sockrates_harness::{
    Acceptor, Caps, Conn, Deviation, Mutant, Readiness, ReadinessSubject, Subject,
    TransportSubject, Trigger,
};

use super::fault::{Asked, End, Fault, Right};
use crate::subjects::readiness::{epoll_set, sockets};

/// The mutant with the fault `F`.
pub(super) fn mutant<F: Fault>() -> Mutant {
    let make = || Subject::readiness(Wrong::<F>(PhantomData));
    Mutant { name: F::NAME, says: F::SAYS, make, fails: F::FAILS, under: &[] }
}

struct Wrong<F>(PhantomData<F>);

impl<F: Fault> ReadinessSubject for Wrong<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn caps(&self) -> Caps {
        epoll_set::CAPS.without(F::LACKS)
    }

    fn readiness(&self) -> Result<Box<dyn Readiness>> {
        let right = Right::new().map_err(|error| Error::from_io(Op::Wait, &error))?;
        Ok(Box::new(Faulty { right, fault: F::default() }))
    }

    fn sockets(&self) -> &dyn TransportSubject {
        &Hasty
    }

    fn deviations(&self) -> &[Deviation] {
        &HANGUPS
    }
}

/// A back end with a fault.
struct Faulty<F> {
    right: Right,
    fault: F,
}

impl<F: Fault> Readiness for Faulty<F> {
    fn register(
        &self,
        end: &dyn Endpoint,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()> {
        let end = End(end.fileno());
        self.fault.register(&self.right, Asked { end, interest, trigger, key })
    }

    fn modify(
        &self,
        end: &dyn Endpoint,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()> {
        let end = End(end.fileno());
        self.fault.modify(&self.right, Asked { end, interest, trigger, key })
    }

    fn unregister(&self, end: &dyn Endpoint) -> Result<()> {
        self.fault.unregister(&self.right, End(end.fileno()))
    }

    fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
        self.fault.wait(&self.right, timeout)
    }

    fn wake(&self) -> Result<()> {
        self.fault.wake(&self.right)
    }

    fn as_endpoint(&self) -> Result<&dyn Endpoint> {
        self.fault.as_endpoint(&self.right)
    }
}

/// The sockets, of which what is missing is not waited for so long.
struct Hasty;

impl TransportSubject for Hasty {
    fn name(&self) -> &str {
        sockets().name()
    }

    fn caps(&self) -> Caps {
        sockets().caps()
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        sockets().pair()
    }

    fn listen(&self) -> Result<Acceptor> {
        sockets().listen()
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        sockets().connect(to, deadline)
    }

    fn socket(&self) -> Result<Conn> {
        sockets().socket()
    }

    fn any_addr(&self) -> Result<Addr> {
        sockets().any_addr()
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(1)
    }
}
