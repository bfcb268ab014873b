//! Two ends of one connection, none of which waits for ever.

use std::time::Duration;

use sockrates_tcp::{TcpListener, TcpStream};

/// Longer than anything here takes, so that what never comes fails and does not hang.
pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_timeout(Some(LONG)).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, from) = listener.accept().unwrap();
    assert_eq!(from, client.local_addr().unwrap());
    client.set_timeout(Some(LONG)).unwrap();
    server.set_timeout(Some(LONG)).unwrap();
    (client, server)
}
