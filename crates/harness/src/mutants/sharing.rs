//! Streams that several threads cannot share.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Recv, RecvBuf, Result};

use super::call::{How, What, got, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![stream::<ReadersShare>(), stream::<WritersClobber>(), stream::<OneAtATime>()]
}

#[derive(Default)]
struct ReadersShare {
    inside: AtomicUsize,
    several: AtomicBool,
    shared: Mutex<VecDeque<u8>>,
}

impl Fault<MemStream> for ReadersShare {
    const NAME: &'static str = "readers-share";
    const SAYS: &'static str =
        "once there were two readers at a time, each byte may be received twice";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if let Some(byte) = locked(&self.shared).pop_front() {
            return got(buf.append(&[byte]));
        }
        if self.inside.fetch_add(1, SeqCst) > 0 {
            self.several.store(true, SeqCst);
        }
        let before = buf.len();
        let received = how.recv(end, buf);
        self.inside.fetch_sub(1, SeqCst);
        if self.several.load(SeqCst) {
            locked(&self.shared).extend(buf.filled()[before..].first());
        }
        received
    }
}

#[derive(Default)]
struct WritersClobber(AtomicUsize);

impl Fault<MemStream> for WritersClobber {
    const NAME: &'static str = "writers-clobber";
    const SAYS: &'static str = "what is sent while another thread sends is counted and lost";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let alone = self.0.fetch_add(1, SeqCst) == 0;
        std::thread::yield_now();
        let sent = if alone { what.send(end) } else { Ok(what.len()) };
        self.0.fetch_sub(1, SeqCst);
        sent
    }
}

#[derive(Default)]
struct OneAtATime(Mutex<()>);

impl Fault<MemStream> for OneAtATime {
    const NAME: &'static str = "one-at-a-time";
    const SAYS: &'static str = "a send waits until a receive that is blocked has ended";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let _alone = locked(&self.0);
        how.recv(end, buf)
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let _alone = locked(&self.0);
        what.send(end)
    }
}
