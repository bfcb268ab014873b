//! What streams do.

use serde_json::json;

use super::Step;
use super::visit::{Fault, Visit, bytes, receiving};
use crate::Caps;
use crate::agent::reply::What;

pub(super) const STEPS: &[Step] = &[
    Step {
        title: "tells the end of a stream as empty data",
        needs: Caps::NONE,
        mend: "when the peer has closed, `recv` answers {\"ok\":{\"data\":\"\"}}; `release` has to \
               close the socket, not only to forget it",
        run: end,
    },
    Step {
        title: "ends one direction alone",
        needs: Caps::HALF_CLOSE,
        mend: "`close_send` is shutdown(SHUT_WR): the peer sees the end, and can still send",
        run: half,
    },
    Step {
        title: "leaves what it peeks at",
        needs: Caps::PEEK,
        mend: "hand MSG_PEEK to the receive where `flags` has \"peek\"",
        run: peek,
    },
];

fn is_end(what: &What) -> Option<()> {
    bytes(what)?.is_empty().then_some(())
}

fn end(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.done(json!({"cmd": "release", "on": a}))?;
    visit.ask(receiving(&b, 9), "{\"ok\":{\"data\":\"\"}}, as the peer was released", is_end)?;
    visit.done(json!({"cmd": "release", "on": b})).map(drop)
}

fn half(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.done(json!({"cmd": "close_send", "on": a}))?;
    visit.ask(receiving(&b, 9), "{\"ok\":{\"data\":\"\"}}, as the peer has ended", is_end)?;
    visit.send(b"back", &b, &a)?;
    let expected = "{\"ok\":{\"data\":\"YmFjaw==\"}}, by the other direction";
    visit.ask(receiving(&a, 9), expected, |what| (bytes(what)? == b"back").then_some(()))?;
    visit.release([&a, &b])
}

fn peek(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.send(b"twice", &a, &b)?;
    let mut look = receiving(&b, 9);
    look["flags"] = json!(["peek"]);
    let same = |what: &What| (bytes(what)? == b"twice").then_some(());
    visit.ask(look, "{\"ok\":{\"data\":\"dHdpY2U=\"}}", same)?;
    visit.ask(receiving(&b, 9), "{\"ok\":{\"data\":\"dHdpY2U=\"}}, once more", same)?;
    visit.release([&a, &b])
}
