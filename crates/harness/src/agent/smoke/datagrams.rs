//! What datagrams do.

use serde_json::{Value, json};

use super::Step;
use super::visit::{Fault, Visit, bytes, field, receiving};
use crate::Caps;
use crate::agent::address;
use crate::agent::reply::What;

pub(super) const STEPS: &[Step] = &[
    Step {
        title: "keeps messages apart, and empty ones too",
        needs: Caps::NONE,
        mend: "each `recv` brings one message; one of no bytes is {\"ok\":{\"data\":\"\"…}}",
        run: boundaries,
    },
    Step {
        title: "tells who sent a message",
        needs: Caps::SENDTO.and(Caps::ADDRESSES),
        mend: "`recv` of a datagram answers the sender's address in `from`",
        run: sender,
    },
    Step {
        title: "tells that a message lost its tail",
        needs: Caps::TRUNC,
        mend: "`recv` answers {\"truncated\":true} where the message was longer than `max`, and \
               the rest of it is gone",
        run: truncated,
    },
];

fn boundaries(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    for message in [&b"one"[..], b"", b"three"] {
        visit.send(message, &a, &b)?;
    }
    for (message, words) in [
        (&b"one"[..], "{\"ok\":{\"data\":\"b25l\"…}}, the first message"),
        (b"", "{\"ok\":{\"data\":\"\"…}}, the empty message"),
        (b"three", "{\"ok\":{\"data\":\"dGhyZWU=\"…}}, the third message"),
    ] {
        visit.ask(receiving(&b, 100), words, |what| (bytes(what)? == message).then_some(()))?;
    }
    visit.release([&a, &b])
}

fn sender(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    let own = visit.done(json!({"cmd": "local_addr", "on": a}))?;
    let own = own.get("addr").and_then(address::from_json);
    visit.send(b"hi", &a, &b)?;
    let expected = "{\"ok\":{\"data\":\"aGk=\",\"from\":…}}, the sender's address";
    visit.ask(receiving(&b, 9), expected, |what| {
        (address::from_json(field(what, "from")?) == own).then_some(())
    })?;
    visit.release([&a, &b])
}

fn truncated(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.send(b"too long", &a, &b)?;
    visit.send(b"short", &a, &b)?;
    let told = |what: &What, expected: bool| {
        let told = field(what, "truncated").and_then(Value::as_bool).unwrap_or(false);
        (told == expected).then_some(())
    };
    let lost = "{\"ok\":{\"data\":\"dG9v\",\"truncated\":true…}}";
    visit
        .ask(receiving(&b, 3), lost, |what| told(what, true).filter(|()| bytes(what).is_some()))?;
    let whole = "{\"ok\":{\"data\":\"c2hvcnQ=\",\"truncated\":false…}}";
    visit.ask(receiving(&b, 100), whole, |what| {
        told(what, false).filter(|()| bytes(what).as_deref() == Some(b"short"))
    })?;
    visit.release([&a, &b])
}
