//! What every agent does, whatever its sockets.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Step;
use super::visit::{Fault, Visit, bytes, receiving, succeeded, unsupported};
use crate::Caps;
use crate::agent::base64;
use crate::agent::reply::{Failure, What};

pub(super) const STEPS: &[Step] = &[
    Step {
        title: "answers ping",
        needs: Caps::NONE,
        mend: "answer `ping` with {\"id\":…,\"ok\":{}}",
        run: |visit| visit.ask(json!({"cmd": "ping"}), "{\"ok\":{}}", succeeded),
    },
    Step {
        title: "says that it does not know a command",
        needs: Caps::NONE,
        mend: "answer every `cmd` that you do not know with {\"id\":…,\"unsupported\":true}",
        run: |visit| {
            let expected = "{\"unsupported\":true}";
            visit.ask(json!({"cmd": "no-such-command"}), expected, unsupported)
        },
    },
    Step {
        title: "makes a pair, and forgets it",
        needs: Caps::NONE,
        mend: "`pair` makes two connected sockets and keeps them by the names in `as` and `and`; \
               `release` closes the one in `on` and forgets its name",
        run: |visit| {
            let (a, b) = visit.pair()?;
            visit.release([&a, &b])
        },
    },
    Step {
        title: "carries a few bytes from one end to the other",
        needs: Caps::NONE,
        mend: "`send` answers in `n` how many bytes it took of the decoded `data`; `recv` answers \
               the bytes in `data`, as base64 with padding",
        run: carries,
    },
    Step {
        title: "carries every byte as it is",
        needs: Caps::NONE,
        mend: "decode `data` from base64 to bytes, not to text, and encode what came the same way",
        run: every_byte,
    },
    Step {
        title: "receives no more than `max`",
        needs: Caps::NONE,
        mend: "hand `max` to the receive as the size of its buffer",
        run: at_most,
    },
    Step {
        title: "does other commands while a receive waits, and says that it has started",
        needs: Caps::NONE,
        mend: "do what waits on a thread of its own (or by callbacks), and write `started` with \
               the command's id before it waits; flush each line",
        run: at_once,
    },
    Step {
        title: "keeps several receives apart",
        needs: Caps::NONE,
        mend: "each answer has the `id` of its own command, whichever ends first",
        run: apart,
    },
    Step {
        title: "refuses a socket that it does not know",
        needs: Caps::NONE,
        mend: "answer {\"id\":…,\"err\":{\"text\":\"there is no socket …\"}} where `on` names none",
        run: |visit| refuses(visit, "nobody"),
    },
    Step {
        title: "knows a released socket no more",
        needs: Caps::NONE,
        mend: "take the name out of the table in `release`",
        run: |visit| {
            let (a, b) = visit.pair()?;
            visit.release([&a, &b])?;
            refuses(visit, &a)
        },
    },
    Step {
        title: "refuses a name that is taken",
        needs: Caps::NONE,
        mend: "answer with an `err` that has a `text` where `as` or `and` is a name already",
        run: taken,
    },
    Step {
        title: "forgets everything at reset",
        needs: Caps::NONE,
        mend: "close every socket at `reset` and clear the table",
        run: |visit| {
            let (a, _) = visit.pair()?;
            visit.done(json!({"cmd": "reset"}))?;
            refuses(visit, &a)
        },
    },
    Step {
        title: "keeps a deadline, and loses nothing by it",
        needs: Caps::DEADLINE,
        mend: "with `limit_ms` fail after that many milliseconds, not before, with \
               {\"err\":{\"kind\":\"timed-out\"}}, and leave what comes later to the next receive",
        run: deadline,
    },
];

fn carries(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.send(b"hello", &a, &b)?;
    expect(visit, &b, 100, b"hello")?;
    visit.release([&a, &b])
}

fn every_byte(visit: &Visit<'_>) -> Result<(), Fault> {
    let all: Vec<u8> = (0..=255).collect();
    let (a, b) = visit.pair()?;
    // Of each length there is a padding to be got wrong.
    for len in [256, 255, 254] {
        visit.send(&all[..len], &a, &b)?;
        expect(visit, &b, 4096, &all[..len])?;
    }
    visit.release([&a, &b])
}

fn at_most(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.send(b"hello", &a, &b)?;
    expect(visit, &b, 4, b"hell")?;
    visit.release([&a, &b])
}

/// The next receive on `name` brings `expected`.
fn expect(visit: &Visit<'_>, name: &str, max: usize, expected: &[u8]) -> Result<(), Fault> {
    let words = format!("{{\"ok\":{{\"data\":\"{}\"…}}}}", base64::encode(expected));
    visit.ask(receiving(name, max), &words, |what| (bytes(what)? == expected).then_some(()))
}

fn at_once(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    let waiting = visit.give(receiving(&b, 100));
    visit.started(&waiting)?;
    visit.ask(json!({"cmd": "ping"}), "{\"ok\":{}} while a receive waits", succeeded)?;
    visit.send(b"late", &a, &b)?;
    let expected = "{\"ok\":{\"data\":\"bGF0ZQ==\"…}} once it was sent";
    visit.take(&waiting, expected, |what| (bytes(what)? == b"late").then_some(()))?;
    visit.release([&a, &b])
}

fn apart(visit: &Visit<'_>) -> Result<(), Fault> {
    let (first, second) = (visit.pair()?, visit.pair()?);
    let waits = [visit.give(receiving(&first.1, 9)), visit.give(receiving(&second.1, 9))];
    visit.started(&waits[0])?;
    visit.started(&waits[1])?;
    visit.send(b"two", &second.0, &second.1)?;
    let brought =
        |expected: &'static [u8]| move |what: &What| (bytes(what)? == expected).then_some(());
    visit.take(&waits[1], "{\"ok\":{\"data\":\"dHdv\"…}}, the second's bytes", brought(b"two"))?;
    visit.send(b"one", &first.0, &first.1)?;
    visit.take(&waits[0], "{\"ok\":{\"data\":\"b25l\"…}}, the first's bytes", brought(b"one"))?;
    visit.release([&first.0, &first.1])?;
    visit.release([&second.0, &second.1])
}

fn refuses(visit: &Visit<'_>, name: &str) -> Result<(), Fault> {
    visit.ask(receiving(name, 1), "{\"err\":{\"text\":…}}", |what| {
        matches!(what, What::Failed(Failure::Refused(_))).then_some(())
    })
}

fn taken(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    let mut command = visit.making("pair", &a);
    command["and"] = json!(visit.name());
    visit.ask(command, "{\"err\":{\"text\":…}}", |what| {
        matches!(what, What::Failed(Failure::Refused(_))).then_some(())
    })?;
    visit.send(b"still here", &a, &b)?;
    expect(visit, &b, 100, b"still here")?;
    visit.release([&a, &b])
}

fn deadline(visit: &Visit<'_>) -> Result<(), Fault> {
    const LIMIT: Duration = Duration::from_millis(50);
    let (a, b) = visit.pair()?;
    let mut command = receiving(&b, 100);
    command["limit_ms"] = json!(LIMIT.as_millis() as u64);
    let begun = Instant::now();
    let expected = "{\"err\":{\"kind\":\"timed-out\"}} after 50 ms";
    visit
        .ask(command, expected, |what| (*what == What::Failed(Failure::TimedOut)).then_some(()))?;
    let took = begun.elapsed();
    if took < LIMIT {
        let came = format!("the answer after {} ms", took.as_millis());
        return Err(visit.fault(expected, came));
    }
    visit.send(b"hello", &a, &b)?;
    expect(visit, &b, 100, b"hello")?;
    visit.release([&a, &b])
}
