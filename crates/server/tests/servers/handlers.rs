//! Hooks: their order, and what goes wrong in them.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Error, Op, Result};
use sockrates_server::{
    Connection, EventLoop, Failure, Handler, Options, Output, Protocol, Protocols, Sequential,
    StreamServer, Threads,
};

use crate::client::{Client, LONG};
use crate::orders::Orders;

fn hear(log: &Receiver<String>, count: usize) -> Vec<String> {
    (0..count).map(|_| log.recv_timeout(LONG).unwrap()).collect()
}

#[test]
fn hooks_are_called_in_pythons_order() {
    let (orders, log, _) = Orders::new();
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Sequential::new(), orders).unwrap();
    let mut client = Client::of(running.addr());
    client.end();
    assert!(client.is_closed());
    assert_eq!(hear(&log, 4), ["verify", "setup", "handle", "finish"]);
    let mut client = Client::of(running.addr());
    client.send("fail\n");
    assert!(client.is_closed());
    assert_eq!(hear(&log, 3), ["verify", "setup", "finish"]);
    assert!(log.recv_timeout(LONG).unwrap().contains("EINVAL"));
    let summary = running.stop().unwrap();
    assert_eq!((summary.accepted, summary.failed), (2, 1));
}

#[test]
fn a_handler_may_be_shared_with_the_program() {
    let (orders, log, live) = Orders::new();
    let shared: Arc<dyn Handler> = Arc::new(orders);
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Sequential::new(), shared.clone()).unwrap();
    let mut client = Client::of(running.addr());
    client.send("fail\n");
    assert!(client.is_closed());
    running.stop().unwrap();
    assert_eq!(hear(&log, 3), ["verify", "setup", "finish"]);
    assert_eq!((Arc::strong_count(&shared), live.load(SeqCst)), (1, 0));
}

#[test]
fn a_panic_takes_nothing_down() {
    let (orders, log, _) = Orders::new();
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    // One thread, so that the same one has to go on.
    let running = server.spawn(Threads::new(1).named("tough"), orders).unwrap();
    for _ in 0..3 {
        let mut client = Client::of(running.addr());
        assert_eq!(client.ask("thread"), "tough-0");
        client.send("panic\n");
        assert!(client.is_closed());
        assert_eq!(hear(&log, 4)[3], "panicked: as ordered");
    }
    assert_eq!(running.stop().unwrap().failed, 3);
}

/// Each hook does what it is made for.
struct Broken(&'static str, std::sync::Mutex<std::sync::mpsc::Sender<String>>);

impl Broken {
    fn hook(&self, name: &str) -> Result<()> {
        self.1.lock().unwrap().send(name.to_owned()).unwrap();
        match self.0 == name {
            true => Err(Error::os(Op::Recv, Errno::EINVAL)),
            false => Ok(()),
        }
    }
}

impl Handler for Broken {
    fn verify(&self, _: &Addr) -> bool {
        self.hook("verify").is_ok()
    }

    fn setup(&self, _: &mut Connection) -> Result<()> {
        self.hook("setup")
    }

    fn handle(&self, _: &mut Connection) -> Result<()> {
        self.hook("handle")
    }

    fn finish(&self, _: &mut Connection) -> Result<()> {
        self.hook("finish")
    }

    fn error(&self, failure: &Failure) {
        assert!(failure.peer.is_some());
        self.hook("error").unwrap();
        panic!("whatever the error hook does is of no consequence");
    }
}

#[test]
fn what_fails_skips_what_it_should_and_no_more() {
    for (broken, called) in [
        ("verify", &["verify"][..]),
        ("setup", &["verify", "setup", "error"]),
        ("handle", &["verify", "setup", "handle", "finish", "error"]),
        ("finish", &["verify", "setup", "handle", "finish", "error"]),
    ] {
        let (sender, log) = std::sync::mpsc::channel();
        let handler = Broken(broken, std::sync::Mutex::new(sender));
        let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
        let running = server.spawn(Sequential::new(), handler).unwrap();
        assert!(Client::of(running.addr()).is_closed());
        let summary = running.stop().unwrap();
        assert_eq!(log.iter().collect::<Vec<_>>(), called);
        assert_eq!(summary.refused, u64::from(broken == "verify"));
        assert_eq!(summary.failed, u64::from(broken != "verify"));
    }
}

/// Counts its service actions, up to three.
struct Ticking(std::sync::Mutex<std::sync::mpsc::Sender<()>>);

struct Mute;

impl Protocol for Mute {
    fn received(&mut self, bytes: &[u8], _: &mut Output) -> Result<usize> {
        Ok(bytes.len())
    }
}

impl Handler for Ticking {
    fn handle(&self, _: &mut Connection) -> Result<()> {
        Ok(())
    }

    fn service_actions(&self) {
        let _ = self.0.lock().unwrap().send(());
        panic!("the server goes on");
    }

    fn error(&self, failure: &Failure) {
        assert!(failure.peer.is_none());
    }
}

impl Protocols for Ticking {
    type Protocol = Mute;

    fn protocol(&self, _: &Addr) -> Mute {
        Mute
    }

    fn service_actions(&self) {
        Handler::service_actions(self);
    }

    fn error(&self, failure: &Failure) {
        Handler::error(self, failure);
    }
}

#[test]
fn service_actions_come_again_and_again() {
    let options = Options { tick: Some(Duration::from_millis(1)), ..Options::default() };
    for by_loop in [true, false] {
        let (sender, ticks) = std::sync::mpsc::channel();
        let ticking = Ticking(std::sync::Mutex::new(sender));
        let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
        let running = match by_loop {
            true => server.spawn(EventLoop::new(), ticking).unwrap(),
            false => server.spawn(Threads::new(2), ticking).unwrap(),
        };
        for _ in 0..3 {
            ticks.recv_timeout(LONG).unwrap();
        }
        running.stop().unwrap();
    }
}

#[test]
fn one_request_at_a_time_is_served_on_the_callers_thread() {
    let mut server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let soon = || Deadline::after(Duration::from_millis(5));
    let handler = |conn: &mut Connection| {
        let name = std::thread::current().name().unwrap_or("main").to_owned();
        conn.send_all(name.as_bytes())
    };
    assert!(server.handle_request(handler, soon()).unwrap_err().is_timeout());
    let own = std::thread::current().name().unwrap_or("main").to_owned();
    for _ in 0..2 {
        let mut client = Client::of(&server.local_addr().unwrap());
        server.handle_request(handler, Deadline::after(LONG)).unwrap();
        assert_eq!(client.rest(), own.as_bytes());
    }
    let stopper = server.stopper();
    let stopping = std::thread::spawn(move || stopper.stop());
    let error = server.handle_request(handler, Deadline::after(LONG)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EBADF));
    stopping.join().unwrap();
}
