//! What a connection of bytes permits.

use crate::trace::{Data, Step};

use super::ways::Ways;
use super::world::{Handle, Id, Patience, World};

/// So many bytes may be in more parts than the system takes.
const PARTS_MANY: usize = 1024;

/// A receive, whether of some bytes, of an exact number, or of all to the end.
pub(super) fn recv(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    if step.flags.contains("OOB") || step.flags.contains("TRUNC") {
        return Ways::anything(world);
    }
    match (&*step.op, step.len) {
        ("recv_exact", Some(len)) => recv_exact(world, step, len, (id, handle)),
        ("recv_to_end", _) => recv_to_end(world, step, (id, handle)),
        (_, Some(0)) => {
            let mut ways = Ways::default();
            ways.may("0 bytes", step.is_ok() && step.n == Some(0), world, |_| ());
            may_not(&mut ways, world, step, (id, handle), |_| ());
            ways
        }
        _ => recv_some(world, step, (id, handle)),
    }
}

fn recv_some(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    let mut ways = Ways::default();
    let flow = &world.sockets[id].flow;
    let peek = step.flags.contains("PEEK");
    if step.err.is_some() && step.n.is_some_and(|n| n > 0) {
        // It was to fill the buffer, and failed in the middle.
        match taken(world, step, id) {
            Some(after) => may_not(&mut ways, &after, step, (id, handle), |_| ()),
            None => ways.permitted.push("the bytes that were sent".to_owned()),
        }
        return ways;
    }
    let most = flow.rope.len().min(step.len.unwrap_or(usize::MAX));
    if most > 0 && !flow.ended {
        let patience = Patience::of(step, handle);
        let waits = !patience.never && patience.ms.is_none();
        let fills = step.flags.contains("WAITALL") && !peek && waits && !flow.fin && !flow.reset;
        let least = if fills { step.len.unwrap_or(1) } else { 1 };
        let len = step.n.unwrap_or(0);
        let right = step.is_ok() && (least..=most).contains(&len) && step.value.is_empty()
            || step.is_ok() && (least..=most).contains(&len) && step.op == "recvmsg";
        let taken = step.data.as_ref().filter(|data| right && data.len() == len);
        let mut rope = flow.rope.clone();
        let came = taken.is_some_and(|data| rope.take(data));
        let words = match least {
            1 if most == 1 => "1 byte, the next of those sent".to_owned(),
            1 => format!("1 to {most} bytes, the next of those sent"),
            _ => format!("{least} bytes, the next of those sent"),
        };
        ways.may(words, came, world, |world| {
            let flow = &mut world.sockets[id].flow;
            if peek {
                flow.arrived = flow.arrived.max(len);
            } else {
                flow.rope = rope;
                flow.arrived = flow.arrived.saturating_sub(len);
            }
        });
    }
    let end = step.is_ok() && step.n == Some(0);
    may_end(&mut ways, world, end, id);
    may_not(&mut ways, world, step, (id, handle), |_| ());
    ways
}

/// The end, where there can be one.
fn may_end(ways: &mut Ways, world: &World, came: bool, id: Id) {
    let socket = &world.sockets[id];
    let flow = &socket.flow;
    if (flow.fin && flow.rope.len() == 0) || flow.reset_told {
        ways.may("the end", came, world, |world| world.sockets[id].flow.ended = true);
    } else if socket.unable.to_receive {
        ways.may("the end, for receiving was shut down", came, world, |_| ());
    }
}

/// The errors of a receive that has brought nothing, or nothing more.
fn may_not(
    ways: &mut Ways,
    world: &World,
    step: &Step,
    (id, handle): (Id, &Handle),
    then: impl Fn(&mut World),
) {
    let flow = &world.sockets[id].flow;
    let patience = Patience::of(step, handle);
    let there = flow.arrived > 0 || flow.ended;
    if patience.never && !there {
        ways.may("EAGAIN", step.would_block(), world, &then);
    }
    let due = patience.proves() && (flow.rope.len() > 0 || flow.fin);
    if patience.ms.is_some() && patience.waits && (!there || patience.is_over()) && !due {
        ways.may("a timeout", step.failed(&["timed-out"]), world, &then);
    }
    if flow.reset || flow.reset_told {
        let came = step.failed(&["ECONNRESET", "EPIPE", "ENOTCONN", "ECONNABORTED"]);
        ways.may("ECONNRESET", came, world, |world| {
            then(world);
            let flow = &mut world.sockets[id].flow;
            (flow.reset_told, flow.ended) = (true, true);
        });
    }
}

fn recv_exact(world: &World, step: &Step, len: usize, (id, handle): (Id, &Handle)) -> Ways {
    let mut ways = Ways::default();
    let before = world.sockets[id].flow.rope.len();
    if len == 0 {
        ways.may("0 bytes", step.is_ok(), world, |_| ());
        return ways;
    }
    let Some(after) = taken(world, step, id) else {
        ways.permitted.push(format!("{} of the bytes sent, as they were sent", len.min(before)));
        return ways;
    };
    let have = step.n.unwrap_or(0);
    if before >= len {
        let came = step.is_ok() && have == len;
        ways.may(format!("{len} bytes, the next of those sent"), came, &after, |_| ());
    }
    if have < len {
        may_end(&mut ways, &after, step.failed(&["eof"]), id);
        may_not(&mut ways, &after, step, (id, handle), |_| ());
        // Its deadline is for all the pieces together: it may pass between two that are there.
        if have > 0 && step.ms.is_some() {
            ways.may("a timeout", step.failed(&["timed-out"]), &after, |_| ());
        }
    }
    ways
}

fn recv_to_end(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    let mut ways = Ways::default();
    if step.failed(&["invalid"]) {
        return Ways::then(world, |world| world.blur(id));
    }
    let Some(after) = taken(world, step, id) else {
        ways.permitted.push("the bytes that were sent, then the end".to_owned());
        return ways;
    };
    may_end(&mut ways, &after, step.is_ok(), id);
    may_not(&mut ways, &after, step, (id, handle), |_| ());
    if step.n.is_some_and(|n| n > 0) && step.ms.is_some() {
        ways.may("a timeout", step.failed(&["timed-out"]), &after, |_| ());
    }
    ways
}

/// The state without the bytes that the step received.
fn taken(world: &World, step: &Step, id: Id) -> Option<World> {
    let none = Data::Bytes(Vec::new());
    let data = step.data.as_ref().unwrap_or(&none);
    let mut after = world.clone();
    let flow = &mut after.sockets[id].flow;
    if let (None, Some(len @ 1..)) = (&step.data, step.n) {
        // It was received, but not told.
        flow.rope.blur();
        flow.arrived = flow.arrived.saturating_sub(len);
        return flow.rope.take(&Data::Digest { len, hash: 0 }).then_some(after);
    }
    if data.len() != step.n.unwrap_or(0) || (flow.ended && !data.is_empty()) {
        return None;
    }
    flow.arrived = flow.arrived.saturating_sub(data.len());
    flow.rope.take(data).then_some(after)
}

/// A send, whether of some bytes or of all.
pub(super) fn send(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    let Some(peer) = world.peer(id) else { return Ways::anything(world) };
    if step.flags.contains("OOB") {
        return Ways::then(world, |world| world.blur(id));
    }
    let mut ways = Ways::default();
    let (socket, len) = (&world.sockets[id], step.len.unwrap_or(0));
    let moved = step.n.unwrap_or(0);
    let sent = |world: &mut World| {
        if let Some(data) = step.data.as_ref().filter(|data| !data.is_empty()) {
            put(world, (id, peer), data);
        }
    };
    if socket.unable.to_send {
        ways.may_fail(&["EPIPE", "ESHUTDOWN"], step, world);
        if socket.flow.reset {
            // What is under way comes first.
            ways.may("ECONNRESET", step.failed(&["ECONNRESET"]), world, |world| {
                world.sockets[id].flow.reset_told = true;
            });
        }
        if len == 0 {
            ways.may("0 bytes", step.is_ok() && moved == 0, world, |_| ());
        }
        return ways;
    }
    let left = world.is_left(id);
    if !socket.flow.reset_told || len == 0 {
        let (least, words) = match (&*step.op, len) {
            (_, 0) => (0, "0 bytes sent".to_owned()),
            ("send_all", _) => (len, format!("all {len} bytes sent")),
            _ => (1, format!("1 to {len} bytes sent")),
        };
        let came = step.is_ok() && (least..=len).contains(&moved);
        ways.may(words, came, world, sent);
    }
    let patience = Patience::of(step, handle);
    let full = world.sockets[peer].flow.used || moved > 0 || left;
    if patience.never && full {
        ways.may("EAGAIN", step.would_block(), world, sent);
    }
    if patience.ms.is_some() && patience.waits && (full || patience.is_over()) {
        ways.may("a timeout", step.failed(&["timed-out"]), world, sent);
    }
    if step.op == "sendmsg" && !step.args.starts_with("0 ") {
        // What travels beside the bytes has rules of its own.
        ways.may("an error of its own", step.err.is_some(), world, |_| ());
    }
    if len >= PARTS_MANY {
        ways.may_fail(&["EMSGSIZE"], step, world);
    }
    if left || socket.flow.reset || socket.flow.reset_told || world.sockets[peer].unable.to_receive
    {
        let came = step.failed(&["EPIPE", "ECONNRESET", "ENOTCONN", "ECONNABORTED"]);
        ways.may("EPIPE or ECONNRESET", came, world, |world| {
            sent(world);
            world.sockets[id].flow.reset_told = true;
        });
    }
    ways
}

/// Bytes go to the peer. One that is gone answers with a reset.
fn put(world: &mut World, (id, peer): (Id, Id), data: &Data) {
    if world.is_left(id) {
        world.sockets[id].flow.reset = true;
        return;
    }
    let flow = &mut world.sockets[peer].flow;
    flow.used = true;
    flow.rope.put(data);
}
