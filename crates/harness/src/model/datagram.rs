//! What datagram sockets permit.

use crate::trace::{Data, Step};

use super::ways::Ways;
use super::world::{Handle, Id, Letter, Patience, Phase, Socket, World};

/// A message of so many bytes finds room in every buffer that holds no other.
const SMALL: usize = 1024;

/// A message longer than this may be too long.
const LONG: usize = 508;

/// Names the peer: from now on messages go there, and only those from there are received.
pub(super) fn connect(world: &World, step: &Step, id: Id) -> Ways {
    let done = step.is_ok() && (step.op != "connect_ex" || step.value == "SUCCESS");
    Ways::then(world, |world| {
        let socket = &mut world.sockets[id];
        if done {
            socket.toward = step.to.clone();
            // What it had received from others may stay or go.
            socket.letters.iter_mut().for_each(|letter| letter.certain = false);
        }
    })
}

pub(super) fn send(world: &World, step: &Step, id: Id) -> Ways {
    let mut ways = Ways::default();
    let (socket, len) = (&world.sockets[id], step.len.unwrap_or(0));
    if step.flags.contains("OOB") {
        return Ways::anything(world);
    }
    let done = step.is_ok() && step.n == Some(len);
    if socket.unable.to_send {
        ways.may_fail(&["EPIPE", "ESHUTDOWN"], step, world);
        if socket.refused || world.is_left(id) {
            ways.may_fail(&["ECONNREFUSED", "ECONNRESET"], step, world);
        }
        return ways;
    }
    let given = step.to.as_deref().or(socket.toward.as_deref());
    let peer = world.peer(id);
    let words = format!("{len} bytes sent");
    match (given, peer) {
        (None, None) if socket.phase == Phase::Idle => {
            ways.may("an error, for there is no destination", step.err.is_some(), world, |_| ());
            return ways;
        }
        (None, Some(peer)) => {
            ways.may(words, done, world, |world| deliver(world, id, peer, step));
        }
        (to, _) => {
            let to = to.unwrap_or_default().to_owned();
            ways.may(words, done, world, |world| post(world, id, &to, step));
        }
    }
    let own: &[&str] = &["EPIPE", "EMSGSIZE", "ECONNRESET", "ENOTCONN", "ECONNREFUSED"];
    let refused = socket.refused || world.is_left(id) || peer.is_none();
    if len > LONG {
        ways.may_fail(&["EMSGSIZE", "ENOBUFS"], step, world);
    }
    if refused {
        ways.may_fail(&["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTCONN"], step, world);
    }
    // Whether an address can be sent to, and a buffer is full, the model does not know.
    ways.may("an error of its own", step.err.is_some() && !step.failed(own), world, |_| ());
    ways
}

/// A message goes to an address.
fn post(world: &mut World, id: Id, to: &str, step: &Step) {
    let here = |socket: &Socket| socket.local.as_deref() == Some(to) && !socket.everywhere;
    let all = world.sockets.iter().enumerate().filter(|(_, socket)| here(socket));
    let (gone, there): (Vec<_>, Vec<_>) =
        all.map(|(id, socket)| (id, socket.phase == Phase::Gone)).partition(|(_, gone)| *gone);
    world.sockets[id].refused |= there.is_empty();
    match there.as_slice() {
        [(receiver, _)] => deliver(world, id, *receiver, step),
        [] if !gone.is_empty() => {}
        _ => world.strays = true,
    }
}

/// A message goes to a socket. It arrives for certain where that has nothing else in its buffer.
fn deliver(world: &mut World, from: Id, to: Id, step: &Step) {
    let sender = world.sockets[from].local.clone();
    let alone = world.sockets[to].letters.is_empty();
    let receiver = &mut world.sockets[to];
    // One that is connected receives from its peer alone.
    let wanted = receiver.toward.is_none() || receiver.toward == sender;
    let open = !receiver.unable.to_receive && receiver.phase != Phase::Gone && !receiver.blurred;
    let Some(data) = step.data.clone() else { return };
    let certain = alone && wanted && open && data.len() <= SMALL && step.op == "send";
    receiver.letters.push_back(Letter { from, data, certain, arrived: false });
}

pub(super) fn recv(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    let mut ways = Ways::default();
    let socket = &world.sockets[id];
    if step.flags.contains("OOB") {
        return Ways::anything(world);
    }
    let peek = step.flags.contains("PEEK");
    for place in candidates(world, id) {
        let letter = &socket.letters[place];
        let from = world.sockets[letter.from].local.as_deref();
        let known = from.zip(step.from.as_deref()).is_none_or(|(local, told)| local == told);
        let most = step.len.unwrap_or(usize::MAX);
        let came = step.is_ok() && known && is_of(world, step, &letter.data, most);
        let words = match letter.data.len() {
            len if len > most => format!("the first {most} of a message of {len} bytes"),
            len => format!("a message of {len} bytes"),
        };
        ways.may(words, came, world, |world| take(world, id, place, peek));
    }
    if world.strays || socket.local.is_none() && world.peer(id).is_none() {
        ways.may("a message that nobody saw being sent", step.is_ok(), world, |_| ());
    }
    let nothing = step.is_ok() && step.n == Some(0) || step.failed(&["eof"]);
    let ended = socket.flow.fin || world.is_left(id) || socket.unable.to_receive;
    let due = socket.letters.iter().any(|letter| letter.certain || letter.arrived);
    if ended && (!due || socket.unable.to_receive) {
        ways.may("the end", nothing, world, |_| ());
    }
    may_not(&mut ways, world, step, (id, handle));
    ways
}

/// Which of the messages may be received next: of each sender the first, or a later one where those
/// before may have been dropped.
fn candidates(world: &World, id: Id) -> Vec<usize> {
    let letters = &world.sockets[id].letters;
    let held = |place: usize| {
        let before = letters.iter().take(place);
        before.filter(|other| other.from == letters[place].from).any(|other| other.certain)
    };
    (0..letters.len()).filter(|place| !held(*place)).collect()
}

/// Whether the step received `data` through a buffer of `most` bytes.
fn is_of(world: &World, step: &Step, data: &Data, most: usize) -> bool {
    let len = data.len().min(most);
    let Some(got) = &step.data else { return false };
    let told = if step.flags.contains("TRUNC") { data.len() } else { len };
    let (is_cut, cut) = (data.len() > most, step.value.starts_with("truncated"));
    let same = match (data, got) {
        _ if !is_cut => data == got,
        (Data::Bytes(whole), Data::Bytes(part)) => whole[..len] == part[..],
        // Of a part only the number is known.
        _ => true,
    };
    got.len() == len
        && step.n == Some(told)
        && (cut || !is_cut || !world.nature.tells_cuts)
        && (is_cut || !cut)
        && same
}

fn take(world: &mut World, id: Id, place: usize, peek: bool) {
    let letters = &mut world.sockets[id].letters;
    let from = letters[place].from;
    let mut at = 0;
    // What the same sender had sent before is lost.
    letters.retain(|letter| {
        at += 1;
        at > place || letter.from != from
    });
    let first = letters.iter().position(|letter| letter.from == from);
    match first {
        Some(first) if peek => (letters[first].arrived, letters[first].certain) = (true, true),
        Some(first) => drop(letters.remove(first)),
        None => {}
    }
}

fn may_not(ways: &mut Ways, world: &World, step: &Step, (id, handle): (Id, &Handle)) {
    let socket = &world.sockets[id];
    let patience = Patience::of(step, handle);
    let arrived = socket.letters.iter().any(|letter| letter.arrived);
    let due = patience.proves() && socket.letters.iter().any(|letter| letter.certain);
    if (patience.never || socket.unable.to_receive) && !arrived {
        ways.may("EAGAIN", step.would_block(), world, |_| ());
    }
    if patience.ms.is_some() && patience.waits && !arrived && !due {
        ways.may("a timeout", step.failed(&["timed-out"]), world, |_| ());
    }
    if socket.refused || world.is_left(id) {
        ways.may_fail(&["ECONNREFUSED", "ECONNRESET"], step, world);
    }
    if world.peer(id).is_none() || world.is_left(id) {
        ways.may_fail(&["ENOTCONN", "EINVAL"], step, world);
    }
}
