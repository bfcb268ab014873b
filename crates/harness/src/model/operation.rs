//! What each operation permits, in one possible state.

use crate::trace::Step;

use super::ways::Ways;
use super::world::{Handle, Id, Mode, Patience, Phase, World};
use super::{connection, datagram, stream};

/// What `step` permits in the state `world`, and where what came about leads.
pub(super) fn ways(world: &World, step: &Step) -> Ways {
    // Every subject may say that it cannot do something; whether it should is for the clauses.
    if step.failed(&["unsupported"]) {
        return Ways::anything(world);
    }
    if step.on.is_empty() {
        return connection::by_case(world, step);
    }
    let Some((id, handle)) = world.of(step) else { return Ways::anything(world) };
    if step.op == Step::DROP {
        return Ways::then(world, |world| world.let_go(&step.on));
    }
    if handle.closed {
        return on_closed(world, step);
    }
    match &*step.op {
        "close" => Ways::then(world, |world| world.let_go(&step.on)),
        "abort" => abort(world, step, id),
        "set_mode" => set_mode(world, step),
        "dup" => connection::dup(world, step, (id, handle)),
        "getsockname" => getsockname(world, step, id),
        "setsockopt" => setsockopt(world, step, id),
        // Groups and broadcasts reach sockets by ways that no operation tells.
        "join" | "leave" => Ways::then(world, |world| world.strays = true),
        "bind" => bind(world, step, id),
        _ if !world.is_clear(id) => blurred(world, step, (id, handle)),
        "listen" => connection::listen(world, step, id),
        "accept" => connection::accept(world, step, (id, handle)),
        "connect" if !world.nature.is_stream => datagram::connect(world, step, id),
        "connect_ex" if !world.nature.is_stream => datagram::connect(world, step, id),
        "disconnect" if !world.nature.is_stream => {
            Ways::then(world, |world| world.sockets[id].toward = None)
        }
        "connect" | "connect_ex" => connection::connect(world, step, (id, handle)),
        "disconnect" => Ways::then(world, |world| world.blur(id)),
        "close_send" | "shutdown" => shutdown(world, step, id),
        "take_error" => take_error(world, step, id),
        "poll" => poll(world, step, id),
        "queued" => queued(world, step, id),
        op => moving(world, step, op, (id, handle)),
    }
}

fn moving(world: &World, step: &Step, op: &str, (id, handle): (Id, &Handle)) -> Ways {
    let connected = world.peer(id).is_some() && world.nature.is_stream;
    match op {
        "recv" | "recvmsg" if !world.nature.is_stream => datagram::recv(world, step, (id, handle)),
        "send" | "sendmsg" if !world.nature.is_stream => datagram::send(world, step, id),
        "recv" | "recvmsg" | "recv_exact" | "recv_to_end" if connected => {
            stream::recv(world, step, (id, handle))
        }
        "send" | "sendmsg" | "send_all" if connected => stream::send(world, step, (id, handle)),
        "recv" | "send" | "recvmsg" | "sendmsg" | "recv_exact" | "recv_to_end" | "send_all" => {
            unconnected(world, step, id)
        }
        _ => Ways::anything(world),
    }
}

/// Nothing can be moved where there is no connection.
fn unconnected(world: &World, step: &Step, id: Id) -> Ways {
    let mut ways = Ways::default();
    let nothing = step.is_ok() && step.n.unwrap_or(0) == 0;
    match world.sockets[id].phase {
        Phase::Idle | Phase::Listening(_) => {
            ways.may("an error, for there is no connection", step.err.is_some(), world, |_| ());
            if step.len == Some(0) {
                ways.may("0 bytes", nothing, world, |_| ());
            }
            ways
        }
        // An attempt may have succeeded meanwhile, to whom is not known.
        _ => Ways::then(world, |world| world.blur(id)),
    }
}

/// A closed handle fails, and stays closed.
fn on_closed(world: &World, step: &Step) -> Ways {
    let mut ways = Ways::default();
    if matches!(&*step.op, "close" | "abort") {
        ways.may("success", step.is_ok(), world, |_| ());
    }
    if step.op == "connect_ex" {
        ways.may("EBADF", step.value == "EBADF", world, |_| ());
    }
    let io = matches!(
        &*step.op,
        "recv" | "recv_exact" | "recv_to_end" | "recvmsg" | "send" | "send_all" | "sendmsg"
    );
    if matches!(&*step.op, "recv_exact" | "send_all") && step.len == Some(0) {
        ways.may("0 bytes", step.is_ok(), world, |_| ());
    }
    if io || matches!(&*step.op, "close" | "abort" | "connect_ex" | "accept" | "shutdown") {
        ways.may("EBADF", step.err.is_some(), world, |_| ());
        return ways;
    }
    Ways::anything(world)
}

/// What happens on a socket that the model has lost sight of, as far as it matters for the rest.
fn blurred(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    match &*step.op {
        "accept" if step.is_ok() => Ways::then(world, |world| {
            let made = world.make(step.made.first().map_or("?", String::as_str), Phase::Attempted);
            world.blur(made);
        }),
        "dup" => connection::dup(world, step, (id, handle)),
        "send" | "sendmsg" if !world.nature.is_stream => {
            Ways::then(world, |world| world.strays = true)
        }
        _ => Ways::anything(world),
    }
}

fn abort(world: &World, step: &Step, id: Id) -> Ways {
    Ways::then(world, |world| {
        if step.failed(&["EBADF"]) {
            return;
        }
        world.sockets[id].resets = true;
        world.let_go(&step.on);
    })
}

fn set_mode(world: &World, step: &Step) -> Ways {
    Ways::then(world, |world| {
        if let Some(handle) = world.handles.get_mut(&step.on).filter(|_| step.is_ok()) {
            let unknown = handle.mode == Mode::Unknown;
            handle.mode = if unknown { Mode::Unknown } else { Mode::told(&step.args) };
        }
    })
}

fn getsockname(world: &World, step: &Step, id: Id) -> Ways {
    Ways::then(world, |world| {
        let named = step.is_ok() && !step.value.ends_with(":0") && step.value != "(unnamed)";
        if named && step.value != "#0" {
            world.name(id, &step.value);
        }
    })
}

fn bind(world: &World, step: &Step, id: Id) -> Ways {
    Ways::then(world, |world| {
        let Some(to) = step.to.as_ref().filter(|_| step.is_ok()) else { return };
        if to == "(unnamed)" {
            // The system has chosen a name, which nobody has told yet.
            world.sockets[id].local = None;
        } else if !to.ends_with(":0") && to != "#0" {
            world.name(id, to);
        }
    })
}

fn setsockopt(world: &World, step: &Step, id: Id) -> Ways {
    Ways::then(world, |world| {
        if step.args.starts_with("SO_LINGER") && step.is_ok() {
            world.sockets[id].resets = step.args.ends_with("Some(0ns)");
        }
        if step.args.starts_with("SO_OOBINLINE") {
            world.blur(id);
        }
    })
}

fn shutdown(world: &World, step: &Step, id: Id) -> Ways {
    let (sends, receives) = match (&*step.op, &*step.args) {
        ("close_send", _) | (_, "Write") => (true, false),
        (_, "Read") => (false, true),
        (_, "Both") => (true, true),
        _ => return Ways::anything(world),
    };
    let mut ways = Ways::default();
    let socket = &world.sockets[id];
    let peer = world.peer(id);
    if peer.is_none() && world.nature.is_stream {
        let listening = matches!(socket.phase, Phase::Listening(_));
        let attempted = socket.phase == Phase::Attempted;
        if listening || attempted {
            return Ways::then(world, |world| world.blur(id));
        }
        ways.may("ENOTCONN", step.err.is_some(), world, |_| ());
        return ways;
    }
    ways.may("success", step.is_ok(), world, |world| {
        let unable = &mut world.sockets[id].unable;
        unable.to_send |= sends;
        unable.to_receive |= receives;
        if let Some(peer) = peer.filter(|_| sends) {
            world.sockets[peer].flow.fin = true;
        }
    });
    let over = socket.flow.reset || socket.flow.reset_told || world.is_left(id);
    if over || !world.nature.is_stream || socket.unable != Default::default() {
        ways.may("ENOTCONN", step.err.is_some(), world, |_| ());
    }
    ways
}

fn take_error(world: &World, step: &Step, id: Id) -> Ways {
    if !world.nature.is_stream || world.peer(id).is_none() {
        return Ways::anything(world);
    }
    let mut ways = Ways::default();
    ways.may("no error", step.value == "SUCCESS", world, |_| ());
    ways.may("an error of its own", step.err.is_some(), world, |_| ());
    if world.sockets[id].flow.reset || world.is_left(id) {
        let came = matches!(&*step.value, "ECONNRESET" | "EPIPE" | "ECONNABORTED");
        ways.may("ECONNRESET", came, world, |world| world.sockets[id].flow.reset_told = true);
    }
    ways
}

/// Readiness to receive, where there is something, and none where there cannot be anything.
fn poll(world: &World, step: &Step, id: Id) -> Ways {
    let wants = step.args.split('+').any(|word| word == "read");
    if !world.nature.is_stream || world.peer(id).is_none() || !wants || !step.is_ok() {
        return Ways::anything(world);
    }
    let mut ways = Ways::default();
    let socket = &world.sockets[id];
    let told = step.value.split('+').any(|word| word == "read");
    let flow = &socket.flow;
    let something = flow.rope.len() > 0 || flow.fin || flow.ended || flow.reset || flow.reset_told;
    if something || socket.unable.to_receive {
        ways.may("ready to receive", told, world, |world| {
            let flow = &mut world.sockets[id].flow;
            if flow.rope.len() > 0 && !flow.reset {
                flow.arrived = flow.arrived.max(1);
            }
        });
    }
    let patience = Patience { never: false, waits: true, ms: step.ms };
    let in_vain = patience.proves() && step.value == "nothing";
    let surely = (flow.rope.len() > 0 || flow.fin) && !flow.ended;
    if !(surely && in_vain) && flow.arrived == 0 {
        ways.may("not ready to receive", !told, world, |_| ());
    }
    ways
}

fn queued(world: &World, step: &Step, id: Id) -> Ways {
    let told = step.value.parse::<usize>().ok().filter(|_| step.is_ok());
    let (Some(told), true, true) = (told, world.nature.is_stream, world.peer(id).is_some()) else {
        return Ways::anything(world);
    };
    let flow = &world.sockets[id].flow;
    let (least, most) = (flow.arrived.min(flow.rope.len()), flow.rope.len());
    let mut ways = Ways::default();
    // Some systems count the end of the stream as a byte.
    let came = (least..=most + usize::from(flow.fin)).contains(&told) || flow.reset;
    ways.may(format!("{least} to {most} bytes"), came, world, |world| {
        let flow = &mut world.sockets[id].flow;
        flow.arrived = flow.arrived.max(told.min(flow.rope.len()));
    });
    ways
}
