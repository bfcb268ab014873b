//! Ways to wait for one of many.

use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

use crate::contest::Absent;
use crate::served::descriptors;

/// Connected pairs, of which any way to wait waits for the near ends.
#[derive(Clone, Debug)]
pub struct Ends {
    near: Rc<[UnixStream]>,
    far: Rc<[UnixStream]>,
}

impl Ends {
    /// `count` pairs, the near ends of which have low numbers: select takes none above 1023.
    ///
    /// # Errors
    /// Where the process may not open as many.
    pub fn new(count: usize) -> Result<Self, Absent> {
        descriptors(u64::from(HIGH.unsigned_abs()) + count as u64 + 64)?;
        let absent = |error| Absent(format!("{count} pairs: {error}"));
        let (mut near, mut far) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (low, other) = UnixStream::pair().map_err(absent)?;
            let high: OwnedFd = rustix::io::fcntl_dupfd_cloexec(&other, HIGH)
                .map_err(|error| absent(error.into()))?;
            near.push(low);
            far.push(high.into());
        }
        Ok(Self { near: near.into(), far: far.into() })
    }

    /// Those that are waited for.
    #[must_use]
    pub fn near(&self) -> &[UnixStream] {
        &self.near
    }

    /// Has one of them become readable, sees that `wait` finds it, and reads it empty.
    ///
    /// # Panics
    /// Where it finds another.
    pub fn turn(&self, number: usize, wait: &mut impl Wait) {
        (&self.far[number]).write_all(b"x").expect("a write");
        assert_eq!(wait.wait(), number, "another");
        let mut byte = [0];
        (&self.near[number]).read_exact(&mut byte).expect("a read");
    }
}

/// A way to wait for one of many.
pub trait Wait {
    /// Waits until one is ready, and tells which.
    fn wait(&mut self) -> usize;
}

/// mio's poll, edge-triggered as it is.
#[derive(Debug)]
pub struct Mio {
    poll: Poll,
    events: Events,
}

impl Mio {
    /// # Panics
    /// Where there is no descriptor for it.
    #[must_use]
    pub fn new(ends: &Ends) -> Self {
        let poll = Poll::new().expect("a poll");
        for (number, end) in ends.near().iter().enumerate() {
            let mut end = SourceFd(&end.as_raw_fd());
            let entered = poll.registry().register(&mut end, Token(number), Interest::READABLE);
            entered.expect("register");
        }
        Self { poll, events: Events::with_capacity(1024) }
    }
}

impl Wait for Mio {
    fn wait(&mut self) -> usize {
        self.poll.poll(&mut self.events, None).expect("poll");
        self.events.iter().next().expect("one that is ready").token().0
    }
}

/// Above what the near ends of a thousand pairs take.
const HIGH: i32 = 2048;
