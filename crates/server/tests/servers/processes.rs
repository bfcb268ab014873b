//! A process for each connection, or datagram. The processes are this test program, started again
//! for one of the two tests that serve.

use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use sockrates_core::{Addr, Result, Shutdown};
use sockrates_server::{
    Connection, Datagram, DatagramHandler, DatagramServer, Failure, Handler, Options, Processes,
    Running, StreamServer, enter_child, enter_datagram_child,
};
use sockrates_socket::{Type, socketpair};

use crate::client::{Client, LONG};
use crate::orders::Orders;

/// What a process is that serves a connection.
#[test]
fn serve_a_connection() {
    enter_child(&Orders::new().0);
}

/// What a process is that serves a datagram.
#[test]
fn serve_a_datagram() {
    enter_datagram_child(&Letters(None));
}

/// What a process is that forgets the order that it was given, and serves as its parent does.
#[test]
fn serve_again() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    server.stopper().stop();
    match server.serve(Processes::new(1), Orders::new().0) {
        Ok(summary) => assert_eq!(summary.accepted, 0),
        Err(error) if error.to_string().contains("enter_child") => std::process::exit(23),
        Err(error) => panic!("{error}"),
    }
}

fn processes(max: usize, test: &'static str) -> Processes {
    Processes::new(max).with_command(move || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "--nocapture", "--test-threads=1", test]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    })
}

fn start(max: usize, options: &Options) -> (Running, mpsc::Receiver<String>) {
    let (orders, log, _) = Orders::new();
    let server = StreamServer::bind_with(("127.0.0.1", 0), options).unwrap();
    let policy = processes(max, "processes::serve_a_connection");
    (server.spawn(policy, orders).unwrap(), log)
}

/// Whether that process, or its zombie, is still there, by Linux's own books.
fn is_there(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}

/// The first that was told, beside the hooks that ran.
fn failure(log: &mpsc::Receiver<String>) -> String {
    loop {
        let said = log.recv_timeout(LONG).unwrap();
        if said != "verify" {
            return said;
        }
    }
}

#[test]
fn each_connection_has_a_process_of_its_own() {
    let (running, log) = start(8, &Options::default());
    let mut clients: Vec<_> = (0..3).map(|_| Client::of(running.addr())).collect();
    let mut pids: Vec<_> = clients.iter_mut().map(|client| client.ask("pid")).collect();
    drop(clients);
    let summary = running.stop().unwrap();
    assert_eq!((summary.accepted, summary.failed, summary.cut), (3, 0, 0));
    pids.push(std::process::id().to_string());
    pids.sort();
    pids.dedup();
    assert_eq!(pids.len(), 4);
    assert_eq!(pids.iter().filter(|pid| is_there(pid)).count(), usize::from(is_there("self")));
    // In this process nothing was called but `verify`.
    assert_eq!(log.iter().collect::<Vec<_>>(), ["verify"; 3]);
}

#[test]
fn a_handler_that_aborts_takes_nothing_down() {
    let (running, log) = start(8, &Options::default());
    let mut bystander = Client::of(running.addr());
    assert_eq!(bystander.ask("hello"), "hello");
    let mut pids = Vec::new();
    for (order, told) in [("abort", "signal"), ("panic", "70"), ("fail", "70")] {
        let mut client = Client::of(running.addr());
        pids.push(client.ask("pid"));
        client.send(&format!("{order}\n"));
        assert!(client.is_closed());
        let failure = failure(&log);
        assert!(failure.contains(told), "{order}: {failure}");
    }
    assert_eq!(bystander.ask("still there"), "still there");
    drop(bystander);
    // Those that have ended are gone before the server stops.
    assert!(!pids.iter().any(|pid| is_there(pid)));
    assert_eq!(running.stop().unwrap().failed, 3);
}

#[test]
fn a_process_that_forgets_its_order_does_not_serve() {
    let (orders, log, _) = Orders::new();
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(processes(8, "processes::serve_again"), orders).unwrap();
    assert!(Client::of(running.addr()).is_closed());
    let failure = failure(&log);
    assert!(failure.contains("23"), "{failure}");
    running.stop().unwrap();
}

#[test]
fn a_process_may_stop_the_server() {
    let (running, _log) = start(8, &Options::default());
    let mut client = Client::of(running.addr());
    assert_eq!(client.ask("stop"), "stop");
    drop(client);
    assert_eq!(running.join().unwrap().failed, 0);
}

#[test]
fn processes_that_outlive_the_grace_are_killed() {
    let options = Options { grace: Duration::from_millis(50), ..Options::default() };
    let (running, _log) = start(8, &options);
    let mut client = Client::of(running.addr());
    let pid = client.ask("pid");
    let summary = running.stop().unwrap();
    assert_eq!((summary.cut, summary.stuck), (1, 0));
    assert!(client.is_closed());
    assert!(!is_there(&pid));
}

#[test]
fn there_are_no_more_processes_than_the_maximum() {
    let (running, log) = start(2, &Options::default());
    let mut clients: Vec<_> = (0..6).map(|_| Client::of(running.addr())).collect();
    clients.iter_mut().for_each(|client| client.send("hello\n"));
    // Two are served, and each that goes makes room for another.
    for mut client in clients {
        assert_eq!(client.line(), "hello");
        assert!(log.try_iter().count() <= 3);
    }
    let summary = running.stop().unwrap();
    assert_eq!((summary.accepted, summary.shed), (6, 0));
}

#[test]
fn limits_hold_in_processes_too() {
    let options = Options { idle_timeout: Some(Duration::from_millis(30)), ..Options::default() };
    let (running, log) = start(8, &options);
    assert!(Client::of(running.addr()).is_closed());
    assert!(failure(&log).contains("70"));
    running.stop().unwrap();
}

#[test]
fn any_program_can_serve() {
    let cat = Processes::new(4).with_command(|| {
        let mut command = Command::new("sh");
        command.args(["-c", "exec cat <&0 >&0"]);
        command
    });
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(cat, |_: &mut Connection| Ok(())).unwrap();
    let mut client = Client::of(running.addr());
    assert_eq!(client.ask("meow"), "meow");
    client.end();
    assert!(client.is_closed());
    assert_eq!(running.stop().unwrap().failed, 0);
}

#[test]
fn a_program_that_is_not_there_is_told_of() {
    struct Told(Mutex<mpsc::Sender<Failure>>);
    impl Handler for Told {
        fn handle(&self, _: &mut Connection) -> Result<()> {
            Ok(())
        }
        fn error(&self, failure: &Failure) {
            self.0.lock().unwrap().send(failure.clone()).unwrap();
        }
    }
    let (sender, told) = mpsc::channel();
    let nothing = Processes::new(4).with_command(|| Command::new("/no/such/program"));
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(nothing, Told(Mutex::new(sender))).unwrap();
    for _ in 0..2 {
        assert!(Client::of(running.addr()).is_closed());
        let failure = told.recv_timeout(LONG).unwrap();
        assert!(failure.to_string().contains("ENOENT"), "{failure}");
    }
    assert_eq!(running.stop().unwrap().shed, 2);
}

/// Answers datagrams as they order.
struct Letters(Option<Mutex<mpsc::Sender<String>>>);

impl DatagramHandler for Letters {
    fn handle(&self, datagram: &mut Datagram) -> Result<()> {
        match datagram.bytes() {
            b"abort" => std::process::abort(),
            b"panic" => panic!("as ordered"),
            b"stop" => datagram.stopper().stop(),
            b"many" => {
                for number in 0..200u8 {
                    datagram.reply(&[number])?;
                }
            }
            _ => {}
        }
        datagram.reply(format!("{} ", datagram.peer()).as_bytes())?;
        datagram.reply(datagram.bytes())
    }

    fn error(&self, failure: &Failure) {
        if let Some(sender) = &self.0 {
            sender.lock().unwrap().send(failure.cause.to_string()).unwrap();
        }
    }
}

fn letters() -> (Running, mpsc::Receiver<String>, UdpSocket) {
    let (sender, told) = mpsc::channel();
    let server = DatagramServer::bind(("127.0.0.1", 0)).unwrap();
    let policy = processes(4, "processes::serve_a_datagram");
    let running = server.spawn(policy, Letters(Some(Mutex::new(sender)))).unwrap();
    let client = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    client.set_read_timeout(Some(LONG)).unwrap();
    client.connect(running.addr().as_inet().unwrap()).unwrap();
    (running, told, client)
}

fn receive(client: &UdpSocket) -> Vec<u8> {
    let mut bytes = vec![0; 65_536];
    let len = client.recv(&mut bytes).unwrap();
    bytes.truncate(len);
    bytes
}

#[test]
fn datagrams_are_served_by_processes_and_answered_by_the_server() {
    let (running, told, client) = letters();
    let own = Addr::from(client.local_addr().unwrap());
    for len in [0, 5, 60_000] {
        let bytes = vec![b'x'; len];
        client.send(&bytes).unwrap();
        assert_eq!(receive(&client), format!("{own} ").as_bytes());
        assert_eq!(receive(&client), bytes);
    }
    for (order, said) in [("abort", "signal"), ("panic", "70")] {
        client.send(order.as_bytes()).unwrap();
        assert!(told.recv_timeout(LONG).unwrap().contains(said));
    }
    client.send(b"many").unwrap();
    for number in 0..200 {
        assert_eq!(receive(&client), [number]);
    }
    assert_eq!(receive(&client), format!("{own} ").as_bytes());
    assert_eq!(receive(&client), b"many");
    client.send(b"stop").unwrap();
    let summary = running.join().unwrap();
    assert_eq!((summary.accepted, summary.failed, summary.stuck), (7, 2, 0));
    assert_eq!(receive(&client), format!("{own} ").as_bytes());
    assert_eq!(receive(&client), b"stop");
}

#[test]
fn a_process_that_nobody_started_for_it_serves_nothing() {
    // It has a socket, and the order of another process, which tells of another socket.
    let (own, childs) = socketpair(Type::STREAM).unwrap();
    own.send_all(b"hello\n").unwrap();
    own.shutdown(Shutdown::Write).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--test-threads=1", "processes::serve_a_connection"]);
    command.env("SOCKRATES_SERVER_ORDER", "connection 1 2 - - -");
    command.stdin(OwnedFd::from(childs)).stdout(Stdio::null()).stderr(Stdio::null());
    assert_eq!(command.status().unwrap().code(), Some(0));
    drop(command);
    assert_ne!(own.recv(&mut [0; 8]).map(|got| got.len), Ok(6), "it was answered");
}
