//! An echo server on std: a new thread for each connection.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Serves for ever.
///
/// # Errors
/// Whatever fails of listening and starting threads; what fails of a connection ends it.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        thread::Builder::new().spawn(move || echo(stream))?;
    }
}

/// An error is the client's end, as the end is.
fn echo(mut stream: TcpStream) {
    let mut room = [0; 4 * 1024];
    while let Ok(len @ 1..) = stream.read(&mut room) {
        if stream.write_all(&room[..len]).is_err() {
            return;
        }
    }
}
