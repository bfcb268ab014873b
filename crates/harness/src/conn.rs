//! The ends that checks hold: any subject's, traced.

mod options;

use std::fmt;
use std::io::IoSlice;
use std::sync::Arc;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Kind, Mode, Ready, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, Shutdown, Stream, Transport,
};

use crate::Trace;
use crate::erased::{Erased, Plain, Whole};

/// One end of a conversation, whatever the subject. Every operation is noted in the case's trace.
///
/// A datagram end that is not connected sends to its [`dest`](Self::dest).
#[derive(Clone)]
pub struct Conn {
    inner: Arc<dyn Erased>,
    name: String,
    trace: Option<Trace>,
    dest: Option<Addr>,
}

/// What one receive brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The length that the transport told, which `TRUNC` lets exceed the bytes.
    pub len: usize,
    /// Who sent them, where that is told.
    pub from: Option<Addr>,
    /// Whether a tail was lost.
    pub truncated: bool,
}

impl Conn {
    /// An end that implements the whole vocabulary, or says of each operation that it does not.
    pub fn new<T: Transport + Endpoint + Send + Sync + 'static>(end: T) -> Self {
        Self::erased(Arc::new(Whole(end)))
    }

    /// An end that is a transport and no more.
    pub fn plain<T: Transport + Send + Sync + 'static>(end: T) -> Self {
        Self::erased(Arc::new(Plain(end)))
    }

    pub(crate) fn erased(inner: Arc<dyn Erased>) -> Self {
        Self { inner, name: "?".to_owned(), trace: None, dest: None }
    }

    /// The same end under a name, noted in `trace`.
    pub(crate) fn traced(self, name: impl Into<String>, trace: Option<&Trace>) -> Self {
        Self { name: name.into(), trace: trace.cloned(), ..self }
    }

    /// The same end, sending to `dest` unless told otherwise.
    #[must_use]
    pub fn toward(self, dest: Addr) -> Self {
        Self { dest: Some(dest), ..self }
    }

    /// Where it sends unless told otherwise; `None` is the connected peer.
    #[must_use]
    pub fn dest(&self) -> Option<&Addr> {
        self.dest.as_ref()
    }

    /// The name in the trace.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn op<T: fmt::Debug>(
        &self,
        what: fmt::Arguments<'_>,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        match &self.trace {
            Some(trace) => trace.op(format_args!("{}.{what}", self.name), work),
            None => work(),
        }
    }

    /// The endpoint itself, past the trace.
    pub(crate) fn untraced_endpoint(&self) -> &dyn Endpoint {
        self.inner.endpoint()
    }

    /// Receives once, up to `max` bytes.
    pub fn recv(&self, max: usize) -> Result<Vec<u8>> {
        Ok(self.recv_with(max, RecvFlags::NONE, Deadline::NEVER)?.bytes)
    }

    /// Receives once, up to `max` bytes, until `deadline`.
    pub fn recv_until(&self, max: usize, deadline: Deadline) -> Result<Vec<u8>> {
        Ok(self.recv_with(max, RecvFlags::NONE, deadline)?.bytes)
    }

    /// Receives once, with all there is to say and to learn.
    pub fn recv_with(&self, max: usize, flags: RecvFlags, deadline: Deadline) -> Result<Got> {
        self.op(format_args!("recv({max}{})", Extra(&flags, deadline)), || {
            let mut memory = vec![0; max];
            let mut buf = RecvBuf::new(&mut memory);
            let Recv { len, peer, truncated } = self.inner.recv_msg(&mut buf, flags, deadline)?;
            Ok(Got { bytes: buf.filled().to_vec(), len, from: peer, truncated })
        })
    }

    /// Receives once into several buffers' worth of a cursor of the caller's.
    pub fn recv_into(&self, buf: &mut RecvBuf<'_>, deadline: Deadline) -> Result<usize> {
        self.op(format_args!("recv_into({})", buf.remaining()), || {
            Ok(self.inner.recv_msg(buf, RecvFlags::NONE, deadline)?.len)
        })
    }

    /// Receives exactly `n` bytes of a stream.
    pub fn recv_exact(&self, n: usize, deadline: Deadline) -> Result<Vec<u8>> {
        self.op(format_args!("recv_exact({n}{})", Extra(&RecvFlags::NONE, deadline)), || {
            let mut bytes = vec![0; n];
            Silent(self).recv_exact(&mut bytes, deadline)?;
            Ok(bytes)
        })
    }

    /// Receives a stream to its end, at most 256 MiB.
    pub fn recv_to_end(&self, deadline: Deadline) -> Result<Vec<u8>> {
        self.op(format_args!("recv_to_end()"), || {
            let mut bytes = Vec::new();
            Silent(self).recv_to_end(&mut bytes, 256 << 20, deadline)?;
            Ok(bytes)
        })
    }

    /// Sends once and returns how many bytes were taken.
    pub fn send(&self, bytes: &[u8]) -> Result<usize> {
        self.send_with(&[bytes], SendFlags::NONE, Deadline::NEVER)
    }

    /// Sends once, until `deadline`.
    pub fn send_until(&self, bytes: &[u8], deadline: Deadline) -> Result<usize> {
        self.send_with(&[bytes], SendFlags::NONE, deadline)
    }

    /// Sends the concatenation of `parts` once, to [`dest`](Self::dest).
    pub fn send_with(
        &self,
        parts: &[&[u8]],
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        self.op(format_args!("send({len} bytes{})", Extra(&flags, deadline)), || {
            self.send_parts(parts, self.dest.as_ref(), flags, deadline)
        })
    }

    /// Sends `bytes` once to `to`, or to the connected peer.
    pub fn send_to(&self, bytes: &[u8], to: Option<&Addr>) -> Result<usize> {
        self.op(format_args!("sendto({} bytes, {})", bytes.len(), Dest(to)), || {
            self.send_parts(&[bytes], to, SendFlags::NONE, Deadline::NEVER)
        })
    }

    fn send_parts(
        &self,
        parts: &[&[u8]],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        self.inner.send_msg(&slices, to, flags, deadline)
    }

    /// Sends all of `bytes` on a stream.
    pub fn send_all(&self, bytes: &[u8], deadline: Deadline) -> Result<()> {
        self.op(
            format_args!("send_all({} bytes{})", bytes.len(), Extra(&SendFlags::NONE, deadline)),
            || Silent(self).send_all(bytes, deadline),
        )
    }

    /// Ends the sending side.
    pub fn close_send(&self) -> Result<()> {
        self.op(format_args!("close_send()"), || self.inner.close_send())
    }

    /// Whether it carries bytes or messages.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.inner.kind()
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.inner.mode()
    }

    /// Sets the mode.
    pub fn set_mode(&self, mode: Mode) -> Result<()> {
        self.op(format_args!("set_mode({mode:?})"), || self.inner.set_mode(mode))
    }

    /// The local address.
    pub fn local_addr(&self) -> Result<Addr> {
        self.op(format_args!("getsockname()"), || self.inner.endpoint().local_addr())
    }

    /// The peer's address.
    pub fn peer_addr(&self) -> Result<Addr> {
        self.op(format_args!("getpeername()"), || self.inner.endpoint().peer_addr())
    }

    /// Binds.
    pub fn bind(&self, addr: &Addr) -> Result<()> {
        self.op(format_args!("bind({addr})"), || self.inner.endpoint().bind(addr))
    }

    /// Listens.
    pub fn listen(&self, backlog: i32) -> Result<()> {
        self.op(format_args!("listen({backlog})"), || self.inner.endpoint().listen(backlog))
    }

    /// Accepts; the new end is called like this one with `/` and the number of the operation.
    pub fn accept(&self, deadline: Deadline) -> Result<(Conn, Addr)> {
        self.op(format_args!("accept({})", Extra(&SendFlags::NONE, deadline)), || {
            let (inner, addr) = self.inner.accept(deadline)?;
            Ok((self.sibling(inner.into(), "accepted"), addr))
        })
    }

    /// Connects.
    pub fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        self.op(format_args!("connect({addr}{})", Extra(&SendFlags::NONE, deadline)), || {
            self.inner.endpoint().connect(addr, deadline)
        })
    }

    /// Connects and returns the error number.
    pub fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        self.op(format_args!("connect_ex({addr})"), || self.inner.endpoint().connect_ex(addr))
    }

    /// Dissolves a datagram association.
    pub fn disconnect(&self) -> Result<()> {
        self.op(format_args!("disconnect()"), || self.inner.endpoint().disconnect())
    }

    /// Reads and clears the pending error.
    pub fn take_error(&self) -> Result<Errno> {
        self.op(format_args!("take_error()"), || self.inner.endpoint().take_error())
    }

    /// Shuts down.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.op(format_args!("shutdown({how:?})"), || self.inner.endpoint().shutdown(how))
    }

    /// Closes the handle, which stays in the check's hands.
    pub fn close(&self) -> Result<()> {
        self.op(format_args!("close()"), || self.inner.endpoint().close())
    }

    /// Closes with a reset.
    pub fn abort(&self) -> Result<()> {
        self.op(format_args!("abort()"), || self.inner.endpoint().abort())
    }

    /// Duplicates the handle.
    pub fn dup(&self) -> Result<Conn> {
        self.op(format_args!("dup()"), || Ok(self.sibling(self.inner.dup()?.into(), "dup")))
    }

    /// Waits for readiness.
    pub fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let what = Extra(&SendFlags::NONE, deadline);
        self.op(format_args!("poll({}{what})", Wanted(interest)), || {
            self.inner.endpoint().wait(interest, deadline)
        })
    }

    /// Counts the queued bytes.
    pub fn queued(&self) -> Result<usize> {
        self.op(format_args!("queued()"), || self.inner.endpoint().queued())
    }

    /// The rest of the vocabulary, untraced: the descriptor.
    #[must_use]
    pub fn endpoint(&self) -> &dyn Endpoint {
        self.inner.endpoint()
    }

    /// Drops this handle. The end is gone if it was the last.
    pub fn drop_now(self) {
        if let Some(trace) = &self.trace {
            trace.note(&format!("{} dropped", self.name));
        }
    }

    fn sibling(&self, inner: Arc<dyn Erased>, what: &str) -> Self {
        let name = format!("{}/{what}", self.name);
        Self { inner, name, trace: self.trace.clone(), dest: self.dest.clone() }
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// An end as a stream transport, so that core's whole operations and
/// [`Framed`](sockrates_core::Framed) work on it.
impl Transport for Conn {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.op(format_args!("recv({}{})", buf.remaining(), Extra(&flags, deadline)), || {
            Silent(self).recv_msg(buf, flags, deadline)
        })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let len: usize = bytes.iter().map(|slice| slice.len()).sum();
        self.op(format_args!("send({len} bytes{})", Extra(&flags, deadline)), || {
            Silent(self).send_msg(bytes, to, flags, deadline)
        })
    }

    fn close_send(&self) -> Result<()> {
        Conn::close_send(self)
    }

    fn kind(&self) -> Kind {
        self.inner.kind()
    }

    fn mode(&self) -> Mode {
        self.inner.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        Conn::set_mode(self, mode)
    }
}

/// The end inside an operation that is traced as a whole.
struct Silent<'a>(&'a Conn);

impl Transport for Silent<'_> {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        let Recv { len, truncated, .. } = self.0.inner.recv_msg(buf, flags, deadline)?;
        Ok(Recv { len, peer: (), truncated })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.0.inner.send_msg(bytes, self.0.dest.as_ref(), flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.0.inner.close_send()
    }

    fn kind(&self) -> Kind {
        self.0.inner.kind()
    }

    fn mode(&self) -> Mode {
        self.0.inner.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.0.inner.set_mode(mode)
    }
}

/// The flags and the deadline of an operation, where there are any.
pub(crate) struct Extra<'a, F>(pub(crate) &'a F, pub(crate) Deadline);

impl<F: fmt::Debug + Default + PartialEq> fmt::Display for Extra<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self.0 != F::default() {
            write!(f, ", {:?}", self.0)?;
        }
        match self.1.remaining() {
            None => Ok(()),
            Some(left) => write!(f, ", within {} ms", left.as_millis()),
        }
    }
}

struct Dest<'a>(Option<&'a Addr>);

impl fmt::Display for Dest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(addr) => addr.fmt(f),
            None => f.write_str("peer"),
        }
    }
}

struct Wanted(Ready);

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.0.read, self.0.write) {
            (true, true) => "read or write",
            (true, false) => "read",
            (false, true) => "write",
            (false, false) => "nothing",
        })
    }
}
