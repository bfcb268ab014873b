//! What agents do that declare more.

use serde_json::json;
use sockrates_core::{Errno, Kind};

use super::Step;
use super::visit::{Fault, Visit, failed, field, receiving, succeeded};
use crate::Caps;
use crate::agent::address;
use crate::agent::reply::{Failure, What};

pub(super) const STEPS: &[Step] = &[
    Step {
        title: "tells addresses",
        needs: Caps::ADDRESSES.and(Caps::INET),
        mend: "`local_addr` answers {\"addr\":[\"127.0.0.1\",port]}: the address as text, the \
               port as a number",
        run: addresses,
    },
    Step {
        title: "does not wait in non-blocking mode",
        needs: Caps::NONBLOCK,
        mend: "after `set_timeout` with 0, operations that would wait fail with \
               {\"err\":{\"errno\":\"EAGAIN\",\"code\":…}}",
        run: never_waits,
    },
    Step {
        title: "times out, where its socket has a timeout",
        needs: Caps::TIMEOUT,
        mend: "after `set_timeout`, operations fail with {\"err\":{\"kind\":\"timed-out\"}} once \
               so many milliseconds have passed; `timeout` tells what was set",
        run: times_out,
    },
    Step {
        title: "takes connections",
        needs: Caps::LISTEN.and(Caps::CONNECT),
        mend: "`listener` binds and listens on port 0 of `subject`'s address; `client` connects to \
               `to`; `accept` keeps the new socket under `as` and answers the client's `addr`",
        run: accepts,
    },
    Step {
        title: "says that nobody listens",
        needs: Caps::LISTEN.and(Caps::CONNECT).and(Caps::INET),
        mend: "errors of the system are {\"err\":{\"errno\":\"ECONNREFUSED\",\"code\":…}}: its \
               name in C, and its number",
        run: refused,
    },
    Step {
        title: "makes bare sockets",
        needs: Caps::SOCKET.and(Caps::ADDRESSES),
        mend: "`socket` only makes one; `bind` takes the address that `hello` tells as `any`",
        run: bare,
    },
    Step {
        title: "tells what it is ready for",
        needs: Caps::READY,
        mend: "`wait` answers {\"read\":…,\"write\":…,\"error\":…,\"hangup\":…}, each true or \
               false; with `limit_ms` 0 at once",
        run: ready,
    },
    Step {
        title: "knows closed sockets as closed",
        needs: Caps::CLOSE,
        mend: "`close` keeps the name: a receive then fails with \
               {\"err\":{\"errno\":\"EBADF\",\"code\":…}}, and to close again is no error",
        run: closed,
    },
];

fn addresses(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    let expected = "{\"ok\":{\"addr\":[\"an IP address\",port]}}";
    visit.ask(json!({"cmd": "local_addr", "on": a}), expected, |what| {
        address::from_json(field(what, "addr")?)?.as_inet().map(drop)
    })?;
    visit.release([&a, &b])
}

fn never_waits(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.done(json!({"cmd": "set_timeout", "on": b, "ms": 0}))?;
    let expected = "{\"err\":{\"errno\":\"EAGAIN\"…}}";
    visit.ask(receiving(&b, 1), expected, |what| failed(what, Errno::EAGAIN))?;
    visit.release([&a, &b])
}

fn times_out(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.done(json!({"cmd": "set_timeout", "on": b, "ms": 40}))?;
    visit.ask(json!({"cmd": "timeout", "on": b}), "{\"ok\":{\"ms\":40}}", |what| {
        (field(what, "ms")?.as_f64()? == 40.0).then_some(())
    })?;
    visit.ask(receiving(&b, 1), "{\"err\":{\"kind\":\"timed-out\"}}", |what| {
        (*what == What::Failed(Failure::TimedOut)).then_some(())
    })?;
    visit.done(json!({"cmd": "set_timeout", "on": b, "ms": null}))?;
    visit.release([&a, &b])
}

fn accepts(visit: &Visit<'_>) -> Result<(), Fault> {
    let [l, c, s] = [(); 3].map(|()| visit.name());
    visit.done(visit.making("listener", &l))?;
    let at = visit.done(json!({"cmd": "local_addr", "on": l}))?;
    let mut command = visit.making("client", &c);
    command["to"] = at.get("addr").cloned().unwrap_or_default();
    visit.done(command)?;
    let expected = "{\"ok\":{\"addr\":…}}, the client's address";
    visit.ask(json!({"cmd": "accept", "on": l, "as": s}), expected, |what| {
        address::from_json(field(what, "addr")?).map(drop)
    })?;
    visit.send(b"in", &c, &s)?;
    visit.release([&c, &s])?;
    visit.done(json!({"cmd": "release", "on": l})).map(drop)
}

fn refused(visit: &Visit<'_>) -> Result<(), Fault> {
    if visit.kind == Kind::Datagram {
        return Ok(());
    }
    let [l, c] = [(); 2].map(|()| visit.name());
    visit.done(visit.making("listener", &l))?;
    let at = visit.done(json!({"cmd": "local_addr", "on": l}))?;
    visit.done(json!({"cmd": "release", "on": l}))?;
    let mut command = visit.making("client", &c);
    command["to"] = at.get("addr").cloned().unwrap_or_default();
    let expected = "{\"err\":{\"errno\":\"ECONNREFUSED\"…}}";
    visit.ask(command, expected, |what| failed(what, Errno::ECONNREFUSED))
}

fn bare(visit: &Visit<'_>) -> Result<(), Fault> {
    let [s, t] = [(); 2].map(|()| visit.name());
    visit.done(visit.making("socket", &s))?;
    visit.done(visit.making("socket", &t))?;
    visit.release([&s, &t])
}

fn ready(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    let look = json!({"cmd": "wait", "on": b, "read": true, "write": false, "limit_ms": 0});
    let reads = |what: &What| field(what, "read")?.as_bool();
    let no = "{\"ok\":{\"read\":false…}}, as nothing was sent";
    visit.ask(look, no, |what| reads(what).filter(|read| !read))?;
    visit.send(b"x", &a, &b)?;
    let wait = json!({"cmd": "wait", "on": b, "read": true, "write": false});
    let yes = "{\"ok\":{\"read\":true…}}, as a byte was sent";
    visit.ask(wait, yes, |what| reads(what).filter(|read| *read))?;
    visit.release([&a, &b])
}

fn closed(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, b) = visit.pair()?;
    visit.done(json!({"cmd": "close", "on": a}))?;
    let expected = "{\"err\":{\"errno\":\"EBADF\"…}}";
    visit.ask(receiving(&a, 1), expected, |what| failed(what, Errno::EBADF))?;
    visit.ask(json!({"cmd": "close", "on": a}), "{\"ok\":{}}, closed already", succeeded)?;
    visit.release([&a, &b])
}
