//! How connections come about: pairs, listeners, attempts, duplicates.

use crate::trace::Step;

use super::ways::Ways;
use super::world::{Handle, Id, Patience, Phase, World};

/// What the case itself does: it makes sockets.
pub(super) fn by_case(world: &World, step: &Step) -> Ways {
    match (&*step.op, step.made.as_slice()) {
        ("pair", [a, b]) => Ways::then(world, |world| {
            let [a, b] = [a, b].map(|label| world.make(label, Phase::Idle));
            if world.nature.is_stream || world.nature.is_connected {
                world.join(a, b);
            }
        }),
        ("listen", [label]) => Ways::then(world, |world| {
            world.make(label, Phase::Listening(Vec::new()));
        }),
        ("socket", [label]) => Ways::then(world, |world| {
            world.make(label, Phase::Idle);
        }),
        ("connect", _) => {
            let mut world = world.clone();
            let id = world.add_fresh();
            let target = step.to.as_deref().unwrap_or_default();
            if !world.nature.is_stream && world.at([target].into_iter()).0.is_empty() {
                return Ways::then(&world, |world| {
                    world.hold_made(step, id);
                    world.sockets[id].toward = Some(target.to_owned());
                });
            }
            attempt(&world, step, id, Patience { never: false, waits: true, ms: step.ms })
        }
        ("connect_any", _) => {
            let mut world = world.clone();
            let id = world.add_fresh();
            attempt(&world, step, id, Patience { never: false, waits: true, ms: step.ms })
        }
        // To which of several addresses nobody knows.
        (_, made) => Ways::then(world, |world| {
            for label in made {
                let id = world.make(label, Phase::Attempted);
                world.blur(id);
            }
        }),
    }
}

pub(super) fn connect(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    let mut patience = Patience::of(step, handle);
    // It has no deadline of its own, and tells by number that time ran out.
    patience.never |= step.op == "connect_ex" && patience.ms.is_some();
    attempt(world, step, id, patience)
}

fn attempt(world: &World, step: &Step, id: Id, patience: Patience) -> Ways {
    let done = step.is_ok() && (step.op != "connect_ex" || step.value == "SUCCESS");
    let failed =
        if step.op == "connect_ex" && !done { Some(&*step.value) } else { step.err.as_deref() };
    let mut ways = Ways::default();
    if matches!(world.sockets[id].phase, Phase::Connected(_) | Phase::Listening(_)) {
        ways.may("an error, for it is connected or listens", !done, world, |_| ());
        return ways;
    }
    let several = step.args.split_whitespace();
    let (listeners, known) = world.at(several.chain(step.to.as_deref()));
    let itself = world.sockets[id].local.is_some() && world.sockets[id].local == step.to;
    if itself || world.sockets[id].phase == Phase::Attempted || !known {
        return Ways::then(world, |world| {
            world.hold_made(step, id);
            world.sockets[id].phase = Phase::Attempted;
            if !listeners.is_empty() && !itself {
                queue(world, id, &listeners, false);
            }
            world.blur(id);
        });
    }
    if !listeners.is_empty() {
        ways.may("success", done, world, |world| {
            world.hold_made(step, id);
            queue(world, id, &listeners, true);
        });
        let pending = failed.is_some_and(|it| matches!(it, "EINPROGRESS" | "EAGAIN"));
        if patience.never {
            ways.may("EINPROGRESS", pending, world, |world| queue(world, id, &listeners, false));
        }
        if patience.ms.is_some() {
            let late = failed.is_some_and(|it| matches!(it, "timed-out" | "ETIMEDOUT"));
            ways.may("a timeout", late, world, |world| queue(world, id, &listeners, false));
        }
    }
    // With several addresses the last error is told.
    let full = several_addresses(step) || listeners.iter().any(|listener| world.is_full(*listener));
    if listeners.is_empty() || full {
        let came = failed.is_some();
        let pending = failed.is_some_and(is_pending);
        ways.may("an error, for nobody listens there", came && !pending, world, |_| ());
        ways.may("EINPROGRESS", pending && listeners.is_empty(), world, |world| {
            world.sockets[id].phase = Phase::Attempted;
            world.blur(id);
        });
    } else {
        let own = failed
            .is_some_and(|it| !is_pending(it) && !matches!(it, "ECONNREFUSED" | "ECONNRESET"));
        ways.may("an error of its own", own, world, |world| {
            world.sockets[id].phase = Phase::Attempted;
            world.blur(id);
        });
    }
    ways
}

fn several_addresses(step: &Step) -> bool {
    step.args.contains(' ')
}

/// Whether the attempt may go on in the background.
fn is_pending(error: &str) -> bool {
    matches!(error, "EINPROGRESS" | "EAGAIN" | "timed-out" | "ETIMEDOUT")
}

/// The connection is made, and waits to be accepted. Where the attempt goes on in the background,
/// the program cannot know, so that the client is out of sight.
fn queue(world: &mut World, client: Id, listeners: &[Id], certain: bool) {
    let server = world.add_fresh();
    world.join(client, server);
    if !certain {
        world.blur(client);
    }
    // Of several that share an address one will have it: until then it waits with all of them.
    for listener in listeners {
        if let Phase::Listening(queue) = &mut world.sockets[*listener].phase {
            queue.push((server, certain && listeners.len() == 1));
        }
    }
}

pub(super) fn listen(world: &World, step: &Step, id: Id) -> Ways {
    let mut ways = Ways::default();
    let phase = &world.sockets[id].phase;
    if matches!(phase, Phase::Idle | Phase::Listening(_)) {
        ways.may("success", step.is_ok(), world, |world| {
            if world.sockets[id].phase == Phase::Idle {
                world.sockets[id].phase = Phase::Listening(Vec::new());
            }
        });
    }
    ways.may("an error", step.err.is_some(), world, |_| ());
    ways
}

/// Any of the connections that wait may be the next, unless the addresses say otherwise.
pub(super) fn accept(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    let mut ways = Ways::default();
    let Phase::Listening(queue) = &world.sockets[id].phase else {
        ways.may("an error, for it does not listen", step.err.is_some(), world, |_| ());
        return ways;
    };
    let label = step.made.first().map_or("?", String::as_str);
    for (server, _) in queue {
        let client = world.peer(*server).and_then(|client| world.sockets[client].local.clone());
        let fits = match (&client, &step.from) {
            (Some(local), Some(from)) => local == from || from == "(unnamed)",
            _ => true,
        };
        ways.may("a connection that was made", step.is_ok() && fits, world, |world| {
            for socket in &mut world.sockets {
                if let Phase::Listening(queue) = &mut socket.phase {
                    queue.retain(|(waiting, _)| waiting != server);
                }
            }
            world.hold(label, *server, Default::default());
            // An accepted socket has some of the listener's options.
            if world.sockets[id].resets {
                world.blur(*server);
            }
        });
    }
    let patience = Patience::of(step, handle);
    let alive = |(server, certain): &(Id, bool)| *certain && !world.is_left(*server);
    let due = queue.iter().any(alive);
    if patience.never {
        ways.may("EAGAIN", step.would_block(), world, |_| ());
    }
    if patience.ms.is_some() && !patience.never && !(due && patience.proves()) {
        ways.may("a timeout", step.failed(&["timed-out"]), world, |_| ());
    }
    ways.may_fail(&["ECONNABORTED", "EMFILE", "ENFILE", "EPROTO"], step, world);
    ways
}

pub(super) fn dup(world: &World, step: &Step, (id, handle): (Id, &Handle)) -> Ways {
    Ways::then(world, |world| {
        if let Some(label) = step.made.first() {
            world.hold(label, id, handle.mode);
        }
    })
}

impl World {
    fn add_fresh(&mut self) -> Id {
        self.add(Default::default())
    }

    /// The handle that a connecting case made, where it is the case that connects.
    fn hold_made(&mut self, step: &Step, id: Id) {
        if let Some(label) = step.made.first() {
            self.hold(label, id, Default::default());
        }
    }

    /// Who listens at an address, and whether that is known at all.
    fn at<'a>(&self, addresses: impl Iterator<Item = &'a str>) -> (Vec<Id>, bool) {
        let addresses: Vec<&str> = addresses.collect();
        let there = self.sockets.iter().enumerate();
        let here = |local: &String| addresses.contains(&local.as_str());
        let all: Vec<_> = there.filter(|(_, it)| it.local.as_ref().is_some_and(here)).collect();
        let listens = |(id, socket): &(Id, &super::world::Socket)| {
            matches!(socket.phase, Phase::Listening(_)).then_some(*id)
        };
        let blurred = all.iter().any(|(_, socket)| socket.blurred);
        let known = !all.is_empty() && !blurred;
        (all.iter().filter_map(listens).collect(), known)
    }

    fn is_full(&self, listener: Id) -> bool {
        matches!(&self.sockets[listener].phase, Phase::Listening(queue) if !queue.is_empty())
    }
}
