//! A socket in an agent, as one end of a conversation.

use std::io::IoSlice;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Kind, Listener, Mode, Op, Ready, Recv, RecvBuf,
    RecvFlags, Result, SendFlags, Shutdown, SocketOption, Transport,
};

use super::client::{Answer, Client};
use super::{address, base64, reply};

/// The most that one command carries, and the most that one receive asks for. A stream may take
/// and bring less than it is asked to.
pub(super) const DATA_MAX: usize = 256 << 10;

/// A socket of an agent's, by the name it was given. It is released with its last handle here.
#[derive(Debug)]
pub(super) struct End {
    client: Arc<Client>,
    handle: String,
    kind: Kind,
}

/// A listener of an agent's.
#[derive(Debug)]
pub(super) struct EndListener(pub(super) End);

impl End {
    /// The end of the name `handle`, which the agent knows.
    pub(super) fn new(client: Arc<Client>, handle: String, kind: Kind) -> Self {
        Self { client, handle, kind }
    }

    fn ask(&self, op: Op, cmd: &str, more: Value) -> Result<Answer> {
        self.client.ask(op, self.command(cmd, more))
    }

    fn ask_until(&self, op: Op, cmd: &str, more: Value, deadline: Deadline) -> Result<Answer> {
        self.client.ask_until(op, self.command(cmd, more), deadline)
    }

    fn command(&self, cmd: &str, mut more: Value) -> Value {
        more["cmd"] = json!(cmd);
        more["on"] = json!(self.handle);
        more
    }

    /// What `read` makes of a field of an answer.
    fn field<T>(
        &self,
        op: Op,
        answer: &Answer,
        name: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T> {
        let told = answer.get(name).and_then(read);
        told.ok_or_else(|| {
            let wrong = answer.get(name).and_then(|value| reply::mistyped(name, value));
            let wrong = wrong.unwrap_or_else(|| format!("lacks a usable `{name}`"));
            self.client.nonsense(op, answer, &wrong)
        })
    }

    fn number<N: TryFrom<i64>>(&self, op: Op, answer: &Answer, name: &str) -> Result<N> {
        self.field(op, answer, name, |value| N::try_from(value.as_i64()?).ok())
    }

    fn addr(&self, op: Op, cmd: &str) -> Result<Addr> {
        let answer = self.ask(op, cmd, json!({}))?;
        self.field(op, &answer, "addr", address::from_json)
    }

    /// An error number that is an answer: 0 is none.
    fn errno(&self, op: Op, answer: &Answer) -> Result<Errno> {
        let read = reply::errno(&Value::Object(answer.clone()));
        match read {
            Ok(Some(errno)) => Ok(errno),
            Ok(None) => Err(self.client.nonsense(op, answer, "lacks an `errno` or a `code`")),
            Err(fault) => Err(self.client.nonsense(op, answer, &fault)),
        }
    }

    fn sibling(&self, handle: String) -> Self {
        Self::new(Arc::clone(&self.client), handle, self.kind)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // An agent that is gone has no sockets left.
        let _ = self.ask_until(Op::Close, "release", json!({}), Deadline::NEVER);
    }
}

impl Transport for End {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        let max = buf.remaining().min(DATA_MAX);
        let mut command = json!({"max": max});
        add_flags(&mut command, &format!("{flags:?}"), flags.is_empty());
        let command = self.command("recv", command);
        let mut taken = Vec::new();
        let received = self.client.receive(command, deadline, |bytes| taken.extend(bytes));
        if taken.len() > max {
            let more = Answer::new();
            return Err(self.client.nonsense(Op::Recv, &more, "took more than `max`"));
        }
        buf.append(&taken);
        let answer = received?;
        let bytes = self.field(Op::Recv, &answer, "data", |data| base64::decode(data.as_str()?))?;
        if bytes.len() > max {
            return Err(self.client.nonsense(Op::Recv, &answer, "has more `data` than `max`"));
        }
        buf.append(&bytes);
        let len = match answer.get("len") {
            None => bytes.len(),
            Some(_) => self.number(Op::Recv, &answer, "len")?,
        };
        let peer = match answer.get("from") {
            None => Addr::Unnamed,
            Some(_) => self.field(Op::Recv, &answer, "from", address::from_json)?,
        };
        Ok(Recv { len, peer, truncated: answer.get("truncated") == Some(&Value::Bool(true)) })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let mut data: Vec<u8> = Vec::new();
        for slice in bytes {
            data.extend_from_slice(&slice[..slice.len().min(DATA_MAX - data.len())]);
        }
        let mut command = json!({"data": base64::encode(&data)});
        if let Some(to) = to {
            command["to"] = address::to_json(to).ok_or(Error::Unsupported { op: Op::Send })?;
        }
        add_flags(&mut command, &format!("{flags:?}"), flags.is_empty());
        let answer = self.ask_until(Op::Send, "send", command, deadline)?;
        let taken: usize = self.number(Op::Send, &answer, "n")?;
        if taken > data.len() {
            return Err(self.client.nonsense(Op::Send, &answer, "took more than it was given"));
        }
        Ok(taken)
    }

    fn close_send(&self) -> Result<()> {
        self.ask(Op::Shutdown, "close_send", json!({})).map(drop)
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn mode(&self) -> Mode {
        let Ok(answer) = self.ask(Op::SetMode, "timeout", json!({})) else { return Mode::Blocking };
        let timeout = duration(answer.get("ms"));
        timeout.and_then(|timeout| Mode::from_timeout(timeout).ok()).unwrap_or_default()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        let ms = milliseconds(mode.timeout());
        self.ask(Op::SetMode, "set_timeout", json!({"ms": ms})).map(drop)
    }
}

impl Endpoint for End {
    fn local_addr(&self) -> Result<Addr> {
        self.addr(Op::LocalAddr, "local_addr")
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.addr(Op::PeerAddr, "peer_addr")
    }

    fn bind(&self, addr: &Addr) -> Result<()> {
        let addr = address::to_json(addr).ok_or(Error::Unsupported { op: Op::Bind })?;
        self.ask(Op::Bind, "bind", json!({"addr": addr})).map(drop)
    }

    fn listen(&self, backlog: i32) -> Result<()> {
        self.ask(Op::Listen, "listen", json!({"backlog": backlog})).map(drop)
    }

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        let handle = self.client.handle();
        let answer = self.ask_until(Op::Accept, "accept", json!({"as": handle}), deadline)?;
        let conn = self.sibling(handle);
        Ok((conn, self.field(Op::Accept, &answer, "addr", address::from_json)?))
    }

    fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        let to = address::to_json(addr).ok_or(Error::Unsupported { op: Op::Connect })?;
        self.ask_until(Op::Connect, "connect", json!({"to": to}), deadline).map(drop)
    }

    fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        let to = address::to_json(addr).ok_or(Error::Unsupported { op: Op::Connect })?;
        let answer =
            self.ask_until(Op::Connect, "connect_ex", json!({"to": to}), Deadline::NEVER)?;
        self.errno(Op::Connect, &answer)
    }

    fn disconnect(&self) -> Result<()> {
        self.ask(Op::Disconnect, "disconnect", json!({})).map(drop)
    }

    fn take_error(&self) -> Result<Errno> {
        let answer = self.ask(Op::GetOption, "take_error", json!({}))?;
        self.errno(Op::GetOption, &answer)
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        let how = match how {
            Shutdown::Read => "read",
            Shutdown::Write => "write",
            Shutdown::Both => "both",
        };
        self.ask(Op::Shutdown, "shutdown", json!({"how": how})).map(drop)
    }

    fn shutdown_by_number(&self, how: i32) -> Result<()> {
        self.ask(Op::Shutdown, "shutdown", json!({"how": how})).map(drop)
    }

    fn close(&self) -> Result<()> {
        self.ask_until(Op::Close, "close", json!({}), Deadline::NEVER).map(drop)
    }

    fn abort(&self) -> Result<()> {
        self.ask_until(Op::Abort, "abort", json!({}), Deadline::NEVER).map(drop)
    }

    fn dup(&self) -> Result<Self> {
        let handle = self.client.handle();
        self.ask(Op::Dup, "dup", json!({"as": handle}))?;
        Ok(self.sibling(handle))
    }

    fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let wanted = json!({"read": interest.read, "write": interest.write});
        let answer = self.ask_until(Op::Wait, "wait", wanted, deadline)?;
        let is = |name: &str| answer.get(name) == Some(&Value::Bool(true));
        Ok(Ready { read: is("read"), write: is("write"), error: is("error"), hangup: is("hangup") })
    }

    fn queued(&self) -> Result<usize> {
        let answer = self.ask(Op::Queued, "queued", json!({}))?;
        self.number(Op::Queued, &answer, "n")
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        let name = option_json(option);
        let answer = self.ask(Op::GetOption, "get_option", json!({"option": name}))?;
        self.number(Op::GetOption, &answer, "value")
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        let command = json!({"option": option_json(option), "value": value});
        self.ask(Op::SetOption, "set_option", command).map(drop)
    }

    fn linger(&self) -> Result<Option<Duration>> {
        let answer = self.ask(Op::GetOption, "linger", json!({}))?;
        self.field(Op::GetOption, &answer, "ms", |ms| duration(Some(ms)))
    }

    fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        let ms = milliseconds(linger);
        self.ask(Op::SetOption, "set_linger", json!({"ms": ms})).map(drop)
    }

    fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        let command = json!({"group": group.to_string(), "interface": interface});
        self.ask(Op::SetOption, "join", command).map(drop)
    }

    fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
        let command = json!({"group": group.to_string(), "interface": interface});
        self.ask(Op::SetOption, "leave", command).map(drop)
    }
}

impl Listener for EndListener {
    type Conn = End;

    fn accept(&self, deadline: Deadline) -> Result<(End, Addr)> {
        self.0.accept(deadline)
    }

    fn local_addr(&self) -> Result<Addr> {
        self.0.local_addr()
    }
}

/// Flags by their names in lower case.
fn add_flags(command: &mut Value, flags: &str, none: bool) {
    if !none {
        let names: Vec<_> = flags.split('|').map(str::to_ascii_lowercase).collect();
        command["flags"] = json!(names);
    }
}

/// An option by its name in C; one without a name here by its numbers.
fn option_json(option: SocketOption) -> Value {
    match option {
        SocketOption::Raw { level, name } => json!([level, name]),
        named => json!(named.name()),
    }
}

fn milliseconds(time: Option<Duration>) -> Option<f64> {
    time.map(|time| time.as_secs_f64() * 1000.0)
}

/// A time in milliseconds, where null is none; `None` where it is neither.
fn duration(ms: Option<&Value>) -> Option<Option<Duration>> {
    match ms? {
        Value::Null => Some(None),
        ms => Duration::try_from_secs_f64(ms.as_f64()? / 1000.0).ok().map(Some),
    }
}
