//! From outside: TLS 1.3 by `rustls`, over the TCP of this workspace.

use std::io::{self, IoSlice, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls::Connection;
use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Ready, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, Shutdown, SocketOption, Transport,
};
use sockrates_harness::{Caps, Conn, Deviation, TransportSubject};
use sockrates_tcp::{TcpListener, TcpStream};

use super::patience::{ModeCell, Patience};
use super::rustls_identity::{both_sides, refused};
use super::rustls_turn::Turn;

/// How many bytes one send takes at most: a record of TLS.
const RECORD: usize = 16 << 10;

const DEVIATIONS: [Deviation; 2] = [
    Deviation {
        clause: "stream.reset.unread",
        os: "",
        sees: "end",
        reason: "TLS says its end (close_notify) before TCP resets, and what has arrived before a \
                 reset is still received: the peer sees an orderly end, after which it asks no \
                 more. RFC 8446 6.1 lets close_notify speak for what was sent, not for what was \
                 received",
    },
    Deviation {
        clause: "stream.reset.once",
        os: "",
        sees: "recv: the peer ended the stream after 0 bytes",
        reason: "after TCP has told of the reset it is at its end, which rustls takes for a stream \
                 cut off, since no close_notify came: UnexpectedEof, and again each time \
                 (rustls manual, howto, \"unexpected EOF\")",
    },
];

/// The subject `rustls`.
pub(super) struct Rustls;

impl TransportSubject for Rustls {
    fn name(&self) -> &str {
        "rustls"
    }

    fn says(&self) -> &str {
        "rustls: TLS 1.3 over sockrates-tcp, which is TCP over IPv4 on the system's stack"
    }

    fn caps(&self) -> Caps {
        Caps::INET
            | Caps::ADDRESSES
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::DONTWAIT
            | Caps::HALF_CLOSE
            | Caps::PEEK
            | Caps::CLOSE
            | Caps::CLOSE_WAKES
            | Caps::ABORT
            | Caps::FD
            | Caps::NODELAY
            | Caps::HOPS
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = pair()?;
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn deviations(&self) -> &[Deviation] {
        &DEVIATIONS
    }
}

/// Two ends that have shaken hands.
fn pair() -> Result<(TlsEnd, TlsEnd)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    let (client_side, server_side) = both_sides()?;
    let (a, b) = (TlsEnd::new(client, client_side)?, TlsEnd::new(server, server_side)?);
    while a.shakes_hands()? | b.shakes_hands()? {}
    Ok((a, b))
}

/// One end. The TCP below never waits, so that the lock is only held for moments; who has to wait
/// waits for TCP without it.
struct TlsEnd {
    tcp: TcpStream,
    tls: Mutex<Connection>,
    /// Bytes that one reader has taken off TCP wake no other who waits for TCP.
    readers: Turn,
    mode: ModeCell,
}

impl TlsEnd {
    fn new(tcp: TcpStream, mut tls: Connection) -> Result<Self> {
        tcp.set_mode(Mode::NonBlocking)?;
        tls.set_buffer_limit(Some(RECORD));
        let (readers, mode) = (Turn::default(), ModeCell::blocking());
        Ok(Self { tcp, tls: Mutex::new(tls), readers, mode })
    }

    fn tls(&self) -> MutexGuard<'_, Connection> {
        self.tls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what can be done of the handshake now, and tells whether there is more of it.
    fn shakes_hands(&self) -> Result<bool> {
        let mut tls = self.tls();
        self.flush(&mut tls, Op::Connect)?;
        if tls.is_handshaking() {
            self.feed(&mut tls, Op::Connect)?;
            self.flush(&mut tls, Op::Connect)?;
        }
        Ok(tls.is_handshaking())
    }

    /// Takes what has arrived off TCP; whether anything had, be it the end.
    fn feed(&self, tls: &mut Connection, op: Op) -> Result<bool> {
        match tls.read_tls(&mut &self.tcp) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(Error::from_io(op, &error)),
        }
        tls.process_new_packets().map(|_| true).map_err(refused)
    }

    /// Hands to TCP what it takes; whether that was all.
    fn flush(&self, tls: &mut Connection, op: Op) -> Result<bool> {
        while tls.wants_write() {
            match tls.write_tls(&mut &self.tcp) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(Error::from_io(op, &error)),
            }
        }
        Ok(true)
    }

    /// Waits until TCP takes all that is to be flushed.
    fn flush_all(&self, op: Op, patience: Patience) -> Result<()> {
        while !self.flush(&mut self.tls(), op)? {
            self.await_tcp(op, Ready::WRITE, patience)?;
        }
        Ok(())
    }

    fn patience(&self, op: Op, never: bool, deadline: Deadline) -> Result<Patience> {
        if self.tcp.is_closed() {
            return Err(Error::os(op, Errno::EBADF));
        }
        Ok(Patience::of(self.mode.get(), never, deadline))
    }

    fn await_tcp(&self, op: Op, interest: Ready, patience: Patience) -> Result<()> {
        let deadline = match patience.never {
            true => Deadline::after(std::time::Duration::ZERO),
            false => patience.deadline,
        };
        match self.tcp.wait(interest, deadline) {
            Ok(ready) if ready == Ready::default() => Err(patience.over(op)),
            Ok(_) => Ok(()),
            Err(error) => Err(error.during(op, 0)),
        }
    }

    /// Receives what has arrived, if anything has.
    fn take(&self, buf: &mut RecvBuf<'_>, peek: bool) -> Result<Option<usize>> {
        let mut tls = self.tls();
        loop {
            let read = match peek {
                true => tls.reader().into_first_chunk().map(|chunk| buf.append(chunk)),
                false => tls.reader().read(buf.unfilled()).inspect(|len| buf.advance(*len)),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read.map(Some).map_err(|error| Error::from_io(Op::Recv, &error)),
            }
            if !self.feed(&mut tls, Op::Recv)? {
                return Ok(None);
            }
        }
    }
}

impl Transport for TlsEnd {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        if !(RecvFlags::DONTWAIT | RecvFlags::PEEK).contains(flags) {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        let never = flags.contains(RecvFlags::DONTWAIT);
        let patience = self.patience(Op::Recv, never, deadline)?;
        let _mine = self.readers.wait(Op::Recv, patience)?;
        loop {
            if let Some(len) = self.take(buf, flags.contains(RecvFlags::PEEK))? {
                return Ok(Recv { len, peer: (), truncated: false });
            }
            self.await_tcp(Op::Recv, Ready::READ, patience)?;
        }
    }

    /// Takes a record once TCP is ready to take it, for what TLS has taken cannot be given back.
    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        if !SendFlags::DONTWAIT.contains(flags) {
            return Err(Error::Unsupported { op: Op::Send });
        }
        let patience = self.patience(Op::Send, !flags.is_empty(), deadline)?;
        loop {
            self.await_tcp(Op::Send, Ready::WRITE, patience)?;
            let mut tls = self.tls();
            if self.flush(&mut tls, Op::Send)? {
                let taken = tls.writer().write_vectored(bytes);
                let taken = taken.map_err(|error| Error::from_io(Op::Send, &error))?;
                drop(tls);
                return match self.flush_all(Op::Send, patience) {
                    Err(error) if !error.is_timeout() && !error.would_block() => Err(error),
                    _ => Ok(taken),
                };
            }
        }
    }

    /// Says so to TLS and to TCP: after its own end TLS would take more, and send it.
    fn close_send(&self) -> Result<()> {
        let patience = self.patience(Op::Shutdown, false, Deadline::NEVER)?;
        self.tls().send_close_notify();
        self.flush_all(Op::Shutdown, patience)?;
        self.tcp.shutdown(Shutdown::Write)
    }

    fn mode(&self) -> Mode {
        self.mode.get()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.patience(Op::SetMode, false, Deadline::NEVER)?;
        self.mode.set(mode);
        Ok(())
    }
}

impl Endpoint for TlsEnd {
    fn local_addr(&self) -> Result<Addr> {
        Endpoint::local_addr(&self.tcp)
    }

    fn peer_addr(&self) -> Result<Addr> {
        Endpoint::peer_addr(&self.tcp)
    }

    fn close(&self) -> Result<()> {
        self.say_goodbye();
        self.tcp.close()
    }

    fn abort(&self) -> Result<()> {
        self.tcp.abort()
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        match option {
            SocketOption::NoDelay | SocketOption::Ttl => self.tcp.option(option),
            _ => Err(Error::Unsupported { op: Op::GetOption }),
        }
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::NoDelay | SocketOption::Ttl => self.tcp.set_option(option, value),
            _ => Err(Error::Unsupported { op: Op::SetOption }),
        }
    }

    fn fileno(&self) -> Option<i64> {
        self.tcp.fileno()
    }
}

impl TlsEnd {
    /// Ends the stream as TLS does, where TCP has room for it. Without it the peer takes what it
    /// has received for cut off, as it has to.
    fn say_goodbye(&self) {
        let mut tls = self.tls();
        tls.send_close_notify();
        // Nobody is left to be told.
        let _ = self.flush(&mut tls, Op::Close);
    }
}

impl Drop for TlsEnd {
    fn drop(&mut self) {
        self.say_goodbye();
    }
}

#[cfg(test)]
mod tests {
    use sockrates_core::Stream;

    use super::*;

    #[test]
    fn an_end_that_tls_did_not_say_is_not_taken_for_the_end() {
        let (a, b) = pair().unwrap();
        a.send_all(b"all of it?", Deadline::NEVER).unwrap();
        a.tcp.shutdown(Shutdown::Write).unwrap();
        let mut bytes = Vec::new();
        let error = b.recv_to_end(&mut bytes, 100, Deadline::NEVER).unwrap_err();
        assert!(matches!(error, Error::Eof { .. }), "{error}");
        assert_eq!(bytes, b"all of it?");
    }

    #[test]
    fn an_end_that_tls_said_is_the_end() {
        let (a, b) = pair().unwrap();
        a.send_all(b"all of it", Deadline::NEVER).unwrap();
        drop(a);
        let mut bytes = Vec::new();
        b.recv_to_end(&mut bytes, 100, Deadline::NEVER).unwrap();
        assert_eq!(bytes, b"all of it");
    }
}
