//! No more threads than allowed, and nobody who waits for one holds anything up.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use sockrates_core::Result;
use sockrates_server::{Connection, Handler, Options, StreamServer, Threads};

use crate::client::{Client, LONG};

const MAX: usize = 3;

/// Says hello, waits for a line, and notes which threads there were.
struct Hello {
    threads: Arc<Mutex<BTreeSet<String>>>,
    began: Mutex<Sender<ThreadId>>,
}

impl Hello {
    fn new() -> (Self, Arc<Mutex<BTreeSet<String>>>, Receiver<ThreadId>) {
        let threads = Arc::<Mutex<BTreeSet<String>>>::default();
        let (began, begun) = channel();
        (Self { threads: threads.clone(), began: Mutex::new(began) }, threads, begun)
    }
}

impl Handler for Hello {
    fn handle(&self, conn: &mut Connection) -> Result<()> {
        let name = thread::current().name().unwrap_or("nameless").to_owned();
        self.threads.lock().unwrap().insert(name);
        conn.send_all(b"hello\n")?;
        // The test may have seen enough.
        let _ = self.began.lock().unwrap().send(thread::current().id());
        conn.read_line(&mut Vec::new(), 64).map(drop)
    }
}

#[test]
fn many_clients_share_a_few_threads() {
    let (hello, threads, begun) = Hello::new();
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Threads::new(MAX).named("few"), hello).unwrap();
    let mut clients: Vec<_> = (0..40).map(|_| Client::of(running.addr())).collect();
    let busy: Vec<_> = (0..MAX).map(|_| begun.recv_timeout(LONG).unwrap()).collect();
    assert_eq!(busy.iter().collect::<std::collections::HashSet<_>>().len(), MAX);
    assert!(begun.try_recv().is_err(), "a fourth was begun");
    for client in &mut clients {
        assert_eq!(client.line(), "hello");
        client.send("bye\n");
        assert!(client.is_closed());
    }
    let names: Vec<_> = threads.lock().unwrap().iter().cloned().collect();
    assert_eq!(names, ["few-0", "few-1", "few-2"]);
    assert_eq!(running.stop().unwrap().accepted, 40);
}

#[test]
fn those_who_wait_for_a_thread_do_not_hold_a_stop_up() {
    let (hello, _, begun) = Hello::new();
    let options = Options { grace: Duration::ZERO, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let running = server.spawn(Threads::new(MAX), hello).unwrap();
    let mut clients: Vec<_> = (0..40).map(|_| Client::of(running.addr())).collect();
    let _: Vec<_> = (0..MAX).map(|_| begun.recv_timeout(LONG).unwrap()).collect();
    let start = Instant::now();
    let summary = running.stop().unwrap();
    assert!(start.elapsed() < LONG / 2, "{:?}", start.elapsed());
    assert_eq!((summary.accepted, summary.cut, summary.stuck), (MAX as u64, MAX, 0));
    // Those who were served had said hello; nobody else was, and nobody waits on.
    let greeted = clients.iter_mut().map(Client::rest);
    assert_eq!(greeted.filter(|rest| rest == b"hello\n").count(), MAX);
}
