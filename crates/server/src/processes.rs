//! Connections served by processes.

use std::collections::HashMap;
use std::fmt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Error, Op, Result};
use sockrates_poll::Selector;
use sockrates_socket::Socket;

use crate::gate::OTHERS;
use crate::order::{Ended, Order};
use crate::policy::Run;
use crate::process::Process;
use crate::service::Service;
use crate::supervisor::{Crew, Supervisor, Taken};
use crate::{Cause, Failure, Handler, StreamServer, Summary};

/// A process for each connection, up to a maximum; beyond it, connections wait in the system's
/// queue. Whatever a handler does, an abort included, it does to its own connection.
///
/// The program starts itself again with the same arguments, the connection as its standard input;
/// there, [`enter_child`](crate::enter_child) serves it and exits. So it must be called first in
/// `main`, before anything that only the server is to do:
///
/// ```no_run
/// use sockrates_server::{Connection, Processes, StreamServer, enter_child};
///
/// fn main() -> sockrates_core::Result<()> {
///     let handler = |conn: &mut Connection| conn.send_all(b"hello\n");
///     enter_child(&handler); // returns in the server, and never in a child
///     StreamServer::bind(("127.0.0.1", 8080))?.serve(Processes::new(40), handler)?;
///     Ok(())
/// }
/// ```
///
/// A program that has threads cannot be forked soundly without starting another, which is why this
/// is not `fork` alone: a child shares no memory with the server, and has what the server has in
/// its files and arguments. Standard output and error are the server's, standard input is empty.
///
/// [`verify`](Handler::verify) and [`service_actions`](Handler::service_actions) run in the server,
/// the other hooks in the child. The server's [`error`](Handler::error) is told of every child that
/// fails, the child's of what failed. A [`Stopper`](crate::Stopper) used in a child stops the
/// server when that child ends; that the server stops is not known there. After the grace, children
/// are killed. What a terminal sends, as for Ctrl-C, it sends to the children too, and ends at once
/// those that do not handle it.
///
/// # Cost
/// A connection takes a process: 140 KiB of its own, idle or busy, beside what the program and its
/// handler use, and some hundred bytes in the server. (Anonymous memory of each child, with 30
/// connections of an echo, on 64-bit Linux; a program that loads much takes more.)
///
/// # Platform notes
/// Ended children are noticed at once on Linux (`pidfd_open`, since 5.3), elsewhere within 20 ms.
///
/// Source: Python `socketserver.ForkingMixIn`; `inetd(8)`.
#[doc(alias = "ForkingMixIn")]
#[doc(alias = "ForkingTCPServer")]
#[doc(alias = "ForkingUDPServer")]
#[derive(Clone)]
pub struct Processes {
    max: usize,
    command: Arc<dyn Fn() -> Command + Send + Sync>,
}

impl Processes {
    /// At most `max` processes; 0 counts as 1. Python's `max_children` is 40.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { max: max.max(1), command: Arc::new(again) }
    }

    /// The command that serves a connection instead of this program; its standard input is the
    /// connection. Any program that `inetd` could start will do; it counts as failed unless its
    /// status is 0. (117 and 118 are how [`enter_child`](crate::enter_child) says that the handler
    /// has stopped the server.)
    #[must_use]
    pub fn with_command(self, command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self { command: Arc::new(command), ..self }
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    /// Starts a process with `stdin`, which carries `order`.
    pub(crate) fn start(&self, stdin: Stdio, order: &Order) -> Result<Child> {
        let mut command = (self.command)();
        command.env(Order::VARIABLE, order.to_string()).stdin(stdin);
        command.spawn().map_err(|error| Error::from_io(Op::Accept, &error))
    }
}

impl fmt::Debug for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Processes").field("max", &self.max).finish_non_exhaustive()
    }
}

/// This program with these arguments.
fn again() -> Command {
    let mut args = std::env::args_os();
    // By this name the system starts what runs now, also when its file was replaced since.
    let program = match cfg!(any(target_os = "linux", target_os = "android")) {
        true => "/proc/self/exe".into(),
        false => std::env::current_exe().unwrap_or_default(),
    };
    let mut command = Command::new(program);
    if let Some(name) = args.next() {
        std::os::unix::process::CommandExt::arg0(&mut command, name);
    }
    command.args(args);
    command
}

impl<H: Handler> Run<StreamServer, H> for Processes {
    fn run(&self, server: StreamServer, handler: H) -> Result<Summary> {
        Order::none_waits()?;
        let StreamServer { gate, setting } = server;
        let service = Service::new(handler, &setting);
        let crew =
            Children { policy: self.clone(), service, children: HashMap::new(), next: OTHERS };
        Supervisor::new(setting, self.max, crew)?.run(gate)
    }
}

struct Children<H> {
    policy: Processes,
    service: Service<H>,
    children: HashMap<u64, (Process, Addr)>,
    next: u64,
}

impl<H: Handler> Children<H> {
    fn start(&self, socket: Socket, peer: &Addr) -> Result<Process> {
        // Whoever takes it over expects it as a fresh socket is.
        socket.set_blocking(true)?;
        let (stdin, order) = Order::for_connection(socket, peer, &self.service.options)?;
        Ok(Process::new(self.policy.start(stdin, &order)?))
    }

    /// Takes a child that has ended out of the books.
    fn ended(&mut self, number: u64, status: ExitStatus) {
        let Some((_, peer)) = self.children.remove(&number) else { return };
        let Ended { failed, stop } = Ended::of(status);
        if failed {
            self.service.fail(&peer, Cause::Exit(status));
        }
        if stop {
            self.service.stopper.stop();
        }
    }
}

impl<H: Handler> Crew for Children<H> {
    type Item = (Socket, Addr);

    fn busy(&mut self, _: bool) -> usize {
        let ended = self.children.iter_mut().filter(|(_, (process, _))| !process.is_watched());
        let ended = ended.filter_map(|(number, (process, _))| Some((*number, process.ended()?)));
        for (number, status) in ended.collect::<Vec<_>>() {
            self.ended(number, status);
        }
        self.children.len()
    }

    fn take(&mut self, selector: &mut Selector<u64>, (socket, peer): (Socket, Addr)) -> Taken {
        if !self.service.admits(&peer) {
            return Taken::Served;
        }
        match self.start(socket, &peer) {
            Ok(mut process) => {
                let number = self.next;
                self.next += 1;
                process.watch(selector, number);
                self.children.insert(number, (process, peer));
                Taken::Served
            }
            Err(error) => Taken::Shed(peer, error),
        }
    }

    fn ready(&mut self, selector: &mut Selector<u64>, number: u64) {
        let Some((process, _)) = self.children.get_mut(&number) else { return };
        if let Some(status) = process.ended() {
            process.unwatch(selector);
            self.ended(number, status);
        }
    }

    fn look_again(&self) -> Option<Instant> {
        let unwatched = self.children.values().any(|(process, _)| !process.is_watched());
        unwatched.then(|| Instant::now() + LOOK)
    }

    fn tell(&self, failure: &Failure) {
        self.service.tell(failure);
    }

    fn act(&self) {
        self.service.act();
    }

    fn cut(&mut self) -> usize {
        for (process, _) in self.children.values_mut() {
            process.kill();
        }
        self.children.len()
    }

    fn dismiss(&mut self) -> usize {
        0
    }

    fn tally(&self) -> (u64, u64) {
        self.service.tally()
    }
}

/// How often children are looked at where the system does not tell.
pub(crate) const LOOK: Duration = Duration::from_millis(20);
