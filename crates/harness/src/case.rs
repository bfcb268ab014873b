//! What a check is given: the subject, its ends under names, data, patience.

use std::cell::{Cell, RefCell};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Error, Framing, Kind, Op, Result};

use crate::axis::{Adversity, Crumbled};
use crate::trace::Step;
use crate::{
    Acceptor, Announce, Axis, Caps, Conn, FramingSubject, Order, Poller, Rng, Server, ServerConfig,
    ServerSubject, Serving, Stop, Subject, Trace, TransportSubject, thread_state,
};

/// One clause checked on one subject.
pub struct Case<'a> {
    subject: &'a Subject,
    crumbled: Option<Crumbled<'a>>,
    trace: Trace,
    rng: RefCell<Rng>,
    isolated: bool,
    sockets: Cell<u32>,
    servers: Cell<u32>,
    pollers: Cell<u32>,
}

impl<'a> Case<'a> {
    /// A case of `order`, which announces each operation before it starts.
    pub(crate) fn new(order: &Order<'a>, announce: Announce) -> Self {
        let Order { subject, seed, isolated, axis, .. } = *order;
        let rng = RefCell::new(Rng::new(seed));
        let crumbled = match subject {
            Subject::Framing(framing) if axis == Some(Axis::OneByteReads) => {
                Some(Crumbled(framing.as_ref()))
            }
            _ => None,
        };
        let adversity = axis.map(|axis| Adversity::new(axis, subject.caps(), seed));
        Self {
            subject,
            crumbled,
            trace: Trace::under(adversity, announce),
            rng,
            isolated,
            sockets: Cell::new(0),
            pollers: Cell::new(0),
            servers: Cell::new(0),
        }
    }

    /// The transport to judge, or the one by which a back end or a server is judged.
    ///
    /// # Errors
    /// [`Stop::HarnessError`] where the subject is a framing: the clause is about the wrong kind.
    pub fn transport(&self) -> Result<&'a dyn TransportSubject, Stop> {
        self.subject.ends().ok_or_else(|| wrong_kind("transport"))
    }

    /// A fresh readiness back end, "p1", "p2" and so on.
    ///
    /// # Errors
    /// [`Stop::HarnessError`] where the subject is none; the subject's error.
    pub fn poller(&self) -> Result<Poller, Stop> {
        let Subject::Readiness(subject) = self.subject else {
            return Err(wrong_kind("readiness back end"));
        };
        self.pollers.set(self.pollers.get() + 1);
        let name = format!("p{}", self.pollers.get());
        Ok(Poller::new(subject.readiness()?, name, &self.trace))
    }

    /// The server to judge.
    ///
    /// # Errors
    /// [`Stop::HarnessError`] where the subject is none.
    pub fn server(&self) -> Result<&'a dyn ServerSubject, Stop> {
        match self.subject {
            Subject::Server(subject) => Ok(subject.as_ref()),
            _ => Err(wrong_kind("server")),
        }
    }

    /// Starts the server to judge, "server1", "server2" and so on, on a free local address.
    ///
    /// # Errors
    /// The subject's error.
    pub fn serve(&self, config: &ServerConfig) -> Result<Server, Stop> {
        let subject = self.server()?;
        Ok(self.start_server("start()", || subject.start(config))?)
    }

    /// Starts the server to judge at `addr`.
    ///
    /// # Errors
    /// The subject's error, kept as it is for the check to judge.
    pub fn serve_at(&self, addr: &Addr, config: &ServerConfig) -> Result<Server> {
        let Subject::Server(subject) = self.subject else {
            return Err(Error::Unsupported { op: Op::Listen });
        };
        self.start_server(&format!("start_at({addr})"), || subject.start_at(addr, config))
    }

    fn start_server(
        &self,
        what: &str,
        start: impl FnOnce() -> Result<Box<dyn Serving>>,
    ) -> Result<Server> {
        self.servers.set(self.servers.get() + 1);
        let name = format!("server{}", self.servers.get());
        let serving = self.trace.op(format_args!("{name}.{what}"), start)?;
        Ok(Server::new(serving, name, &self.trace))
    }

    /// The framing to judge.
    ///
    /// # Errors
    /// [`Stop::HarnessError`] where the subject is a transport.
    pub fn framing_subject(&self) -> Result<&dyn FramingSubject, Stop> {
        match (self.subject, &self.crumbled) {
            (_, Some(crumbled)) => Ok(crumbled),
            (Subject::Framing(subject), None) => Ok(subject.as_ref()),
            _ => Err(wrong_kind("framing")),
        }
    }

    /// A fresh framing for bodies of up to `max` bytes.
    ///
    /// # Errors
    /// As in [`framing_subject`](Self::framing_subject).
    pub fn framing(&self, max: usize) -> Result<Box<dyn Framing + Send>, Stop> {
        Ok(self.framing_subject()?.framing(max))
    }

    /// Whether the subject declares all of `caps`.
    #[must_use]
    pub fn has(&self, caps: Caps) -> bool {
        self.subject.caps().contains(caps)
    }

    /// Two ends, "a" and "b", that talk to each other. Datagram ends that are not connected send to
    /// each other.
    ///
    /// # Errors
    /// The subject's error.
    pub fn pair(&self) -> Result<(Conn, Conn), Stop> {
        let subject = self.transport()?;
        let trace = Some(&self.trace);
        let work = || subject.pair().map(|(a, b)| (a.traced("a", trace), b.traced("b", trace)));
        let (a, b) = self.trace.step(Step::new("", "pair"), work, |step, (a, b)| {
            step.made = vec![a.label().to_owned(), b.label().to_owned()];
        })?;
        if a.kind() == Kind::Datagram && self.has(Caps::SENDTO) {
            let (to_a, to_b) = (a.local_addr()?, b.local_addr()?);
            return Ok((a.toward(to_b), b.toward(to_a)));
        }
        Ok((a, b))
    }

    /// A listener, "l", on a free local address.
    ///
    /// # Errors
    /// The subject's error.
    pub fn listen(&self) -> Result<Acceptor, Stop> {
        let subject = self.transport()?;
        let work = || Ok(subject.listen()?.traced("l", Some(&self.trace)));
        Ok(self.trace.step(Step::new("", "listen"), work, |step, listener| {
            step.made = vec![listener.label().to_owned()];
        })?)
    }

    /// A new connection, "c", to `to`.
    ///
    /// # Errors
    /// The subject's error, kept as it is for the check to judge.
    pub fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        self.connect_as("c", to, deadline)
    }

    /// A new connection to `to`, called `name` in the trace.
    ///
    /// # Errors
    /// The subject's error, kept as it is for the check to judge.
    pub fn connect_as(&self, name: &str, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let subject = self.connector()?;
        let work = || Ok(subject.connect(to, deadline)?.traced(name, Some(&self.trace)));
        let step = Step::new("", "connect").to(Some(to)).until(deadline);
        self.trace.step(step, work, |step, conn| step.made = vec![conn.label().to_owned()])
    }

    /// A new connection, "c", to the first of `to` that answers.
    ///
    /// # Errors
    /// The subject's error, kept as it is for the check to judge.
    pub fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        let subject = self.connector()?;
        let work = || Ok(subject.connect_any(to, deadline)?.traced("c", Some(&self.trace)));
        let all: Vec<String> = to.iter().map(ToString::to_string).collect();
        let step = Step::other("", "connect_any", all.join(" ")).until(deadline);
        self.trace.step(step, work, |step, conn| step.made = vec![conn.label().to_owned()])
    }

    fn connector(&self) -> Result<&'a dyn TransportSubject> {
        self.subject.ends().ok_or(Error::Unsupported { op: Op::Connect })
    }

    /// A connection through a listener of its own: the client "c", the accepted "s", and the
    /// listener.
    ///
    /// # Errors
    /// The subject's error.
    pub fn accepted(&self) -> Result<(Conn, Conn, Acceptor), Stop> {
        let listener = self.listen()?;
        let client = self.connect(&listener.local_addr()?, self.soon())?;
        let (server, _) = listener.accept("s", self.soon())?;
        Ok((client, server, listener))
    }

    /// A socket, "s1", "s2" and so on, neither bound nor connected.
    ///
    /// # Errors
    /// The subject's error.
    pub fn socket(&self) -> Result<Conn, Stop> {
        self.sockets.set(self.sockets.get() + 1);
        let name = format!("s{}", self.sockets.get());
        let subject = self.transport()?;
        let work = || Ok(subject.socket()?.traced(name, Some(&self.trace)));
        Ok(self.trace.step(Step::new("", "socket"), work, |step, socket| {
            step.made = vec![socket.label().to_owned()];
        })?)
    }

    /// A socket bound to a free local address, and that address.
    ///
    /// # Errors
    /// The subject's error.
    pub fn bound(&self) -> Result<(Conn, Addr), Stop> {
        let socket = self.socket()?;
        socket.bind(&self.transport()?.any_addr()?)?;
        let addr = socket.local_addr()?;
        Ok((socket, addr))
    }

    /// So many bytes, the same for the same seed.
    pub fn bytes(&self, len: usize) -> Vec<u8> {
        self.rng.borrow_mut().bytes(len)
    }

    /// A number below `end`, the same for the same seed.
    pub fn below(&self, end: usize) -> usize {
        self.rng.borrow_mut().below(end)
    }

    /// A seed for a generator of the check's own.
    pub fn seed(&self) -> u64 {
        self.rng.borrow_mut().next_u64()
    }

    /// The deadline for what should happen at once: long enough for a busy machine. Subjects
    /// without deadlines get none, and are left to the limit of the case.
    #[must_use]
    pub fn soon(&self) -> Deadline {
        match self.subject.ends() {
            Some(subject) if self.has(Caps::DEADLINE) => Deadline::after(subject.patience()),
            _ => Deadline::NEVER,
        }
    }

    /// How long to wait for what should happen at once, where an operation takes no deadline.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.subject.ends().map_or(Duration::from_secs(3), TransportSubject::patience)
    }

    /// Whether the case has a process to itself.
    #[must_use]
    pub fn isolated(&self) -> bool {
        self.isolated
    }

    /// Whether the subject's sockets are another process's.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.subject.ends().is_some_and(TransportSubject::is_elsewhere)
    }

    /// How many descriptors this process has open: told where the case and the subject have the
    /// process to themselves and the system tells.
    #[must_use]
    pub fn descriptors(&self) -> Option<usize> {
        if !self.isolated || self.is_elsewhere() {
            return None;
        }
        Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
    }

    /// What it did so far.
    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Adds a line to the trace.
    pub fn note(&self, line: &str) {
        self.trace.note(line);
    }

    /// Runs `blocking` on a thread, and `then` here as soon as that thread is blocked (or has
    /// ended, or has run for a while where the system does not tell). Returns what each returned.
    pub fn while_blocked<B: Send, T>(
        &self,
        blocking: impl FnOnce() -> B + Send,
        then: impl FnOnce() -> T,
    ) -> (B, T) {
        std::thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let thread = scope.spawn(move || {
                // The receiver only goes away with the scope, after this thread.
                let _ = tell.send(thread_state::current());
                blocking()
            });
            if let Ok(id) = told.recv() {
                thread_state::await_blocked(id, || thread.is_finished());
            }
            let then = then();
            match thread.join() {
                Ok(value) => (value, then),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// How long `work` took, and what it returned.
    pub fn timed<T>(&self, work: impl FnOnce() -> T) -> (Duration, T) {
        let start = Instant::now();
        let value = work();
        (start.elapsed(), value)
    }
}

fn wrong_kind(wanted: &str) -> Stop {
    Stop::HarnessError(format!("not a {wanted}"))
}

impl std::fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case").field("subject", &self.subject).finish_non_exhaustive()
    }
}
