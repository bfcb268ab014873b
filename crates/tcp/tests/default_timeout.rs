//! The process's default timeout and sockets that come from elsewhere: a test of its own process.

use std::time::Duration;

use sockrates_socket::set_default_timeout;
use sockrates_tcp::{TcpListener, TcpStream};

const SHORT: Duration = Duration::from_millis(20);

#[test]
fn converted_sockets_keep_the_default_timeout_also_where_no_flag_keeps_a_call_from_waiting() {
    set_default_timeout(Some(SHORT)).unwrap();
    let listener = TcpListener::from(std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    assert_eq!(listener.timeout(), Some(SHORT));

    // A watch, so that an accept that waits in the kernel fails the test and does not hang it.
    let (tell, told) = std::sync::mpsc::channel();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || tell.send(listener.accept().map(drop)));
    let outcome = told.recv_timeout(Duration::from_secs(20)).expect("accept waits for ever");
    assert!(outcome.unwrap_err().is_timeout());

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let std = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let stream = TcpStream::from(std);
    assert!(stream.recv(&mut [0; 4]).unwrap_err().is_timeout());
    assert_ne!(stream.local_addr().unwrap(), addr);
}
