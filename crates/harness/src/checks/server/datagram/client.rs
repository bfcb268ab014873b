//! A client that asks in datagrams.

use std::time::Duration;

use sockrates_core::{Addr, Deadline, Error, RecvFlags};

use crate::expect::{ensure, fail, same_bytes, told};
use crate::trace::shortened;
use crate::{Case, Conn, Server, Stop};

/// More than a datagram holds.
const ROOM: usize = 1 << 16;

/// How long an answer may be to be quoted.
const SHORT: usize = 100;

/// A client of a server: bound, and not connected, so that it hears whoever answers.
pub(super) struct Client<'a> {
    case: &'a Case<'a>,
    conn: Conn,
}

impl<'a> Client<'a> {
    /// A client with an address of its own, "s1", "s2" and so on.
    pub(super) fn new(case: &'a Case<'a>, server: &Server) -> Result<Self, Stop> {
        let (socket, _) = case.bound()?;
        Ok(Self { case, conn: socket.toward(server.addr().clone()) })
    }

    /// Gives an order.
    pub(super) fn say(&self, order: &[u8]) -> Result<(), Stop> {
        self.conn.send_until(order, self.case.soon())?;
        Ok(())
    }

    /// Gives an order that is answered as it is, and hears the answer.
    pub(super) fn ask(&self, order: &str) -> Result<(), Stop> {
        self.say(order.as_bytes())?;
        self.hears(order.as_bytes())
    }

    /// The next thing heard is `answer`.
    pub(super) fn hears(&self, answer: &[u8]) -> Result<(), Stop> {
        let (heard, _) = self.hear()?;
        if answer.len() > SHORT {
            return same_bytes("the answer", answer, &heard);
        }
        let name = self.conn.name();
        let permitted = || format!("{name} hears {}", quoted(answer));
        ensure(heard == answer, permitted(), format!("{name} hears {}", quoted(&heard)))
    }

    /// The next thing heard, and from whom.
    pub(super) fn hear(&self) -> Result<(Vec<u8>, Option<Addr>), Stop> {
        let name = self.conn.name();
        match self.conn.recv_with(ROOM, RecvFlags::NONE, self.case.soon()) {
            Ok(got) => Ok((got.bytes, got.from)),
            Err(Error::Unsupported { op }) => Err(Stop::Unsupported(op)),
            Err(error) if error.is_timeout() => {
                fail(format!("{name} is answered"), format!("{name} hears nothing"))
            }
            Err(error) => fail(format!("{name} is answered"), told(&error)),
        }
    }

    /// No answer comes for so long. An error is none.
    pub(super) fn hears_nothing(&self, time: Duration) -> Result<(), Stop> {
        let heard = self.conn.recv_until(ROOM, Deadline::after(time));
        let name = self.conn.name();
        match heard {
            Ok(bytes) => {
                fail(format!("{name} hears nothing"), format!("{name} hears {}", quoted(&bytes)))
            }
            Err(_) => Ok(()),
        }
    }
}

fn quoted(bytes: &[u8]) -> String {
    shortened(&format!("{:?}", String::from_utf8_lossy(bytes)))
}
