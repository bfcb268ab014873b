//! `select_echo`, `poll_echo` and `epoll_echo`.

use std::time::Duration;

use sockrates::{Shutdown, TcpStream};

use crate::running::Program;

#[test]
fn every_client_gets_its_own_bytes_back_whatever_the_others_do() {
    for name in ["select_echo", "poll_echo", "epoll_echo"] {
        let mut server = Program::example(name, &["127.0.0.1", "0"]);
        let port = server.port();
        let Some(client) = Program::python("echo_client.py", &[&port]) else { return };
        let client = client.end();
        let expected = "stuck\nreset\n20 at once\n2 MiB, slowly\nall\n";
        assert_eq!((client.code, client.stdout.as_str()), (Some(0), expected), "{name} {client:?}");
        server.interrupt();
        let server = server.end();
        assert_eq!((server.code, server.stderr.as_str()), (Some(130), ""), "{server:?}");
    }
}

#[test]
fn one_client_too_many_is_hung_up_on_and_there_is_room_again() {
    for name in ["select_echo", "poll_echo", "epoll_echo"] {
        let mut server = Program::example(name, &["127.0.0.1", "0"]);
        let addr = format!("127.0.0.1:{}", server.port());
        let connect = || {
            let stream = TcpStream::connect(addr.as_str()).unwrap();
            stream.set_timeout(Some(Duration::from_secs(30))).unwrap();
            stream
        };
        let says = |stream: &TcpStream| {
            stream.send_all(b"?").unwrap();
            stream.recv(&mut [0; 2]).unwrap()
        };
        let mut clients: Vec<_> = (0..200).map(|_| connect()).collect();
        assert!(clients.iter().all(|client| says(client) == 1), "{name}");
        assert_eq!(connect().recv(&mut [0; 1]).unwrap(), 0, "{name}");
        let last = clients.pop().unwrap();
        last.shutdown(Shutdown::Write).unwrap();
        assert_eq!(last.recv(&mut [0; 1]).unwrap(), 0, "{name}");
        clients.push(connect());
        assert!(clients.iter().all(|client| says(client) == 1), "{name}");
    }
}
