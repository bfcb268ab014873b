//! A connection's orders, one after the other.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Instant;

use sockrates_core::{Error, RecvBuf, RecvFlags, Result, Transport};

use super::{Conduct, Ending, MemServer};
use crate::mem::MemStream;
use crate::{Action, obey};

/// How much is received at a time.
const CHUNK: usize = 4096;

/// What comes after an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The next one.
    GoOn,
    /// Nothing: the handler has ended.
    End(Ending),
}

/// The orders of one connection.
pub(crate) struct Orders<'a, C: Conduct> {
    pub(crate) server: &'a MemServer<C>,
    pub(crate) conn: &'a Arc<MemStream>,
    /// What has come and is no whole order yet.
    pub(crate) pending: Vec<u8>,
}

impl<'a, C: Conduct> Orders<'a, C> {
    pub(super) fn new(server: &'a MemServer<C>, conn: &'a Arc<MemStream>) -> Self {
        Self { server, conn, pending: Vec::new() }
    }

    /// Obeys one order after the other until the connection is to end.
    pub(super) fn obey_all(mut self) -> Ending {
        let conduct = &self.server.conduct;
        let begun = Instant::now();
        let (mut last, mut obeyed) = (begun, begun);
        let mut silent = true;
        loop {
            let until = conduct.silent_until(&self.server.config, begun, last, obeyed);
            let mut bytes = [0; CHUNK];
            let mut buf = RecvBuf::new(&mut bytes);
            let len = match self.conn.recv_msg(&mut buf, RecvFlags::NONE, until) {
                Ok(got) if got.len == 0 && silent => return Ending::Left,
                Ok(got) if got.len == 0 => return Ending::Done,
                Ok(got) => got.len,
                Err(Error::TimedOut { .. }) => return Ending::Idle,
                Err(_) => return Ending::Broken,
            };
            silent = false;
            self.pending.extend_from_slice(buf.filled());
            last = Instant::now();
            if let Then::End(ending) = conduct.received(&mut self, len) {
                return ending;
            }
            while let Some(order) = self.next() {
                obeyed = last;
                if let Then::End(ending) = conduct.act(&self, obey(&order)) {
                    return ending;
                }
                if let Then::End(ending) = conduct.obeyed(&mut self) {
                    return ending;
                }
            }
        }
    }

    /// The next whole order, without its end.
    fn next(&mut self) -> Option<Vec<u8>> {
        let end = self.pending.iter().position(|byte| *byte == b'\n')?;
        let mut order: Vec<u8> = self.pending.drain(..=end).collect();
        order.pop();
        Some(order)
    }

    /// Does what an order asks for.
    pub(crate) fn act(&self, action: Action) -> Then {
        let answered = match action {
            Action::Reply(line) => self.answer(&line),
            Action::Stop(line) => {
                self.server.conduct.stop_within(self.server);
                self.answer(&line)
            }
            Action::Close => return Then::End(Ending::Done),
            Action::Fail => return Then::End(Ending::Failed),
            Action::Abort => return Then::End(Ending::Aborted),
            // Unlike `panic!` it writes nothing.
            Action::Panic => resume_unwind(Box::new("a handler panics on demand")),
        };
        match answered {
            Ok(()) => Then::GoOn,
            Err(_) => Then::End(Ending::Broken),
        }
    }

    pub(crate) fn answer(&self, line: &[u8]) -> Result<()> {
        self.server.conduct.answer(self.conn, line)
    }
}
