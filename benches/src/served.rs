//! Servers in processes of their own, so that their processor time, memory and descriptors are
//! theirs alone.
//!
//! Such a process is this same program, started again: [`enter`] makes it a server. It ends when
//! its input does, and so with the program that started it.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use std::{env, fs};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::contest::Absent;
use crate::peer::{mio_echo, thread_each, tokio_echo};
use crate::raw::process_time;

mod ours;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Our event loop.
    EventLoop,
    /// Our threads, as many as there are connections.
    Threads,
    /// mio, reading until a read would wait.
    Mio,
    /// mio, reading until a read is short.
    MioShort,
    /// tokio, on its scheduler of one thread.
    Tokio,
    /// std, a new thread for each connection.
    ThreadEach,
    /// Our handler, one connection after the other.
    Sequential,
    /// Our processes, one for each connection.
    Processes,
    /// CPython's `ThreadingTCPServer`.
    Python,
    /// CPython's `TCPServer`.
    PythonSequential,
    /// CPython's `ForkingTCPServer`.
    PythonForking,
}

impl Program {
    /// Those that this program is.
    const OWN: [Self; 8] = [
        Self::EventLoop,
        Self::Threads,
        Self::Mio,
        Self::MioShort,
        Self::Tokio,
        Self::ThreadEach,
        Self::Sequential,
        Self::Processes,
    ];

    /// The class of CPython's that it is, if it is.
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("ThreadingTCPServer"),
            Self::PythonSequential => Some("TCPServer"),
            Self::PythonForking => Some("ForkingTCPServer"),
            _ => None,
        }
    }

    fn serve(self) -> io::Result<()> {
        let listen = || listener().inspect(|listener| tell(listener.local_addr()));
        match self {
            Self::EventLoop => ours::event_loop(tell),
            Self::Threads => ours::threads(THREADS_MAX, tell),
            Self::Mio => mio_echo::serve(listen()?, mio_echo::Drained::WouldBlock),
            Self::MioShort => mio_echo::serve(listen()?, mio_echo::Drained::ShortRead),
            Self::Tokio => tokio_echo::serve(listen()?),
            Self::ThreadEach => thread_each::serve(&listen()?),
            Self::Sequential => ours::sequential(tell),
            Self::Processes => ours::processes(tell),
            Self::Python | Self::PythonSequential | Self::PythonForking => {
                unreachable!("is another program")
            }
        }
    }
}

/// Makes this process a server where [`Served::start`] has started it, and does not return then.
/// The first line of `main` of whatever runs contests.
pub fn enter() {
    ours::enter_child();
    ENTERED.store(true, Ordering::Relaxed);
    let Ok(name) = env::var(VARIABLE) else { return };
    let program = Program::OWN.into_iter().find(|program| format!("{program:?}") == name);
    thread::spawn(|| {
        // It brings nothing but its end.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let served = program.ok_or(io::ErrorKind::NotFound.into()).and_then(Program::serve);
    eprintln!("{VARIABLE}={name}: {served:?}");
    std::process::exit(1);
}

/// Sees to it that this process, and those that it starts, may have `count` descriptors open.
///
/// # Errors
/// Where the system does not let it.
pub fn descriptors(count: u64) -> Result<(), Absent> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= count) {
        return Ok(());
    }
    let raised = Rlimit { current: limit.maximum, ..limit };
    if limit.maximum.is_some_and(|most| most < count)
        || setrlimit(Resource::Nofile, raised).is_err()
    {
        return Err(Absent(format!("it needs {count} descriptors (`ulimit -n`)")));
    }
    Ok(())
}

/// A server in a process of its own. Dropping it ends it.
#[derive(Debug)]
pub struct Served {
    child: Child,
    addr: SocketAddr,
    /// Kept open, so that nothing it says fails.
    _said: BufReader<ChildStdout>,
}

impl Served {
    /// Starts a server.
    ///
    /// # Errors
    /// Where its program is missing here, or this program never called [`enter`].
    pub fn start(program: Program) -> Result<Self, Absent> {
        let mut command = if let Some(class) = program.class() {
            let mut python = Command::new("python3");
            python.args(["-c", include_str!("peer/socketserver_echo.py"), class]);
            python
        } else {
            if !ENTERED.load(Ordering::Relaxed) {
                return Err(Absent("this program's main does not call served::enter".to_owned()));
            }
            let mut ours = Command::new(env::current_exe().map_err(|error| absent(&error))?);
            ours.env(VARIABLE, format!("{program:?}"));
            ours
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| absent(&error))?;
        let mut said = BufReader::new(child.stdout.take().ok_or(Absent("no output".to_owned()))?);
        let mut port = String::new();
        said.read_line(&mut port).map_err(|error| absent(&error))?;
        let port = port.trim().parse().map_err(|_| Absent(format!("{program:?} is not there")))?;
        Ok(Self { child, addr: (Ipv4Addr::LOCALHOST, port).into(), _said: said })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The processor time it has used so far: all its threads, user and system.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        process_time(self.child.id())
    }

    /// How many bytes of memory it and the processes that it has started hold that are no file's:
    /// heap and stacks, as far as they have been touched, of what processes share the part of each.
    /// Sockets lie in the kernel, and are not counted.
    ///
    /// # Panics
    /// Where the system does not tell.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let server = self.child.id();
        let children = children(server).expect("its children");
        std::iter::once(server).chain(children).map(anonymous).sum()
    }
}

/// The processes that the threads of this one have started, as far as they have not ended.
fn children(process: u32) -> io::Result<Vec<u32>> {
    let mut all = Vec::new();
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("children"))?;
        all.extend(text.split_whitespace().filter_map(|number| number.parse::<u32>().ok()));
    }
    Ok(all)
}

/// The anonymous memory of a process in bytes, each page divided by how many processes hold it.
fn anonymous(process: u32) -> u64 {
    let path = format!("/proc/{process}/smaps_rollup");
    let rollup = fs::read_to_string(path).expect("its memory");
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss_Anon:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse::<u64>().ok()).expect("Pss_Anon in kB") * 1024
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, and said why.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listener() -> io::Result<TcpListener> {
    // std's queue holds 128, or on Linux as many as the system allows.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn tell(addr: io::Result<SocketAddr>) {
    println!("{}", addr.expect("an address").port());
}

fn absent(error: &io::Error) -> Absent {
    Absent(error.to_string())
}

static ENTERED: AtomicBool = AtomicBool::new(false);
const VARIABLE: &str = "SOCKRATES_BENCH_SERVER";
/// How many connections wait to be accepted at most, in every server.
const BACKLOG: i32 = 4096;
const THREADS_MAX: usize = 10_000;

/// What the servers of one thread receive into.
pub const ROOM: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_memory_of_the_processes_that_it_has_started_counts() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "cat; :"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = shell.spawn().unwrap();
        let (input, output) = (child.stdin.as_mut().unwrap(), child.stdout.take().unwrap());
        let (mut said, mut line) = (BufReader::new(output), String::new());
        input.write_all(b"here\n").unwrap();
        // Its child runs: nobody else answers.
        assert_eq!(said.read_line(&mut line).unwrap(), 5);
        let served = Served { child, addr: (Ipv4Addr::LOCALHOST, 0).into(), _said: said };
        let server = served.child.id();
        let [cat] = children(server).unwrap()[..] else { panic!("one child") };
        assert!(anonymous(server) > 0 && anonymous(cat) > 0);
        assert_eq!(served.memory(), anonymous(server) + anonymous(cat));
    }
}
