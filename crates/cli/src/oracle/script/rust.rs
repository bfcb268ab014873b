//! The Rust test.

use std::fmt::Write;

use super::super::hunt::Found;
use super::super::operation::{Family, Flag, Kind, Operation, Opt, Place, Slot, Timeout, Wait};
use super::super::outcome::{Outcome, Value};
use super::super::sides::Comparison;
use super::origin;

/// A test for the `tests` folder of `sockrates-socket` that fails for as long as the operation that
/// diverged does not come to what it comes to in CPython. What comes before is asserted as it was.
pub(crate) fn rust(seed: u64, found: &Found) -> String {
    let mut text = origin(seed, found, "//!");
    text.push_str(IMPORTS);
    let _ = writeln!(text, "#[test]\nfn as_in_cpython() {{");
    for (number, step) in found.steps.iter().enumerate() {
        let Comparison { ours, theirs, divergence, .. } = &found.comparison;
        let side = if *divergence == Some(number) { theirs } else { ours };
        let Some(outcome) = side.get(number).filter(|outcome| !outcome.is_absent()) else {
            continue;
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {}", statement(&step.operation, number, outcome));
        let waits: Vec<_> = step.then.iter().map(|wait| waited(*wait)).collect();
        if outcome.unsettled {
            let _ = writeln!(text, "    assert!(!({}));", waits.join(" && "));
            break;
        }
        for wait in waits {
            let _ = writeln!(text, "    assert!({wait});");
        }
    }
    text.push_str("}\n");
    text.push_str(HELPERS);
    text
}

/// The call, and that it comes to `outcome`.
fn statement(operation: &Operation, number: usize, outcome: &Outcome) -> String {
    let call = call(operation, number);
    match operation.makes() {
        Some(slot) if outcome.is_ok() => format!("let s{slot} = {call}.unwrap();"),
        _ => {
            let (said, expected) = (format!("said({call}{})", shown(operation)), expected(outcome));
            let line = format!("assert_eq!({said}, {expected:?});");
            if line.len() <= WIDTH {
                return line;
            }
            format!("assert_eq!(\n        {said},\n        {expected:?},\n    );")
        }
    }
}

/// What fits on a line of a function.
const WIDTH: usize = 96;

/// The outcome in the words of `said`.
fn expected(outcome: &Outcome) -> String {
    let errno = outcome.errno.map_or(String::new(), |errno| format!(" {errno}"));
    let value = match &outcome.value {
        Value::Number(number) => format!(" {number}"),
        Value::Bytes(text) | Value::Message(text, _) => format!(" {text}"),
        Value::Address(text, _) | Value::Text(text) => format!(" {text}"),
        Value::None => String::new(),
    };
    format!("{}{errno}{value}", outcome.class).trim_end().to_owned()
}

/// How what the operation returns is shown.
fn shown(operation: &Operation) -> &'static str {
    match operation {
        Operation::ConnectEx { .. } | Operation::GetOption { option: Opt::Error, .. } => {
            ".map(code)"
        }
        Operation::Send { .. } | Operation::SendTo { .. } => ".map(text)",
        Operation::Recv { .. } | Operation::RecvFrom { .. } => ".map(hex)",
        Operation::GetOption { .. } => ".map(text)",
        Operation::GetSockName { .. } | Operation::GetPeerName { .. } => ".map(host)",
        Operation::GetTimeout { .. } => "",
        _ => ".map(done)",
    }
}

fn call(operation: &Operation, number: usize) -> String {
    let s = format!("s{}", operation.slot());
    let bytes = |len: usize| format!("&payload({number}, {len})");
    match *operation {
        Operation::Create { family, kind, timeout, .. } => {
            let family = if family == Family::V4 { "INET" } else { "INET6" };
            let kind = if kind == Kind::Tcp { "STREAM" } else { "DGRAM" };
            format!("create(Family::{family}, Type::{kind}, {})", seconds(timeout))
        }
        Operation::Bind { to, .. } => format!("{s}.bind({})", place(to, &s, true)),
        Operation::Listen { backlog, .. } => format!("{s}.listen({backlog:?})"),
        Operation::Connect { to, .. } => format!("{s}.connect({})", place(to, &s, false)),
        Operation::ConnectEx { to, .. } => format!("{s}.connect_ex({})", place(to, &s, false)),
        Operation::Accept { .. } => format!("{s}.accept().map(|(accepted, _)| accepted)"),
        Operation::Send { len, .. } => format!("{s}.send({})", bytes(len)),
        Operation::SendTo { len, to, .. } => {
            format!("{s}.send_to({}, {})", bytes(len), place(to, &s, false))
        }
        Operation::SendAll { len, .. } => format!("{s}.send_all({})", bytes(len)),
        Operation::SendAllSlowly { reader, .. } => format!("slowly(&{s}, &s{reader}, {number})"),
        Operation::Recv { len, flag, .. } => {
            format!("recv({len}, |buf| {s}.recv{})", flagged(flag))
        }
        Operation::RecvFrom { len, flag, .. } => {
            format!("recv({len}, |buf| {s}.recv_from{})", flagged(flag))
        }
        Operation::Shutdown { how, .. } => format!("{s}.shutdown_code({how})"),
        Operation::SetTimeout { timeout, .. } => {
            format!("set_timeout(&{s}, {})", seconds(timeout))
        }
        Operation::SetBlocking { on, .. } => format!("{s}.set_blocking({on})"),
        Operation::GetTimeout { .. } => format!("Ok(timeout(&{s}))"),
        Operation::GetSockName { .. } => format!("{s}.local_addr()"),
        Operation::GetPeerName { .. } => format!("{s}.peer_addr()"),
        Operation::GetOption { option: Opt::Error, .. } => {
            format!("{s}.take_error()")
        }
        Operation::GetOption { option, .. } => format!("{s}.option({})", named(option)),
        Operation::SetOption { option, value, .. } => {
            format!("{s}.set_option({}, {value})", named(option))
        }
        Operation::Dup { .. } => format!("{s}.dup()"),
        Operation::Close { .. } => format!("{s}.close()"),
    }
}

fn place(to: Place, socket: &str, to_bind: bool) -> String {
    if let Place::Of(other) = to {
        return format!("at(&s{other})");
    }
    let (v4, v6) = (to.spelled(Family::V4, to_bind), to.spelled(Family::V6, to_bind));
    if v4 == v6 { format!("{v4:?}") } else { format!("either(&{socket}, {v4:?}, {v6:?})") }
}

fn seconds(timeout: Timeout) -> String {
    match timeout.seconds() {
        None => "None".to_owned(),
        Some(secs) if secs.is_nan() => "Some(f64::NAN)".to_owned(),
        Some(secs) if secs.is_infinite() => "Some(f64::INFINITY)".to_owned(),
        Some(secs) => format!("Some({secs:?})"),
    }
}

fn flagged(flag: Flag) -> &'static str {
    match flag {
        Flag::Plain => "(buf)",
        Flag::Peek => "_with(buf, RecvFlags::PEEK)",
        Flag::WaitAll => "_with(buf, RecvFlags::WAITALL)",
        Flag::DontWait => "_with(buf, RecvFlags::DONTWAIT)",
        Flag::Trunc => "_with(buf, RecvFlags::TRUNC)",
    }
}

fn named(option: Opt) -> &'static str {
    match option {
        Opt::Error | Opt::Type => "SocketOption::SocketType",
        Opt::AcceptConn => "SocketOption::AcceptConn",
        Opt::KeepAlive => "SocketOption::KeepAlive",
        Opt::Broadcast => "SocketOption::Broadcast",
        Opt::NoDelay => "SocketOption::NoDelay",
    }
}

fn waited(wait: Wait) -> String {
    let until = |slot: Slot, there: String| format!("until(&s{slot}, |socket| {there})");
    match wait {
        Wait::Queued(slot, bytes) => {
            until(slot, format!("socket.queued().is_ok_and(|queued| queued >= {bytes})"))
        }
        Wait::Readable(slot) => until(slot, "polled(socket).read".to_owned()),
        Wait::Failed(slot) => until(slot, "polled(socket).error".to_owned()),
        Wait::Ended(slot) => until(slot, "![1, 4, 5].contains(&info(socket).0)".to_owned()),
        Wait::Over(slot) => until(slot, "info(socket).0 == 7".to_owned()),
        Wait::Answered(slot) => until(slot, "info(socket).0 != 2".to_owned()),
        Wait::Pending(slot, count) => {
            until(slot, format!("info(socket).0 != 10 || info(socket).1 == {count}"))
        }
    }
}

const IMPORTS: &str = "
#![allow(unused, reason = \"one program needs this of the helpers, another that\")]

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Errno, Error, Mode, Ready, Recv, RecvFlags, Result, SocketOption,
};
use sockrates_socket::{Family, Socket, Type};

";

const HELPERS: &str = r#"
fn said(outcome: Result<String>) -> String {
    match outcome {
        Ok(value) => format!("ok {value}").trim_end().to_owned(),
        Err(Error::Os { errno, .. }) => format!("{} {}", errno.python_name(), errno.code()),
        Err(Error::TimedOut { .. }) => "TimeoutError".to_owned(),
        Err(Error::Resolve { code, .. }) => format!("gaierror {code}"),
        Err(Error::Invalid { .. }) => "ValueError".to_owned(),
        Err(other) => other.to_string(),
    }
}

fn done<T>(_: T) -> String {
    String::new()
}

fn code(errno: Errno) -> String {
    errno.code().to_string()
}

fn text(value: impl ToString) -> String {
    value.to_string()
}

fn create(family: Family, kind: Type, timeout: Option<f64>) -> Result<Socket> {
    let socket = Socket::new(family, kind, None)?;
    set_timeout(&socket, timeout)?;
    Ok(socket)
}

fn set_timeout(socket: &Socket, timeout: Option<f64>) -> Result<()> {
    socket.set_mode(Mode::from_secs(timeout)?)
}

fn at(socket: &Socket) -> (String, u16) {
    match socket.local_addr() {
        Ok(Addr::Inet(addr)) => (addr.ip().to_string(), addr.port()),
        other => panic!("{other:?}"),
    }
}

fn host(addr: Addr) -> String {
    match addr {
        Addr::Inet(addr) => addr.ip().to_string(),
        other => other.to_string(),
    }
}

fn timeout(socket: &Socket) -> String {
    let timeout = socket.timeout().map(|timeout| format!("{:.3}", timeout.as_secs_f64()));
    format!("{} {}", timeout.unwrap_or("none".to_owned()), socket.is_blocking())
}

fn either<T>(socket: &Socket, v4: T, v6: T) -> T {
    if socket.family() == Family::INET { v4 } else { v6 }
}

fn payload(step: usize, len: usize) -> Vec<u8> {
    (0..len).map(|position| (step * 41 + position % 251 * 7) as u8).collect()
}

fn recv<P>(len: usize, call: impl FnOnce(&mut [u8]) -> Result<Recv<P>>) -> Result<Vec<u8>> {
    let mut buf = vec![0; len];
    let got = call(&mut buf)?.len;
    buf.truncate(got);
    Ok(buf)
}

fn hex(bytes: Vec<u8>) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn slowly(socket: &Socket, reader: &Socket, step: usize) -> Result<()> {
    socket.set_send_buffer_size(65536)?;
    reader.set_recv_buffer_size(65536)?;
    socket.set_timeout(Some(Duration::from_millis(100)))?;
    let (ended, ending) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut buf = vec![0; 65536];
            let pace = Duration::from_millis(8);
            while ending.recv_timeout(pace) == Err(RecvTimeoutError::Timeout) {
                let _ = reader.recv_with(&mut buf, RecvFlags::DONTWAIT);
            }
        });
        let sent = socket.send_all(&payload(step, 2 << 20));
        drop(ended);
        sent
    })
}

// What is waited for, so that nothing races the network.

fn until(socket: &Socket, there: impl Fn(&Socket) -> bool) -> bool {
    let end = Deadline::after(Duration::from_secs(3));
    while !socket.is_closed() && !there(socket) {
        if end.has_passed() {
            return false;
        }
        let _ = socket.wait(Ready::READ, Deadline::after(Duration::from_millis(1)));
    }
    true
}

fn polled(socket: &Socket) -> Ready {
    socket.wait(Ready::READ, Deadline::after(Duration::ZERO)).unwrap()
}

/// `TCP_INFO`: the state, and how many connections a listener holds.
fn info(socket: &Socket) -> (u8, u32) {
    let mut info = [0; 32];
    socket.raw_option(6, 11, &mut info).unwrap();
    (info[0], u32::from_ne_bytes(info[24..28].try_into().unwrap()))
}
"#;
