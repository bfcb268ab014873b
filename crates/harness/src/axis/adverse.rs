//! Ends that receive in morsels, or send in slivers.

use std::io::IoSlice;
use std::sync::{Mutex, PoisonError};

use sockrates_core::{
    Addr, Deadline, Endpoint, Kind, Mode, Recv, RecvBuf, RecvFlags, Result, SendFlags,
};

use crate::erased::Erased;
use crate::{Caps, Rng};

/// How many receives of an end are of one byte. Those after them are of a few more, for what is
/// long must end in time.
const SINGLE_BYTES: usize = 300;
const FEW_BYTES: usize = 8192;

/// An end that receives a stream byte by byte, and looks at a datagram before it takes it.
pub(super) struct Morsels {
    inner: Box<dyn Erased>,
    caps: Caps,
    past: Mutex<(usize, Rng)>,
}

impl Morsels {
    pub(super) fn new(inner: Box<dyn Erased>, caps: Caps, rng: Rng) -> Self {
        Self { inner, caps, past: Mutex::new((0, rng)) }
    }

    /// How much the next receive may bring.
    fn room(&self) -> usize {
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let (times, rng) = &mut *past;
        *times += 1;
        if *times <= SINGLE_BYTES { 1 } else { 1 + rng.below(FEW_BYTES) }
    }

    fn morsel(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Option<Addr>>> {
        let mut memory = vec![0; self.room().min(buf.remaining())];
        let mut part = RecvBuf::new(&mut memory);
        let got = self.inner.recv_msg(&mut part, flags, deadline)?;
        buf.append(part.filled());
        Ok(got)
    }

    /// A look through one byte takes nothing and cuts nothing off.
    fn look(&self, flags: RecvFlags, deadline: Deadline) -> Result<()> {
        let mut memory = [0];
        let mut part = RecvBuf::new(&mut memory);
        let _seen = self.inner.recv_msg(&mut part, flags | RecvFlags::PEEK, deadline)?;
        Ok(())
    }
}

impl Erased for Morsels {
    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Option<Addr>>> {
        let plain = flags.without(RecvFlags::DONTWAIT).is_empty();
        match self.inner.kind() {
            Kind::Stream if plain && buf.remaining() > 1 => self.morsel(buf, flags, deadline),
            Kind::Datagram if plain && self.caps.contains(Caps::PEEK) => {
                self.look(flags, deadline)?;
                self.inner.recv_msg(buf, flags, deadline)
            }
            _ => self.inner.recv_msg(buf, flags, deadline),
        }
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.inner.send_msg(bytes, to, flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.inner.close_send()
    }

    fn kind(&self) -> Kind {
        self.inner.kind()
    }

    fn mode(&self) -> Mode {
        self.inner.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.inner.set_mode(mode)
    }

    fn accept(&self, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)> {
        self.inner.accept(deadline)
    }

    fn dup(&self) -> Result<Box<dyn Erased>> {
        self.inner.dup()
    }

    fn endpoint(&self) -> &dyn Endpoint {
        self.inner.endpoint()
    }
}

/// The first `len` bytes of `slices`.
fn joined(slices: &[IoSlice<'_>], len: usize) -> Vec<u8> {
    let mut whole = Vec::with_capacity(len);
    for slice in slices {
        whole.extend_from_slice(&slice[..slice.len().min(len - whole.len())]);
    }
    whole
}

/// How many bytes a stream is given at the most, and how many of them alone in the first slices.
const SLIVER: usize = 8192;
const SINGLES: usize = 20;

/// An end that gives a stream less than there is to send, and both kinds what they are given in
/// many slices.
pub(super) struct Slivers {
    inner: Box<dyn Erased>,
    rng: Mutex<Rng>,
}

impl Slivers {
    pub(super) fn new(inner: Box<dyn Erased>, rng: Rng) -> Self {
        Self { inner, rng: Mutex::new(rng) }
    }

    fn below(&self, end: usize) -> usize {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).below(end)
    }
}

impl Erased for Slivers {
    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Option<Addr>>> {
        self.inner.recv_msg(buf, flags, deadline)
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        // What is urgent, or announces more, is about this one send.
        if !flags.without(SendFlags::DONTWAIT).is_empty() {
            return self.inner.send_msg(bytes, to, flags, deadline);
        }
        let len: usize = bytes.iter().map(|slice| slice.len()).sum();
        let taken = match self.inner.kind() {
            Kind::Stream if len > 1 => 1 + self.below(SLIVER.min(len - 1)),
            _ => len,
        };
        let whole: Vec<u8> = joined(bytes, taken);
        let (singles, rest) = whole.split_at(whole.len().min(SINGLES));
        let slices: Vec<IoSlice<'_>> =
            singles.chunks(1).chain((!rest.is_empty()).then_some(rest)).map(IoSlice::new).collect();
        self.inner.send_msg(&slices, to, flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.inner.close_send()
    }

    fn kind(&self) -> Kind {
        self.inner.kind()
    }

    fn mode(&self) -> Mode {
        self.inner.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.inner.set_mode(mode)
    }

    fn accept(&self, deadline: Deadline) -> Result<(Box<dyn Erased>, Addr)> {
        self.inner.accept(deadline)
    }

    fn dup(&self) -> Result<Box<dyn Erased>> {
        self.inner.dup()
    }

    fn endpoint(&self) -> &dyn Endpoint {
        self.inner.endpoint()
    }
}
