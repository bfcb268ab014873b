//! A handler that does what its clients order, and remembers what happened.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use sockrates_core::{Addr, Errno, Error, Op, Result};
use sockrates_server::{Connection, Failure, Handler};

/// Answers each line, unless it is an order.
pub(crate) struct Orders {
    pub(crate) log: Mutex<Sender<String>>,
    pub(crate) live: Arc<AtomicUsize>,
}

impl Orders {
    /// The handler, what it tells, and how many connections it is serving.
    pub(crate) fn new() -> (Self, Receiver<String>, Arc<AtomicUsize>) {
        let (sender, log) = mpsc::channel();
        let live = Arc::<AtomicUsize>::default();
        (Self { log: Mutex::new(sender), live: live.clone() }, log, live)
    }

    fn say(&self, what: impl Into<String>) {
        // A test that has heard enough has hung up.
        let _ = self.log.lock().unwrap().send(what.into());
    }
}

impl Handler for Orders {
    fn verify(&self, _: &Addr) -> bool {
        self.say("verify");
        true
    }

    fn setup(&self, _: &mut Connection) -> Result<()> {
        self.live.fetch_add(1, SeqCst);
        self.say("setup");
        Ok(())
    }

    fn handle(&self, conn: &mut Connection) -> Result<()> {
        let mut line = Vec::new();
        while conn.read_line(&mut line, 4096)? {
            match line.trim_ascii_end() {
                b"panic" => panic!("as ordered"),
                b"fail" => return Err(Error::os(Op::Recv, Errno::EINVAL)),
                b"close" => break,
                b"abort" => std::process::abort(),
                b"stop" => {
                    conn.stopper().stop();
                    conn.stopper().stop();
                }
                b"pid" => {
                    conn.send_all(format!("{}\n", std::process::id()).as_bytes())?;
                    continue;
                }
                b"thread" => {
                    let name = std::thread::current().name().unwrap_or("none").to_owned();
                    conn.send_all(format!("{name}\n").as_bytes())?;
                    continue;
                }
                _ => {}
            }
            conn.send_all(&line)?;
        }
        self.say("handle");
        Ok(())
    }

    fn finish(&self, _: &mut Connection) -> Result<()> {
        self.say("finish");
        self.live.fetch_sub(1, SeqCst);
        Ok(())
    }

    fn error(&self, failure: &Failure) {
        self.say(failure.cause.to_string());
    }
}
