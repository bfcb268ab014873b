//! A client as the checks of servers need it: it says orders, and names what it hears.

use std::cell::RefCell;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Error};

use crate::expect::{ensure, fail, told};
use crate::trace::shortened;
use crate::{Case, Conn, Server, ServerConfig, Stop};

/// How much is received at a time.
const CHUNK: usize = 64 << 10;

/// How long news may take that is there already, on a busy machine.
const AT_ONCE: Duration = Duration::from_millis(500);

/// A client of a server.
pub(super) struct Client<'a> {
    case: &'a Case<'a>,
    pub(super) conn: Conn,
    /// What has come and was not heard yet.
    pending: RefCell<Vec<u8>>,
}

/// What a client hears next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A line, without its end.
    Line(Vec<u8>),
    /// The end of the stream.
    End,
    /// Nothing in time.
    Nothing,
    /// An error, in words that are always the same.
    Error(String),
}

/// A server that has no bounds.
pub(super) fn serve(case: &Case<'_>) -> Result<Server, Stop> {
    case.serve(&ServerConfig::default())
}

/// A server that gives live connections so long when it stops.
pub(super) fn serve_grace(case: &Case<'_>, grace: Duration) -> Result<Server, Stop> {
    case.serve(&ServerConfig { grace, ..ServerConfig::default() })
}

impl<'a> Client<'a> {
    /// Connects to `server`, called `name`.
    pub(super) fn new(case: &'a Case<'a>, name: &str, server: &Server) -> Result<Self, Stop> {
        Self::at(case, name, server.addr())
    }

    /// Connects to `addr`, called `name`.
    pub(super) fn at(case: &'a Case<'a>, name: &str, addr: &Addr) -> Result<Self, Stop> {
        Ok(Self::on(case, case.connect_as(name, addr, case.soon())?))
    }

    /// A client on a connection that is there.
    pub(super) fn on(case: &'a Case<'a>, conn: Conn) -> Self {
        Self { case, conn, pending: RefCell::default() }
    }

    /// Sends these bytes.
    pub(super) fn send(&self, bytes: &[u8]) -> Result<(), Stop> {
        Ok(self.conn.send_all(bytes, self.case.soon())?)
    }

    /// Gives an order.
    pub(super) fn say(&self, order: &str) -> Result<(), Stop> {
        self.send(format!("{order}\n").as_bytes())
    }

    /// Gives an order that is answered as it is, and hears the answer.
    pub(super) fn ask(&self, order: &str) -> Result<(), Stop> {
        self.say(order)?;
        self.hears(order)
    }

    /// The next thing heard is `line`.
    pub(super) fn hears(&self, line: &str) -> Result<(), Stop> {
        let heard = self.hear()?;
        let name = self.conn.name();
        ensure(
            heard == Heard::Line(line.as_bytes().to_vec()),
            format!("{name} hears {line:?}"),
            format!("{name} hears {heard}"),
        )
    }

    /// The next thing heard is the end, and it comes in order.
    pub(super) fn ends(&self) -> Result<(), Stop> {
        let heard = self.hear()?;
        let name = self.conn.name();
        let permitted = format!("{name} hears the end");
        ensure(heard == Heard::End, permitted, format!("{name} hears {heard}"))
    }

    /// The next thing heard is that the connection is no more, in order or by a reset.
    pub(super) fn is_cut(&self) -> Result<(), Stop> {
        self.is_cut_by(self.case.soon())
    }

    /// As [`is_cut`](Self::is_cut), of a connection that was cut before: the news is there already.
    pub(super) fn was_cut(&self) -> Result<(), Stop> {
        self.is_cut_by(Deadline::after(AT_ONCE))
    }

    fn is_cut_by(&self, deadline: Deadline) -> Result<(), Stop> {
        let heard = self.hear_until(deadline)?;
        let cut = match &heard {
            Heard::End => true,
            Heard::Error(error) => error == "ECONNRESET" || error == "EPIPE",
            Heard::Line(_) | Heard::Nothing => false,
        };
        let name = self.conn.name();
        ensure(cut, format!("{name} hears the end"), format!("{name} hears {heard}"))
    }

    /// Nothing is heard for so long.
    pub(super) fn hears_nothing(&self, time: Duration) -> Result<(), Stop> {
        let heard = self.hear_until(Deadline::after(time))?;
        let name = self.conn.name();
        ensure(heard == Heard::Nothing, format!("{name} waits"), format!("{name} hears {heard}"))
    }

    /// What is heard next.
    pub(super) fn hear(&self) -> Result<Heard, Stop> {
        self.hear_until(self.case.soon())
    }

    fn hear_until(&self, deadline: Deadline) -> Result<Heard, Stop> {
        let mut pending = self.pending.borrow_mut();
        let mut searched = 0;
        loop {
            if let Some(at) = pending[searched..].iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = pending.drain(..=searched + at).collect();
                line.pop();
                return Ok(Heard::Line(line));
            }
            searched = pending.len();
            match self.conn.recv_until(CHUNK, deadline) {
                Ok(bytes) if !bytes.is_empty() => pending.extend(bytes),
                Ok(_) if pending.is_empty() => return Ok(Heard::End),
                Ok(_) => return fail("whole lines", "the end in the middle of a line"),
                Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
                Err(error) if error.is_timeout() => return Ok(Heard::Nothing),
                Err(error) => return Ok(Heard::Error(told(&error))),
            }
        }
    }
}

impl std::fmt::Display for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => {
                let text = String::from_utf8_lossy(line);
                f.write_str(&shortened(&format!("{text:?}")))
            }
            Self::End => f.write_str("the end"),
            Self::Nothing => f.write_str("nothing"),
            Self::Error(error) => f.write_str(error),
        }
    }
}
