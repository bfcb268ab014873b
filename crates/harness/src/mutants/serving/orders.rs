//! Servers that take orders and answer them wrongly.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sockrates_core::{Deadline, Endpoint, RecvBuf, RecvFlags, Result, Transport};

use super::{server, wrong};
use crate::mem::{Conduct, Ending, MemServer, MemStream, Orders, Then};
use crate::{Action, Mutant, ServerConfig};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        server::<AnswersTwice>(),
        server::<LosesPipelined>(),
        server::<TakesPiecesForOrders>(),
        server::<SendsOnce>(),
        server::<DropsHalfClosed>(),
        server::<ResetsAtEnd>(),
        server::<NeverCloses>(),
        server::<SharesPieces>(),
        server::<ForgetsPieces>(),
        server::<ServesTwenty>(),
    ]
}

#[derive(Default)]
struct AnswersTwice;

wrong!(
    AnswersTwice,
    "server-answers-twice",
    "an order behind which another has arrived is answered twice",
    ["server.serve.order", "server.serve.half-close", "server.bound.cap-waits"]
);

impl Conduct for AnswersTwice {
    fn act(&self, orders: &Orders<'_, Self>, action: Action) -> Then {
        if let Action::Reply(line) = &action
            && orders.pending.contains(&b'\n')
            && orders.answer(line).is_err()
        {
            return Then::End(Ending::Broken);
        }
        orders.act(action)
    }
}

#[derive(Default)]
struct LosesPipelined;

wrong!(
    LosesPipelined,
    "server-loses-pipelined",
    "what has arrived behind an order is lost",
    [
        "server.serve.order",
        "server.serve.split",
        "server.serve.half-close",
        "server.serve.apart",
        "server.bound.cap-waits",
        "server.bound.slow",
        "server.stop.drains"
    ]
);

impl Conduct for LosesPipelined {
    fn obeyed(&self, orders: &mut Orders<'_, Self>) -> Then {
        orders.pending.clear();
        Then::GoOn
    }
}

#[derive(Default)]
struct TakesPiecesForOrders;

wrong!(
    TakesPiecesForOrders,
    "server-takes-pieces-for-orders",
    "up to four bytes that arrive at once are taken for a whole order",
    ["server.serve.split", "server.bound.idle-active", "server.stop.drains"]
);

impl Conduct for TakesPiecesForOrders {
    fn received(&self, orders: &mut Orders<'_, Self>, _: usize) -> Then {
        orders.take_piece()
    }

    fn obeyed(&self, orders: &mut Orders<'_, Self>) -> Then {
        orders.take_piece()
    }
}

impl Orders<'_, TakesPiecesForOrders> {
    fn take_piece(&mut self) -> Then {
        if (1..=4).contains(&self.pending.len()) && self.pending.last() != Some(&b'\n') {
            self.pending.push(b'\n');
        }
        Then::GoOn
    }
}

#[derive(Default)]
struct SendsOnce;

wrong!(
    SendsOnce,
    "server-sends-once",
    "of an answer only what one send takes is sent",
    ["server.serve.large", "server.serve.half-close"]
);

impl Conduct for SendsOnce {
    fn answer(&self, conn: &MemStream, line: &[u8]) -> Result<()> {
        let slice = [std::io::IoSlice::new(line)];
        conn.send_msg(&slice, None, sockrates_core::SendFlags::NONE, Deadline::NEVER).map(drop)
    }
}

#[derive(Default)]
struct DropsHalfClosed;

wrong!(
    DropsHalfClosed,
    "server-drops-half-closed",
    "once a client has ended its side, its other orders are dropped",
    ["server.serve.half-close"]
);

impl Conduct for DropsHalfClosed {
    fn obeyed(&self, orders: &mut Orders<'_, Self>) -> Then {
        let mut byte = [0];
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        match orders.conn.recv_msg(&mut RecvBuf::new(&mut byte), flags, Deadline::NEVER) {
            Ok(got) if got.len == 0 => Then::End(Ending::Done),
            _ => Then::GoOn,
        }
    }
}

#[derive(Default)]
struct ResetsAtEnd;

wrong!(
    ResetsAtEnd,
    "server-resets-at-end",
    "a connection whose handler has ended is reset",
    [
        "server.serve.half-close",
        "server.serve.close",
        "server.serve.many",
        "server.fault.told-only",
        "server.bound.cap-waits",
        "server.stop.rebind"
    ]
);

impl Conduct for ResetsAtEnd {
    fn close(&self, _: &MemServer<Self>, conn: &Arc<MemStream>, _: Ending) {
        let _ = conn.abort();
    }
}

#[derive(Default)]
struct NeverCloses;

wrong!(
    NeverCloses,
    "server-never-closes",
    "a connection whose handler has ended in order stays open",
    [
        "server.serve.half-close",
        "server.serve.close",
        "server.serve.many",
        "server.fault.told-only",
        "server.bound.cap-waits",
        "server.stop.rebind",
        "server.stop.leaves-nothing"
    ]
);

impl Conduct for NeverCloses {
    fn close(&self, _: &MemServer<Self>, conn: &Arc<MemStream>, ending: Ending) {
        if ending == Ending::Done {
            std::mem::forget(conn.dup());
        }
    }
}

#[derive(Default)]
struct SharesPieces(Mutex<Vec<u8>>);

wrong!(
    SharesPieces,
    "server-shares-pieces",
    "the pieces of orders of all clients are kept in one place",
    ["server.serve.apart", "server.bound.slow"]
);

impl Conduct for SharesPieces {
    fn received(&self, orders: &mut Orders<'_, Self>, _: usize) -> Then {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.append(&mut orders.pending);
        if let Some(end) = shared.iter().rposition(|byte| *byte == b'\n') {
            orders.pending.extend(shared.drain(..=end));
        }
        Then::GoOn
    }
}

/// How many orders were obeyed in all, and how many it had been at each connection's last piece.
#[derive(Default)]
struct ForgetsPieces(Mutex<(usize, HashMap<usize, usize>)>);

wrong!(
    ForgetsPieces,
    "server-forgets-pieces",
    "a piece of an order is forgotten when three orders of others were obeyed since",
    ["server.bound.slow"]
);

impl Conduct for ForgetsPieces {
    fn received(&self, orders: &mut Orders<'_, Self>, len: usize) -> Then {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (obeyed, pieces) = &mut *counts;
        let before = pieces.insert(Arc::as_ptr(orders.conn) as usize, *obeyed);
        if before.is_some_and(|before| *obeyed >= before + 3) {
            let kept = orders.pending.len().min(len);
            orders.pending.drain(..orders.pending.len() - kept);
        }
        Then::GoOn
    }

    fn act(&self, orders: &Orders<'_, Self>, action: Action) -> Then {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 += 1;
        orders.act(action)
    }
}

#[derive(Default)]
struct ServesTwenty;

wrong!(
    ServesTwenty,
    "server-serves-twenty",
    "no more than twenty clients are served at a time, though nobody has asked for a cap",
    ["server.serve.many"]
);

impl Conduct for ServesTwenty {
    fn has_place(&self, config: &ServerConfig, taken: usize) -> bool {
        taken < config.connections_max.unwrap_or(20)
    }
}
