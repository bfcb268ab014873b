//! What the commands do that are about a socket.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::{Value, json};
use sockrates_core::{
    Deadline, Kind, Mode, Ready, RecvBuf, RecvFlags, Result, SendFlags, Shutdown, SocketOption,
    Transport,
};

use super::super::base64;
use super::super::end::DATA_MAX;
use super::order::{Deed, How, Name, Side};
use super::outcome::{Failed, Outcome, addr, ms, named, nothing, number, time};
use super::table::{Socket, Table};
use crate::{Conn, Got};

/// What comes of a command about the socket `on`.
pub(super) fn perform(table: &Table, on: &str, deed: Deed, until: Deadline) -> Outcome {
    let socket = match deed {
        Deed::Release => return table.release(on).map(nothing),
        _ => table.socket(on)?,
    };
    match deed {
        Deed::Accept { name } => accept(table, &socket, &name, until),
        Deed::Dup { name } => {
            let end = end(&socket)?;
            table.make([&name], || Ok([Socket::End(end.dup()?)])).map(nothing)
        }
        Deed::LocalAddr => addr(&match &*socket {
            Socket::End(end) => end.local_addr()?,
            Socket::Listener(listener) => listener.local_addr()?,
        }),
        deed => on_end(end(&socket)?, deed, until),
    }
}

fn end(socket: &Socket) -> Result<&Conn, Failed> {
    match socket {
        Socket::End(end) => Ok(end),
        Socket::Listener(_) => Err(Failed::Unsupported),
    }
}

fn accept(table: &Table, socket: &Arc<Socket>, name: &str, until: Deadline) -> Outcome {
    let mut from = None;
    table.make([name], || {
        let (conn, addr) = match &**socket {
            Socket::End(end) => end.accept(until)?,
            Socket::Listener(listener) => listener.accept(name, until)?,
        };
        from = Some(addr);
        Ok([Socket::End(conn)])
    })?;
    addr(&from.ok_or(Failed::Unsupported)?)
}

fn on_end(end: &Conn, deed: Deed, until: Deadline) -> Outcome {
    match deed {
        Deed::Send { data, to, flags } => send(end, &data, to.as_ref(), flags, until),
        Deed::Recv { max, flags } => recv(end, max, flags, until),
        Deed::Wait { read, write } => {
            let interest = Ready { read, write, ..Ready::default() };
            let Ready { read, write, error, hangup } = end.wait(interest, until)?;
            Ok(json!({"read": read, "write": write, "error": error, "hangup": hangup}))
        }
        Deed::Connect { to } => Ok(nothing(end.connect(&named(&to)?, until)?)),
        Deed::ConnectEx { to } => Ok(number(end.connect_ex(&named(&to)?)?)),
        Deed::Bind { addr } => Ok(nothing(end.bind(&named(&addr)?)?)),
        Deed::Listen { backlog } => Ok(nothing(end.listen(backlog)?)),
        Deed::PeerAddr => addr(&end.peer_addr()?),
        Deed::CloseSend => Ok(nothing(end.close_send()?)),
        Deed::Disconnect => Ok(nothing(end.disconnect()?)),
        Deed::Close => Ok(nothing(end.close()?)),
        Deed::Abort => Ok(nothing(end.abort()?)),
        Deed::Shutdown { how } => Ok(nothing(shutdown(end, &how)?)),
        Deed::TakeError => Ok(number(end.take_error()?)),
        Deed::Queued => Ok(json!({"n": end.queued()?})),
        Deed::Timeout => Ok(ms(end.mode().timeout())),
        Deed::SetTimeout { ms } => Ok(nothing(end.set_mode(Mode::from_timeout(time(ms)?)?)?)),
        Deed::GetOption { option } => Ok(json!({"value": end.option(known(&option)?)?})),
        Deed::SetOption { option, value } => Ok(nothing(end.set_option(known(&option)?, value)?)),
        Deed::Linger => Ok(ms(end.linger()?)),
        Deed::SetLinger { ms } => Ok(nothing(end.set_linger(time(ms)?)?)),
        Deed::Join { group, interface } => Ok(nothing(end.join(ip(&group)?, interface)?)),
        Deed::Leave { group, interface } => Ok(nothing(end.leave(ip(&group)?, interface)?)),
        Deed::Release | Deed::Accept { .. } | Deed::Dup { .. } | Deed::LocalAddr => {
            unreachable!("done before")
        }
        Deed::Unknown => Err(Failed::Unsupported),
    }
}

fn send(
    end: &Conn,
    data: &str,
    to: Option<&Value>,
    flags: Option<Vec<String>>,
    until: Deadline,
) -> Outcome {
    let flags = flags.iter().flatten().try_fold(SendFlags::NONE, |flags, name| {
        Ok::<_, Failed>(flags | send_flag(name).ok_or(Failed::Unsupported)?)
    })?;
    let data = base64::decode(data).ok_or_else(|| Failed::Text("`data` is no base64".into()))?;
    within("data", data.len())?;
    let to = to.map(named).transpose()?;
    let n = match to {
        Some(to) => end.clone().toward(to).send_with(&[&data], flags, until)?,
        None => end.send_with(&[&data], flags, until)?,
    };
    Ok(json!({"n": n}))
}

fn recv(end: &Conn, max: usize, flags: Option<Vec<String>>, until: Deadline) -> Outcome {
    within("max", max)?;
    let flags = flags.iter().flatten().try_fold(RecvFlags::NONE, |flags, name| {
        Ok::<_, Failed>(flags | recv_flag(name).ok_or(Failed::Unsupported)?)
    })?;
    if end.kind() == Kind::Stream {
        return recv_bytes(end, max, flags, until);
    }
    let Got { bytes, len, from, truncated } = end.recv_with(max, flags, until)?;
    let mut told = json!({"data": base64::encode(&bytes), "truncated": truncated});
    if let Some(from) = from {
        told["from"] = addr(&from)?["addr"].take();
    }
    if flags.contains(RecvFlags::TRUNC) {
        told["len"] = json!(len);
    }
    Ok(told)
}

fn recv_bytes(end: &Conn, max: usize, flags: RecvFlags, until: Deadline) -> Outcome {
    let mut memory = vec![0; max];
    let mut buf = RecvBuf::new(&mut memory);
    let received = end.recv_msg(&mut buf, flags, until);
    let bytes = buf.filled();
    match received {
        Ok(_) => Ok(json!({"data": base64::encode(bytes)})),
        Err(error) => Err(Failed::Partly(bytes.to_vec(), error)),
    }
}

fn within(what: &str, n: usize) -> Result<(), Failed> {
    match n <= DATA_MAX {
        true => Ok(()),
        false => Err(Failed::Text(format!("{what}: {n} bytes; at most {DATA_MAX} go at once"))),
    }
}

fn recv_flag(name: &str) -> Option<RecvFlags> {
    Some(match name {
        "peek" => RecvFlags::PEEK,
        "waitall" => RecvFlags::WAITALL,
        "dontwait" => RecvFlags::DONTWAIT,
        "oob" => RecvFlags::OOB,
        "trunc" => RecvFlags::TRUNC,
        _ => return None,
    })
}

fn send_flag(name: &str) -> Option<SendFlags> {
    Some(match name {
        "dontwait" => SendFlags::DONTWAIT,
        "oob" => SendFlags::OOB,
        "more" => SendFlags::MORE,
        "dontroute" => SendFlags::DONTROUTE,
        _ => return None,
    })
}

fn shutdown(end: &Conn, how: &How) -> Result<()> {
    end.shutdown(match how {
        How::Number(how) => return end.endpoint().shutdown_by_number(*how),
        How::Named(Side::Read) => Shutdown::Read,
        How::Named(Side::Write) => Shutdown::Write,
        How::Named(Side::Both) => Shutdown::Both,
    })
}

/// What these bring comes beside the data, where the protocol carries nothing.
const BESIDE: [SocketOption; 6] = [
    SocketOption::RecvTtl,
    SocketOption::RecvTos,
    SocketOption::RecvPacketInfo,
    SocketOption::RecvTimestamp,
    SocketOption::RecvErrors,
    SocketOption::Gro,
];

fn known(option: &Name) -> Result<SocketOption, Failed> {
    match option {
        Name::Numbers(level, name) => Ok(SocketOption::Raw { level: *level, name: *name }),
        Name::Known(name) => {
            let mut all = SocketOption::ALL.iter().copied();
            let found = all.find(|option| option.name() == name);
            found.filter(|option| !BESIDE.contains(option)).ok_or(Failed::Unsupported)
        }
    }
}

fn ip(text: &str) -> Result<IpAddr, Failed> {
    text.parse().map_err(|_| Failed::Text(format!("{text:?} is no IP address")))
}
