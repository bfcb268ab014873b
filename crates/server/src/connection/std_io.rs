//! A connection in the standard library's words.

use std::io::{self, BufRead, Read, Write};

use sockrates_core::{Deadline, Stream};

use crate::Connection;

impl Read for Connection {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv_some(buf, Deadline::NEVER)?)
    }
}

impl BufRead for Connection {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.held_mut().bytes().is_empty() {
            self.fill(Deadline::NEVER)?;
        }
        Ok(self.held_mut().bytes())
    }

    fn consume(&mut self, n: usize) {
        self.held_mut().skip(n);
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.send_some(bytes, Deadline::NEVER)?)
    }

    /// Nothing to do: sending is not buffered.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
