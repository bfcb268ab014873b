//! A peer: a thread for each connection on `std::net`, as programs without this workspace have it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use sockrates_core::{Addr, Error, Op, Result};
use sockrates_harness::{
    Action, Caps, Deviation, ServerConfig, ServerSubject, Serving, TransportSubject, obey,
};

use crate::subjects::tcp::Tcp;

/// The subject `std-server`.
pub(super) struct StdServer;

impl ServerSubject for StdServer {
    fn name(&self) -> &str {
        "std-server"
    }

    fn says(&self) -> &str {
        "std::net with a thread a connection: TCP over IPv4, on the system's stack"
    }

    fn caps(&self) -> Caps {
        Caps::CONCURRENT | Caps::IDLE | Caps::PANIC
    }

    fn start(&self, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        self.start_at(&Addr::from((Ipv4Addr::LOCALHOST, 0)), config)
    }

    fn start_at(&self, addr: &Addr, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        let addr = addr.as_inet().ok_or(Error::Unsupported { op: Op::Bind })?;
        let listener = TcpListener::bind(addr).map_err(|error| Error::from_io(Op::Bind, &error))?;
        let addr = listener.local_addr().map_err(|error| Error::from_io(Op::LocalAddr, &error))?;
        let stopping = Arc::<AtomicBool>::default();
        let (stop, config) = (Arc::clone(&stopping), *config);
        let thread = thread::spawn(move || accept_all(&listener, &stop, &config));
        Ok(Box::new(Accepting { addr, stopping, thread: Mutex::new(Some(thread)) }))
    }

    fn clients(&self) -> &dyn TransportSubject {
        &Tcp::V4
    }

    fn deviations(&self) -> &[Deviation] {
        &DEVIATIONS
    }
}

/// What such a program does otherwise.
const DEVIATIONS: [Deviation; 5] = [
    Deviation {
        clause: "server.fault.exhausted-idle",
        os: "",
        sees: "it tries without pause",
        reason: "`incoming` brings the error at once and again, and who goes on with the next \
                 waits for nothing in between",
    },
    Deviation {
        clause: "server.stop.grace",
        os: "",
        sees: "earlier than its grace",
        reason: "the threads are not known to the server, so that it cannot wait for them",
    },
    uncut("server.stop.forces"),
    uncut("server.stop.concurrent"),
    uncut("server.stop.dropped"),
];

const fn uncut(clause: &'static str) -> Deviation {
    Deviation {
        clause,
        os: "",
        sees: "c1 hears nothing",
        reason: "each connection belongs to its thread alone, and nobody else can cut it",
    }
}

fn accept_all(listener: &TcpListener, stopping: &AtomicBool, config: &ServerConfig) {
    for stream in listener.incoming() {
        if stopping.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        let idle = config.idle_timeout;
        thread::spawn(move || {
            // Nobody is there to be told.
            let _ = stream.set_read_timeout(idle).and_then(|()| obey_all(&stream));
        });
    }
}

fn obey_all(stream: &TcpStream) -> io::Result<()> {
    let mut answers = stream;
    for order in BufReader::new(stream).split(b'\n') {
        match obey(&order?) {
            Action::Reply(line) => answers.write_all(&line)?,
            Action::Panic => panic!("the judge wants a panic"),
            // The others need what is not declared.
            Action::Close | Action::Fail | Action::Abort | Action::Stop(_) => break,
        }
    }
    Ok(())
}

/// The server, which a connection of its own wakes so that it notices that it is to stop.
struct Accepting {
    addr: SocketAddr,
    stopping: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Serving for Accepting {
    fn addr(&self) -> Addr {
        self.addr.into()
    }

    fn stop(&self) -> Result<()> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            self.stopping.store(true, Ordering::SeqCst);
            // It is woken by whoever else connects, too.
            let _ = TcpStream::connect(self.addr);
            // It does not panic.
            let _ = thread.join();
        }
        Ok(())
    }
}

impl Drop for Accepting {
    fn drop(&mut self) {
        // It never fails.
        let _ = self.stop();
    }
}
