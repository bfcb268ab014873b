//! The ends that checks hold: any subject's, traced.

mod options;
mod transport;

use std::cell::RefCell;
use std::fmt;
use std::io::IoSlice;
use std::sync::Arc;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Kind, Mode, Ready, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, Shutdown, Stream, Transport,
};

use crate::Trace;
use crate::axis::Late;
use crate::erased::{Erased, Plain, Whole};
use crate::held::Held;
use crate::readiness::Words;
use crate::trace::Step;

use transport::Silent;

/// One end of a conversation, whatever the subject. Every operation is noted in the case's trace.
///
/// A datagram end that is not connected sends to its [`dest`](Self::dest).
#[derive(Clone)]
pub struct Conn {
    inner: Arc<Held<dyn Erased>>,
    name: String,
    /// What it is called in the trace, where no two handles are called the same.
    label: String,
    trace: Option<Trace>,
    dest: Option<Addr>,
    late: Option<Arc<Late>>,
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
        Self::erased(Box::new(Whole(end)))
    }

    /// An end that is a transport and no more.
    pub fn plain<T: Transport + Send + Sync + 'static>(end: T) -> Self {
        Self::erased(Box::new(Plain(end)))
    }

    pub(crate) fn erased(inner: Box<dyn Erased>) -> Self {
        let (name, label) = ("?".to_owned(), "?".to_owned());
        Self { inner: Held::new(inner), name, label, trace: None, dest: None, late: None }
    }

    /// The same end under a name, noted in `trace`, and with what its case has to do with.
    pub(crate) fn traced(self, name: impl Into<String>, trace: Option<&Trace>) -> Self {
        let name = name.into();
        let label = trace.map_or_else(|| name.clone(), |trace| trace.label(&name));
        let (mut inner, mut late) = (self.inner, None);
        if let Some(adversity) = trace.and_then(Trace::adversity) {
            Held::wrap(&mut inner, |end| adversity.around(end));
            late = adversity.late();
        }
        if let Some(trace) = trace {
            inner.tell(&label, trace);
        }
        Self { inner, name, label, trace: trace.cloned(), dest: self.dest, late }
    }

    /// What it is called in the trace.
    pub(crate) fn label(&self) -> &str {
        &self.label
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

    fn end(&self) -> &dyn Erased {
        self.inner.end()
    }

    /// Does `work` as the operation `step`, and notes what it told.
    fn op<T: fmt::Debug>(&self, step: Step, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.step(step, work, |step, value| step.tells(value))
    }

    /// Does `work` as the operation `step`; `note` adds to the step what it brought.
    fn step<T>(
        &self,
        step: Step,
        work: impl FnOnce() -> Result<T>,
        note: impl FnOnce(&mut Step, &T),
    ) -> Result<T> {
        let late = self.lateness(&step);
        let work = || {
            late.inspect(|late| late.wait());
            work()
        };
        match &self.trace {
            Some(trace) => trace.step(step, work, note),
            None => work(),
        }
    }

    /// The same, where it may fail in the middle: `note` is told the result, whatever it is.
    fn step_of<T>(
        &self,
        step: Step,
        work: impl FnOnce() -> Result<T>,
        note: impl FnOnce(&mut Step, &Result<T>),
    ) -> Result<T> {
        let late = self.lateness(&step);
        let work = || {
            late.inspect(|late| late.wait());
            work()
        };
        let Some(trace) = &self.trace else { return work() };
        trace.step_with(step, work, |step, result| {
            if let Err(error) = result {
                step.fails(error);
            }
            note(step, result);
        })
    }

    /// How `step` comes late, where it does.
    fn lateness(&self, step: &Step) -> Option<&Late> {
        self.late.as_deref().filter(|_| Late::takes(step))
    }

    fn call(&self, op: &'static str) -> Step {
        Step::new(&self.label, op)
    }

    /// The endpoint itself, past the trace.
    pub(crate) fn untraced_endpoint(&self) -> &dyn Endpoint {
        self.end().endpoint()
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
        let step = self.call("recv").len(max).flags(&flags).until(deadline);
        let lost = RefCell::new(Vec::new());
        let work = || {
            let mut memory = vec![0; max];
            let mut buf = RecvBuf::new(&mut memory);
            let received = self.end().recv_msg(&mut buf, flags, deadline);
            let bytes = buf.filled().to_vec();
            let got = |Recv { len, peer, truncated }| Got { bytes, len, from: peer, truncated };
            received.map(got).inspect_err(|error| {
                // What it brought before it failed is the caller's loss, but not the trace's.
                lost.replace(memory[..error.done().min(max)].to_vec());
            })
        };
        self.step_of(step, work, |step, result| match result {
            Ok(Got { bytes, len, from, truncated }) => {
                note_received(step, bytes, *len, from.as_ref(), *truncated);
            }
            Err(_) if lost.borrow().is_empty() => {}
            Err(_) => step.moves(&lost.borrow()),
        })
    }

    /// Receives once into several buffers' worth of a cursor of the caller's.
    pub fn recv_into(&self, buf: &mut RecvBuf<'_>, deadline: Deadline) -> Result<usize> {
        let step = self.call("recv").len(buf.remaining()).until(deadline);
        let before = buf.filled().len();
        let work = || {
            let told = self.end().recv_msg(buf, RecvFlags::NONE, deadline)?;
            Ok((told, buf.filled().get(before..).unwrap_or(&[]).to_vec()))
        };
        let (told, _) = self.step(step, work, |step, (told, bytes)| {
            note_received(step, bytes, told.len, told.peer.as_ref(), told.truncated);
        })?;
        Ok(told.len)
    }

    /// Receives exactly `n` bytes of a stream.
    pub fn recv_exact(&self, n: usize, deadline: Deadline) -> Result<Vec<u8>> {
        let bytes = RefCell::new(vec![0; n]);
        let step = self.call("recv_exact").len(n).until(deadline);
        let work = || Silent(self).recv_exact(&mut bytes.borrow_mut(), deadline);
        self.step_of(step, work, |step, result| {
            let have = result.as_ref().map_or_else(Error::done, |()| n);
            step.moves(&bytes.borrow()[..have.min(n)]);
        })?;
        Ok(bytes.into_inner())
    }

    /// Receives a stream to its end, at most 256 MiB.
    pub fn recv_to_end(&self, deadline: Deadline) -> Result<Vec<u8>> {
        let bytes = RefCell::new(Vec::new());
        let step = self.call("recv_to_end").until(deadline);
        let work = || Silent(self).recv_to_end(&mut bytes.borrow_mut(), 256 << 20, deadline);
        self.step_of(step, work, |step, _| step.moves(&bytes.borrow()))?;
        Ok(bytes.into_inner())
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
        let slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        self.send_parts("send", &slices, self.dest.as_ref(), flags, deadline)
    }

    /// Sends `bytes` once to `to`, or to the connected peer.
    pub fn send_to(&self, bytes: &[u8], to: Option<&Addr>) -> Result<usize> {
        self.send_parts("send", &[IoSlice::new(bytes)], to, SendFlags::NONE, Deadline::NEVER)
    }

    fn send_parts(
        &self,
        op: &'static str,
        slices: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let len = slices.iter().map(|slice| slice.len()).sum();
        let step = self.call(op).len(len).to(to).flags(&flags).until(deadline);
        let work = || self.end().send_msg(slices, to, flags, deadline);
        self.step(step, work, |step, n| note_sent(step, slices, *n))
    }

    /// Sends all of `bytes` on a stream.
    pub fn send_all(&self, bytes: &[u8], deadline: Deadline) -> Result<()> {
        let step = self.call("send_all").len(bytes.len()).until(deadline);
        let work = || Silent(self).send_all(bytes, deadline);
        self.step_of(step, work, |step, result| {
            let n = result.as_ref().map_or_else(Error::done, |()| bytes.len());
            note_sent(step, &[IoSlice::new(bytes)], n);
        })
    }

    /// Ends the sending side.
    pub fn close_send(&self) -> Result<()> {
        self.op(self.call("close_send"), || self.end().close_send())
    }

    /// Whether it carries bytes or messages.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.end().kind()
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.end().mode()
    }

    /// Sets the mode.
    pub fn set_mode(&self, mode: Mode) -> Result<()> {
        self.op(self.other("set_mode", format_args!("{mode:?}")), || self.end().set_mode(mode))
    }

    /// The local address.
    pub fn local_addr(&self) -> Result<Addr> {
        self.step(
            self.call("getsockname"),
            || self.end().endpoint().local_addr(),
            |step, addr| step.value = addr.to_string(),
        )
    }

    /// The peer's address.
    pub fn peer_addr(&self) -> Result<Addr> {
        self.step(
            self.call("getpeername"),
            || self.end().endpoint().peer_addr(),
            |step, addr| step.value = addr.to_string(),
        )
    }

    /// Binds.
    pub fn bind(&self, addr: &Addr) -> Result<()> {
        self.op(self.call("bind").to(Some(addr)), || self.end().endpoint().bind(addr))
    }

    /// Listens.
    pub fn listen(&self, backlog: i32) -> Result<()> {
        self.op(self.other("listen", backlog), || self.end().endpoint().listen(backlog))
    }

    /// Accepts; the new end is called like this one with `/accepted`.
    pub fn accept(&self, deadline: Deadline) -> Result<(Conn, Addr)> {
        let work = || {
            let (inner, addr) = self.end().accept(deadline)?;
            Ok((self.sibling(inner, "accepted"), addr))
        };
        self.step(self.call("accept").until(deadline), work, |step, (conn, addr)| {
            step.made = vec![conn.label.clone()];
            step.from = Some(addr.to_string());
        })
    }

    /// Connects.
    pub fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        let step = self.call("connect").to(Some(addr)).until(deadline);
        self.op(step, || self.end().endpoint().connect(addr, deadline))
    }

    /// Connects and returns the error number.
    pub fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        let step = self.call("connect_ex").to(Some(addr));
        self.op(step, || self.end().endpoint().connect_ex(addr))
    }

    /// Dissolves a datagram association.
    pub fn disconnect(&self) -> Result<()> {
        self.op(self.call("disconnect"), || self.end().endpoint().disconnect())
    }

    /// Reads and clears the pending error.
    pub fn take_error(&self) -> Result<Errno> {
        self.op(self.call("take_error"), || self.end().endpoint().take_error())
    }

    /// Shuts down.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.op(self.other("shutdown", format_args!("{how:?}")), || {
            self.end().endpoint().shutdown(how)
        })
    }

    /// Closes the handle, which stays in the check's hands.
    pub fn close(&self) -> Result<()> {
        self.op(self.call("close"), || self.end().endpoint().close())
    }

    /// Closes with a reset.
    pub fn abort(&self) -> Result<()> {
        self.op(self.call("abort"), || self.end().endpoint().abort())
    }

    /// Duplicates the handle.
    pub fn dup(&self) -> Result<Conn> {
        let work = || Ok(self.sibling(self.end().dup()?, "dup"));
        self.step(self.call("dup"), work, |step, conn| step.made = vec![conn.label.clone()])
    }

    /// Waits for readiness.
    pub fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let step = self.other("poll", Words(interest)).until(deadline);
        self.step(
            step,
            || self.end().endpoint().wait(interest, deadline),
            |step, ready| step.value = Words(*ready).to_string(),
        )
    }

    /// Counts the queued bytes.
    pub fn queued(&self) -> Result<usize> {
        self.op(self.call("queued"), || self.end().endpoint().queued())
    }

    /// The rest of the vocabulary, untraced: the descriptor.
    #[must_use]
    pub fn endpoint(&self) -> &dyn Endpoint {
        self.end().endpoint()
    }

    /// Drops this handle. The end is gone if it was the last.
    pub fn drop_now(self) {}

    fn other(&self, op: &'static str, args: impl fmt::Display) -> Step {
        Step::other(&self.label, op, args)
    }

    fn sibling(&self, inner: Box<dyn Erased>, what: &str) -> Self {
        let end = Self { dest: self.dest.clone(), ..Self::erased(inner) };
        end.traced(format!("{}/{what}", self.name), self.trace.as_ref())
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What a receive brought, into the step; `len` is the length that it told.
fn note_received(step: &mut Step, bytes: &[u8], len: usize, from: Option<&Addr>, truncated: bool) {
    step.moves(bytes);
    step.n = Some(len);
    step.from = from.map(ToString::to_string);
    if truncated {
        step.value = "truncated".to_owned();
    }
}

/// What a send took of `slices`, into the step; `n` is the number that it told.
fn note_sent(step: &mut Step, slices: &[IoSlice<'_>], n: usize) {
    let mut taken = Vec::new();
    for slice in slices {
        taken.extend_from_slice(&slice[..slice.len().min(n - taken.len())]);
    }
    step.moves(&taken);
    step.n = Some(n);
}
