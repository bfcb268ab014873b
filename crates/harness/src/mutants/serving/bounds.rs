//! Servers that let a client take too much, or too little.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use sockrates_core::{Deadline, Endpoint, Result, SocketOption, Stream};

use super::{server, wrong};
use crate::mem::{Conduct, MemServer, MemStream};
use crate::{Mutant, ServerConfig};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<Sequential>(),
        server::<AnswersOneAtATime>(),
        server::<QueuesAnswers>(),
        server::<NeverIdle>(),
        server::<IdleFromStart>(),
        server::<IdleFromOrder>(),
        server::<IdleEarly>(),
    ]
}

#[derive(Default)]
struct Sequential;

wrong!(
    Sequential,
    "server-one-at-a-time",
    "clients are served one after the other, though it says that it serves several",
    [
        "server.serve.apart",
        "server.serve.many",
        "server.fault.error-others",
        "server.fault.panic-others",
        "server.fault.reset",
        "server.fault.unread",
        "server.bound.cap",
        "server.bound.slow",
        "server.bound.deaf"
    ]
);

impl Conduct for Sequential {
    fn begin(&self, server: &Arc<MemServer<Self>>, number: u64, conn: Arc<MemStream>, file: File) {
        server.serve(number, conn, file);
    }
}

#[derive(Default)]
struct AnswersOneAtATime(Mutex<()>);

wrong!(
    AnswersOneAtATime,
    "server-answers-one-at-a-time",
    "while one client's answer waits to be read, nobody is answered",
    ["server.bound.deaf"]
);

impl Conduct for AnswersOneAtATime {
    fn answer(&self, conn: &MemStream, line: &[u8]) -> Result<()> {
        let _turn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        conn.send_all(line, Deadline::NEVER)
    }
}

#[derive(Default)]
struct QueuesAnswers;

wrong!(
    QueuesAnswers,
    "server-queues-answers",
    "any number of answers is kept for a client that does not read them",
    ["server.bound.backpressure"]
);

impl Conduct for QueuesAnswers {
    fn accepted(&self, _: &MemServer<Self>, conn: &MemStream) {
        let _ = conn.set_option(SocketOption::SendBuffer, 1 << 30);
    }
}

#[derive(Default)]
struct NeverIdle;

wrong!(NeverIdle, "server-never-idle", "the idle timeout is ignored", ["server.bound.idle"]);

impl Conduct for NeverIdle {
    fn silent_until(&self, _: &ServerConfig, _: Instant, _: Instant, _: Instant) -> Deadline {
        Deadline::NEVER
    }
}

#[derive(Default)]
struct IdleFromStart;

wrong!(
    IdleFromStart,
    "server-idle-from-start",
    "the idle timeout counts from the start of a connection",
    ["server.bound.idle-active"]
);

impl Conduct for IdleFromStart {
    fn silent_until(
        &self,
        config: &ServerConfig,
        begun: Instant,
        _: Instant,
        _: Instant,
    ) -> Deadline {
        config.idle_timeout.map_or(Deadline::NEVER, |timeout| Deadline::at(begun + timeout))
    }
}

#[derive(Default)]
struct IdleFromOrder;

wrong!(
    IdleFromOrder,
    "server-idle-from-order",
    "the idle timeout counts from the last whole order",
    ["server.bound.idle-active"]
);

impl Conduct for IdleFromOrder {
    fn silent_until(
        &self,
        config: &ServerConfig,
        _: Instant,
        _: Instant,
        obeyed: Instant,
    ) -> Deadline {
        config.idle_timeout.map_or(Deadline::NEVER, |timeout| Deadline::at(obeyed + timeout))
    }
}

#[derive(Default)]
struct IdleEarly;

wrong!(
    IdleEarly,
    "server-idle-early",
    "the idle timeout is over when six tenths of it are",
    ["server.bound.idle"]
);

impl Conduct for IdleEarly {
    fn silent_until(
        &self,
        config: &ServerConfig,
        _: Instant,
        last: Instant,
        _: Instant,
    ) -> Deadline {
        let timeout = config.idle_timeout;
        timeout.map_or(Deadline::NEVER, |timeout| Deadline::at(last + timeout * 6 / 10))
    }
}
