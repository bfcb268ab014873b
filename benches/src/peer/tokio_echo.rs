//! An echo server on tokio's scheduler of one thread: a task a connection.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

/// Serves for ever.
///
/// # Errors
/// Whatever fails of the runtime and the listening; what fails of a connection ends it.
pub fn serve(listener: std::net::TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(echo(stream));
        }
    })
}

/// An error is the client's end, as the end is.
async fn echo(mut stream: TcpStream) {
    let mut room = vec![0; ROOM];
    while let Ok(len @ 1..) = stream.read(&mut room).await {
        if stream.write_all(&room[..len]).await.is_err() {
            return;
        }
    }
}

/// Each task has its own, so that it is smaller than one that all share.
const ROOM: usize = 4 * 1024;
