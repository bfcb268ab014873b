//! The Python script.

use std::fmt::Write;

use super::super::hunt::Found;
use super::super::operation::{Flag, Operation, Opt, Place, Slot, Timeout, Wait};
use super::origin;

/// A script that prints what each operation comes to in CPython.
pub(crate) fn python(seed: u64, found: &Found) -> String {
    let mut text = origin(seed, found, "#");
    text.push_str(PRELUDE);
    for (number, step) in found.steps.iter().enumerate() {
        let call = call(&step.operation, number);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "said({number}, lambda: {call})");
        for wait in &step.then {
            let _ = writeln!(text, "{}", waited(*wait));
        }
    }
    text
}

fn call(operation: &Operation, number: usize) -> String {
    let slot = operation.slot();
    let own = |slot: Slot| format!("s[{slot}]");
    let socket = own(slot);
    let bytes = |len: usize| format!("payload({number}, {len})");
    match *operation {
        Operation::Create { family, kind, timeout, .. } => {
            let family = format!("{family:?}").to_lowercase();
            let kind = format!("{kind:?}").to_lowercase();
            format!("create({slot}, \"{family}\", \"{kind}\", {})", seconds(timeout))
        }
        Operation::Bind { to, .. } => format!("{socket}.bind({})", place(to, slot, true)),
        Operation::Listen { backlog, .. } => {
            let backlog = backlog.map_or(String::new(), |backlog| backlog.to_string());
            format!("{socket}.listen({backlog})")
        }
        Operation::Connect { to, .. } => format!("{socket}.connect({})", place(to, slot, false)),
        Operation::ConnectEx { to, .. } => {
            format!("{socket}.connect_ex({})", place(to, slot, false))
        }
        Operation::Accept { into, .. } => format!("accept({slot}, {into})"),
        Operation::Send { len, .. } => format!("{socket}.send({})", bytes(len)),
        Operation::SendTo { len, to, .. } => {
            format!("{socket}.sendto({}, {})", bytes(len), place(to, slot, false))
        }
        Operation::SendAll { len, .. } => format!("{socket}.sendall({})", bytes(len)),
        Operation::SendAllSlowly { reader, .. } => format!("slowly({slot}, {reader}, {number})"),
        Operation::Recv { len, flag, .. } => format!("{socket}.recv({len}, {})", flagged(flag)),
        Operation::RecvFrom { len, flag, .. } => {
            format!("{socket}.recvfrom({len}, {})", flagged(flag))
        }
        Operation::Shutdown { how, .. } => format!("{socket}.shutdown({how})"),
        Operation::SetTimeout { timeout, .. } => {
            format!("{socket}.settimeout({})", seconds(timeout))
        }
        Operation::SetBlocking { on, .. } => {
            format!("{socket}.setblocking({})", if on { "True" } else { "False" })
        }
        Operation::GetTimeout { .. } => format!("({socket}.gettimeout(), {socket}.getblocking())"),
        Operation::GetSockName { .. } => format!("{socket}.getsockname()"),
        Operation::GetPeerName { .. } => format!("{socket}.getpeername()"),
        Operation::GetOption { option, .. } => format!("{socket}.getsockopt({})", named(option)),
        Operation::SetOption { option, value, .. } => {
            format!("{socket}.setsockopt({}, {value})", named(option))
        }
        Operation::Dup { into, .. } => format!("s.__setitem__({into}, {socket}.dup())"),
        Operation::Close { .. } => format!("{socket}.close()"),
    }
}

fn place(to: Place, slot: Slot, to_bind: bool) -> String {
    if let Place::Of(other) = to {
        return format!("s[{other}].getsockname()[:2]");
    }
    let spelled = |family| {
        let (host, port) = to.spelled(family, to_bind);
        format!("(\"{host}\", {port})")
    };
    let v4 = spelled(super::super::operation::Family::V4);
    let v6 = spelled(super::super::operation::Family::V6);
    if v4 == v6 { v4 } else { format!("{v4} if v4({slot}) else {v6}") }
}

fn seconds(timeout: Timeout) -> String {
    match timeout.seconds() {
        None => "None".to_owned(),
        Some(secs) if secs.is_finite() => format!("{secs:?}"),
        Some(secs) => format!("float(\"{secs}\")"),
    }
}

fn flagged(flag: Flag) -> &'static str {
    match flag {
        Flag::Plain => "0",
        Flag::Peek => "socket.MSG_PEEK",
        Flag::WaitAll => "socket.MSG_WAITALL",
        Flag::DontWait => "socket.MSG_DONTWAIT",
        Flag::Trunc => "socket.MSG_TRUNC",
    }
}

fn named(option: Opt) -> &'static str {
    match option {
        Opt::Error => "socket.SOL_SOCKET, socket.SO_ERROR",
        Opt::Type => "socket.SOL_SOCKET, socket.SO_TYPE",
        Opt::AcceptConn => "socket.SOL_SOCKET, socket.SO_ACCEPTCONN",
        Opt::KeepAlive => "socket.SOL_SOCKET, socket.SO_KEEPALIVE",
        Opt::Broadcast => "socket.SOL_SOCKET, socket.SO_BROADCAST",
        Opt::NoDelay => "socket.IPPROTO_TCP, socket.TCP_NODELAY",
    }
}

fn waited(wait: Wait) -> String {
    match wait {
        Wait::Queued(slot, bytes) => format!("until(lambda: queued({slot}) >= {bytes})"),
        Wait::Readable(slot) => format!("until(lambda: polled({slot}) & select.POLLIN)"),
        Wait::Failed(slot) => format!("until(lambda: polled({slot}) & select.POLLERR)"),
        Wait::Ended(slot) => format!("until(lambda: info({slot})[0] not in (1, 4, 5))"),
        Wait::Over(slot) => format!("until(lambda: info({slot})[0] == 7)"),
        Wait::Answered(slot) => format!("until(lambda: info({slot})[0] != 2)"),
        Wait::Pending(slot, count) => {
            format!("until(lambda: info({slot})[0] != 10 or info({slot})[1] == {count})")
        }
    }
}

const PRELUDE: &str = r#"
import fcntl
import select
import socket
import struct
import termios
import threading
import time

s = {}


def said(number, call):
    try:
        print(number, "ok", call(), flush=True)
    except Exception as error:
        print(number, type(error).__name__, getattr(error, "errno", None), flush=True)


def create(slot, family, kind, timeout):
    families = {"v4": socket.AF_INET, "v6": socket.AF_INET6}
    kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
    s[slot] = socket.socket(families[family], kinds[kind])
    s[slot].settimeout(timeout)


def accept(slot, into):
    s[into], address = s[slot].accept()
    return address


def v4(slot):
    return s[slot].family == socket.AF_INET


def payload(step, length):
    return bytes((step * 41 + position % 251 * 7) & 255 for position in range(length))


def slowly(slot, reader, step):
    s[slot].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    s[reader].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    s[slot].settimeout(0.1)
    ended = threading.Event()

    def read():
        while not ended.wait(0.008):
            try:
                s[reader].recv(65536, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass

    reading = threading.Thread(target=read)
    reading.start()
    try:
        s[slot].sendall(payload(step, 2 << 20))
    finally:
        ended.set()
        reading.join()


# What is waited for, so that nothing races the network.


def until(there):
    end = time.monotonic() + 3
    while not there():
        if time.monotonic() > end:
            print("  and what follows from it did not", flush=True)
            return
        select.poll().poll(1)


def info(slot):
    told = s[slot].getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    return told[0], struct.unpack_from("I", told, 24)[0]


def polled(slot):
    poll = select.poll()
    poll.register(s[slot], select.POLLIN)
    return sum(events for _, events in poll.poll(0))


def queued(slot):
    return struct.unpack("i", fcntl.ioctl(s[slot], termios.FIONREAD, bytes(4)))[0]


"#;
