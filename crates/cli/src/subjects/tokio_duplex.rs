//! From outside: `tokio::io::duplex`, a stream in memory.

use std::io::IoSlice;

use sockrates_core::{
    Deadline, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport,
};
use sockrates_harness::{Caps, Conn, Deviation, TransportSubject};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::sync::Mutex;

use super::tokio_turns::Turns;

/// How many bytes each direction holds.
const ROOM: usize = 64 << 10;

/// The subject `tokio-duplex`.
pub(super) struct TokioDuplex;

impl TransportSubject for TokioDuplex {
    fn name(&self) -> &str {
        "tokio-duplex"
    }

    fn says(&self) -> &str {
        "tokio::io::duplex without async: a stream of bytes in this process's memory"
    }

    fn caps(&self) -> Caps {
        Caps::NONBLOCK | Caps::TIMEOUT | Caps::DEADLINE | Caps::DONTWAIT | Caps::HALF_CLOSE
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = duplex(ROOM);
        Ok((Conn::plain(DuplexEnd::new(a)?), Conn::plain(DuplexEnd::new(b)?)))
    }

    fn deviations(&self) -> &[Deviation] {
        &[]
    }

    fn clog_bytes(&self) -> usize {
        16 * ROOM
    }
}

/// One end. Of each half only one can be used at a time, so that others wait for their turn.
struct DuplexEnd {
    reader: Mutex<ReadHalf<DuplexStream>>,
    writer: Mutex<WriteHalf<DuplexStream>>,
    turns: Turns,
}

impl DuplexEnd {
    fn new(stream: DuplexStream) -> Result<Self> {
        let (reader, writer) = split(stream);
        let (reader, writer) = (Mutex::new(reader), Mutex::new(writer));
        Ok(Self { reader, writer, turns: Turns::new()? })
    }
}

impl Transport for DuplexEnd {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        if !RecvFlags::DONTWAIT.contains(flags) {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        let read = async { self.reader.lock().await.read(buf.unfilled()).await };
        let len = self.turns.run(Op::Recv, deadline, !flags.is_empty(), read)?;
        buf.advance(len);
        Ok(Recv { len, peer: (), truncated: false })
    }

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
        let write = async { self.writer.lock().await.write_vectored(bytes).await };
        self.turns.run(Op::Send, deadline, !flags.is_empty(), write)
    }

    fn close_send(&self) -> Result<()> {
        let shut = async { self.writer.lock().await.shutdown().await };
        self.turns.run(Op::Shutdown, Deadline::NEVER, false, shut)
    }

    fn mode(&self) -> Mode {
        self.turns.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.turns.set_mode(mode);
        Ok(())
    }
}
