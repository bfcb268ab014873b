//! Streams that several threads cannot share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::ThreadId;

use sockrates_core::{Mode, Recv, RecvBuf, Result, Transport};

use super::call::{How, What, got, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<ReadersShare>(),
        stream::<WritersClobber>(),
        stream::<OneAtATime>(),
        stream::<ModeBorrowed>(),
    ]
}

#[derive(Default)]
struct WritersClobber(AtomicUsize);

impl Fault<MemStream> for WritersClobber {
    const NAME: &'static str = "writers-clobber";
    const SAYS: &'static str = "what is sent while another thread sends is counted and lost";
    const FAILS: &'static [&'static str] = &["stream.concurrent.writers"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let alone = self.0.fetch_add(1, SeqCst) == 0;
        std::thread::yield_now();
        let sent = if alone { what.send(end) } else { Ok(what.len()) };
        self.0.fetch_sub(1, SeqCst);
        sent
    }
}

/// Only a first receive, so that what is not about this does not fail now and then.
#[derive(Default)]
struct OneAtATime {
    started: AtomicBool,
    alone: Mutex<()>,
}

impl Fault<MemStream> for OneAtATime {
    const NAME: &'static str = "one-at-a-time";
    const SAYS: &'static str = "a send waits until a first receive, of one byte, has ended";
    const FAILS: &'static [&'static str] = &["stream.concurrent.send-while-recv"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let first = !self.started.swap(true, SeqCst);
        let _alone = (first && buf.remaining() == 1).then(|| locked(&self.alone));
        how.recv(end, buf)
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let _alone = locked(&self.alone);
        what.send(end)
    }
}

#[derive(Default)]
struct ReadersShare(Mutex<Readers>);

impl Fault<MemStream> for ReadersShare {
    const NAME: &'static str = "readers-share";
    const SAYS: &'static str = "once three threads receive, a byte may be received twice";
    const FAILS: &'static [&'static str] = &["stream.concurrent.readers"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let mut memory = locked(&self.0);
        if memory.is_third() {
            memory.again = memory.last.take();
        }
        if let Some(byte) = memory.again.take() {
            return got(buf.append(&[byte]));
        }
        drop(memory);
        let before = buf.len();
        let received = how.recv(end, buf);
        let mut memory = locked(&self.0);
        memory.last = buf.filled()[before..].last().copied().or(memory.last);
        if memory.threads.len() > 2 {
            memory.again = memory.last.take();
        }
        received
    }
}

/// Who has received, and what came last.
#[derive(Default)]
struct Readers {
    threads: Vec<ThreadId>,
    last: Option<u8>,
    again: Option<u8>,
}

impl Readers {
    /// Notes the calling thread, and says whether it is the third one, here for the first time.
    fn is_third(&mut self) -> bool {
        let me = std::thread::current().id();
        let is_new = !self.threads.contains(&me);
        if is_new {
            self.threads.push(me);
        }
        is_new && self.threads.len() == 3
    }
}

#[derive(Default)]
struct ModeBorrowed(AtomicUsize);

impl Fault<MemStream> for ModeBorrowed {
    const NAME: &'static str = "mode-borrowed";
    const SAYS: &'static str =
        "setting the mode while a receive waits panics, for that has borrowed it";
    const FAILS: &'static [&'static str] =
        &["stream.deadline.setting", "stream.concurrent.all-at-once"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        self.0.fetch_add(1, SeqCst);
        let received = how.recv(end, buf);
        self.0.fetch_sub(1, SeqCst);
        received
    }

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        assert_eq!(self.0.load(SeqCst), 0, "already borrowed");
        end.set_mode(mode)
    }
}
