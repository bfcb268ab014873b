//! A client to test servers with: whatever it waits for, it does not wait for ever.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use sockrates_core::Addr;

/// Longer than anything takes on the slowest machine; a test that waits so long has failed.
pub(crate) const LONG: Duration = Duration::from_secs(30);

pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) fn of(addr: &Addr) -> Self {
        let stream = TcpStream::connect(addr.as_inet().unwrap()).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.stream().write_all(text.as_bytes()).unwrap();
    }

    /// The next line, without its end; what came before the end of the stream where there is none,
    /// or before a reset.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("{error}"),
            _ => {}
        }
        line.trim_end_matches('\n').to_owned()
    }

    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.send(&format!("{line}\n"));
        self.line()
    }

    pub(crate) fn end(&self) {
        self.stream().shutdown(Shutdown::Write).unwrap();
    }

    /// Everything to the end of the stream; whether it ended with a reset does not matter.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("{error}"),
            _ => rest,
        }
    }

    /// Whether the server has closed it.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.rest().is_empty()
    }
}
