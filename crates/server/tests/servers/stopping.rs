//! Stopping: at once, for good, from anywhere.

use std::net::TcpStream;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Errno, Result, Stream};
use sockrates_server::{
    Connection, Driven, EventLoop, Handler, Options, Output, Protocol, Protocols, Running,
    Sequential, Stopper, StreamServer, Threads,
};

use crate::client::{Client, LONG};
use crate::orders::Orders;

const GRACE: Duration = Duration::from_millis(60);
/// What a stop may take beside the grace.
const AT_ONCE: Duration = Duration::from_millis(50);

/// Answers with what it was sent, and stops its server where that is `stop`.
struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        if bytes == b"stop\n" {
            out.stopper().stop();
            out.stopper().stop();
        }
        out.send(bytes);
        Ok(bytes.len())
    }
}

fn servers(grace: Duration) -> Vec<Running> {
    let options = Options { grace, ..Options::default() };
    let bind = || StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    vec![
        bind().spawn(Sequential::new(), Orders::new().0).unwrap(),
        bind().spawn(Threads::new(8), Orders::new().0).unwrap(),
        bind().spawn(Threads::new(8), Driven(|| Echo)).unwrap(),
        bind().spawn(EventLoop::new(), || Echo).unwrap(),
    ]
}

/// The shortest time over `least` that one of a few tries took, for a machine may be busy.
fn shortest(least: Duration, mut run: impl FnMut() -> Duration) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..20 {
        let took = run();
        assert!(took >= least, "{took:?} is too early");
        shortest = shortest.min(took);
        if shortest < least + AT_ONCE {
            break;
        }
    }
    shortest
}

#[test]
fn an_idle_server_stops_at_once_and_twice() {
    for number in 0..servers(LONG).len() {
        let took = shortest(Duration::ZERO, || {
            let running = servers(LONG).swap_remove(number);
            let start = Instant::now();
            let summary = running.stop().unwrap();
            let took = start.elapsed();
            assert_eq!(running.stop().unwrap(), summary);
            assert_eq!(running.join().unwrap(), summary);
            took
        });
        assert!(took < AT_ONCE, "{number}: {took:?}");
    }
}

#[test]
fn a_client_that_is_idle_holds_a_stop_up_for_the_grace_and_no_longer() {
    for number in 0..servers(GRACE).len() {
        let took = shortest(GRACE, || {
            let running = servers(GRACE).swap_remove(number);
            let mut client = Client::of(running.addr());
            assert_eq!(client.ask("hello"), "hello");
            let start = Instant::now();
            let summary = running.stop().unwrap();
            let took = start.elapsed();
            assert_eq!((summary.cut, summary.stuck), (1, 0));
            assert!(client.is_closed());
            took
        });
        assert!(took < GRACE + AT_ONCE, "{number}: {took:?}");
    }
}

#[test]
fn a_client_that_finishes_within_the_grace_is_served_to_the_end() {
    for running in servers(LONG) {
        let mut client = Client::of(running.addr());
        assert_eq!(client.ask("hello"), "hello");
        let stopper = running.stopper();
        stopper.stop();
        // New connections are refused; until the server has heard of the stop they may yet come in,
        // and are reset.
        let addr = running.addr().as_inet().unwrap();
        let until = Instant::now() + LONG;
        while TcpStream::connect(addr)
            .err()
            .is_none_or(|error| error.kind() != std::io::ErrorKind::ConnectionRefused)
        {
            assert!(Instant::now() < until, "new connections are still taken");
        }
        assert_eq!(client.ask("still there"), "still there");
        client.end();
        assert!(client.is_closed());
        assert_eq!(running.join().unwrap().cut, 0);
    }
}

#[test]
fn a_handler_may_stop_its_server() {
    for running in servers(LONG) {
        let mut client = Client::of(running.addr());
        assert_eq!(client.ask("stop"), "stop");
        assert_eq!(client.ask("after"), "after");
        drop(client);
        assert_eq!(running.join().unwrap().cut, 0);
    }
}

#[test]
fn a_stop_before_serving_is_not_lost() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    server.stopper().stop();
    server.serve(Sequential::new(), |_: &mut Connection| Ok(())).unwrap();
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    server.stopper().stop();
    server.serve(EventLoop::new(), || Echo).unwrap();
}

/// Stops its server as soon as a client comes.
struct Once(Stopper);

impl Protocols for Once {
    type Protocol = Echo;

    fn protocol(&self, _: &Addr) -> Echo {
        self.0.stop();
        Echo
    }
}

#[test]
fn nobody_is_let_in_after_a_stop() {
    let options = Options { grace: Duration::ZERO, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let addr = server.local_addr().unwrap().as_inet().unwrap();
    let _clients = [(); 3].map(|()| TcpStream::connect(addr).unwrap());
    let once = Once(server.stopper());
    assert_eq!(server.serve(EventLoop::new(), once).unwrap().accepted, 1);
}

#[test]
fn the_port_can_be_bound_again_at_once() {
    for running in servers(GRACE) {
        // Closed by the server first, so that its end lingers in TIME-WAIT.
        let mut client = Client::of(running.addr());
        assert_eq!(client.ask("hello"), "hello");
        running.stop().unwrap();
        assert!(client.is_closed());
        let again = StreamServer::bind(running.addr()).unwrap();
        let again = again.spawn(Sequential::new(), Orders::new().0).unwrap();
        assert_eq!(Client::of(again.addr()).ask("hello"), "hello");
    }
}

#[test]
fn dropping_closes() {
    for running in servers(GRACE) {
        let addr = running.addr().as_inet().unwrap();
        drop(running);
        assert!(TcpStream::connect(addr).is_err());
    }
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let addr = server.local_addr().unwrap().as_inet().unwrap();
    drop(server);
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn a_handler_that_never_returns_is_told_of_not_waited_for() {
    let options = Options { grace: Duration::ZERO, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let (entered, enters) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (entered, released) = (Mutex::new(entered), Mutex::new(released));
    let handler = move |_: &mut Connection| {
        entered.lock().unwrap().send(()).unwrap();
        let _ = released.lock().unwrap().recv();
        Ok(())
    };
    let running = server.spawn(Threads::new(2), handler).unwrap();
    let _client = Client::of(running.addr());
    enters.recv_timeout(LONG).unwrap();
    let summary = running.stop().unwrap();
    assert_eq!((summary.cut, summary.stuck), (1, 1));
    drop(release);
}

#[test]
fn a_handler_knows_that_it_was_cut() {
    let options = Options { grace: Duration::ZERO, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let (told, tells) = mpsc::channel();
    let told = Mutex::new(told);
    let handler = move |conn: &mut Connection| {
        told.lock().unwrap().send((false, None)).unwrap();
        let ended = conn.recv_some(&mut [0; 8], Deadline::NEVER).unwrap_err();
        told.lock().unwrap().send((conn.is_stopping(), ended.errno())).unwrap();
        let ended = conn.send_all(b"too late").unwrap_err();
        told.lock().unwrap().send((conn.is_stopping(), ended.errno())).unwrap();
        Ok(())
    };
    let running = server.spawn(Threads::new(2), handler).unwrap();
    let _client = Client::of(running.addr());
    assert_eq!(tells.recv_timeout(LONG).unwrap(), (false, None));
    assert_eq!(running.stop().unwrap().stuck, 0);
    let cut = (true, Some(Errno::ECONNABORTED));
    assert_eq!(tells.iter().collect::<Vec<_>>(), [cut, cut]);
}

#[test]
fn the_serving_thread_waits_for_those_it_serves() {
    let (orders, _log, live) = Orders::new();
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Threads::new(8), orders).unwrap();
    let mut clients: Vec<_> = (0..5).map(|_| Client::of(running.addr())).collect();
    for client in &mut clients {
        assert_eq!(client.ask("hello"), "hello");
    }
    assert_eq!(live.load(SeqCst), 5);
    running.stopper().stop();
    drop(clients);
    running.join().unwrap();
    assert_eq!(live.load(SeqCst), 0);
}

/// Stops its server from the serving thread, and tells what came of it.
struct Suicidal(OnceLock<Arc<Running>>, Mutex<mpsc::Sender<bool>>);

impl Handler for Suicidal {
    fn handle(&self, _: &mut Connection) -> Result<()> {
        Ok(())
    }

    fn service_actions(&self) {
        if let Some(running) = self.0.get() {
            let _ = self.1.lock().unwrap().send(running.stop().is_err());
        }
    }
}

#[test]
fn the_serving_thread_can_stop_and_does_not_wait_for_itself() {
    let options = Options { tick: Some(Duration::from_millis(1)), ..Options::default() };
    let (sender, told) = mpsc::channel();
    let handler = Arc::new(Suicidal(OnceLock::new(), Mutex::new(sender)));
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let running = Arc::new(server.spawn(Sequential::new(), handler.clone()).unwrap());
    assert!(handler.0.set(running.clone()).is_ok());
    assert!(told.recv_timeout(LONG).unwrap(), "it has waited for itself");
    running.join().unwrap();
}
