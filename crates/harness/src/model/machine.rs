//! Runs a trace through the model: all possible states at once.

use std::collections::HashSet;

use crate::trace::{Record, Step};

use super::operation;
use super::ways::Ways;
use super::world::{Handle, Mode, World};
use super::{Admission, Nature, Refusal};

/// More possible states than this at a time are not followed.
const STATES_MAX: usize = 64;

/// So many outcomes are looked at before it is given up.
const LOOKS_MAX: usize = 20_000;

/// A possible state, and which of the operations that have begun and not ended have already had
/// their effect in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    world: World,
    done: Vec<usize>,
}

/// A begin or an end, of the operation at this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Begins(usize),
    Ended(usize),
}

pub(super) fn run(nature: Nature, record: &Record) -> Admission {
    let moments = match moments(record) {
        Ok(moments) => moments,
        Err(why) => return Admission::Malformed(why),
    };
    let mut machine = Machine {
        steps: &record.steps,
        states: vec![State { world: World::new(nature), done: Vec::new() }],
        open: Vec::new(),
        permitted: Vec::new(),
        too_many: false,
        looks: 0,
    };
    for moment in moments {
        let place = match moment {
            Moment::Begins(place) => {
                machine.begin(place);
                continue;
            }
            Moment::Ended(place) => place,
        };
        let fits = machine.end(place);
        if machine.too_many {
            return Admission::Undecided(format!(
                "what had happened by op {} could have happened in more ways than are followed",
                place + 1
            ));
        }
        if !fits {
            return Admission::Refused(machine.refusal(place));
        }
    }
    match machine.unended() {
        Some(place) => Admission::Refused(machine.refusal(place)),
        None => Admission::Admitted,
    }
}

struct Machine<'a> {
    steps: &'a [Step],
    states: Vec<State>,
    /// The operations that have begun and not ended.
    open: Vec<usize>,
    /// What was permitted for the operation that was tried last.
    permitted: Vec<String>,
    /// There were more states than can be followed.
    too_many: bool,
    /// How many outcomes were looked at.
    looks: usize,
}

impl Machine<'_> {
    fn begin(&mut self, place: usize) {
        let step = &self.steps[place];
        // Several threads that move bytes at the same end may mix them.
        let rival = self.open.iter().map(|other| &self.steps[*other]);
        let rival = rival.filter(|other| moves(other, step)).any(|_| true);
        self.open.push(place);
        if step.end.is_none() && !waits_only(step) {
            // What it has done by the end of the trace nobody knows.
            self.states.iter_mut().for_each(|state| blur(&mut state.world, step));
        } else if rival {
            self.states.iter_mut().for_each(|state| mix(&mut state.world, step));
        }
        let changing = |it: &Step| it.op == "set_mode";
        let beside = self.open.iter().filter(|other| **other != place);
        let mut beside = beside.map(|other| &self.steps[*other]);
        let same = |other: &Step| origin(&other.on) == origin(&step.on);
        if beside.any(|other| same(other) && (changing(other) || changing(step))) {
            self.states.iter_mut().for_each(|state| unsettle(&mut state.world, step));
        }
    }

    /// An operation has ended: it must have had its effect between its begin and now, before or
    /// after any of those that were going on meanwhile. Says whether that can be.
    fn end(&mut self, place: usize) -> bool {
        self.permitted.clear();
        let mut todo = std::mem::take(&mut self.states);
        let mut seen: HashSet<State> = HashSet::new();
        let mut after: HashSet<State> = HashSet::new();
        while let Some(mut state) = todo.pop() {
            if let Some(at) = state.done.iter().position(|done| *done == place) {
                state.done.remove(at);
                after.insert(state);
                continue;
            }
            self.looks += 1;
            if seen.contains(&state) {
                continue;
            }
            if seen.len() + after.len() > STATES_MAX || self.looks > LOOKS_MAX {
                self.too_many = true;
                break;
            }
            for other in &self.open {
                let step = &self.steps[*other];
                if state.done.contains(other) || step.end.is_none() {
                    continue;
                }
                self.looks += 1;
                let Ways { permitted, next } = operation::ways(&state.world, step);
                if *other == place {
                    self.permitted.extend(permitted);
                }
                for world in next {
                    let mut done = state.done.clone();
                    done.push(*other);
                    done.sort_unstable();
                    todo.push(State { world, done });
                }
            }
            seen.insert(state);
        }
        self.open.retain(|open| *open != place);
        self.states = after.into_iter().collect();
        !self.states.is_empty()
    }

    /// An operation that never came back, though in every possible state there was something for
    /// it to come back with.
    fn unended(&mut self) -> Option<usize> {
        let open = self.open.clone();
        open.into_iter().find(|place| {
            let step = &self.steps[*place];
            if step.end.is_some() || !waits_only(step) {
                return false;
            }
            let ready = |state: &State| {
                let late = Step { end: Some(0), ms: Some(u64::MAX), ..step.clone() };
                let late = Step { err: Some("timed-out".into()), ..late };
                let ways = operation::ways(&state.world, &late);
                (ways.next.is_empty(), ways.permitted)
            };
            let all: Vec<_> = self.states.iter().map(ready).collect();
            let stuck = !all.is_empty() && all.iter().all(|(ready, _)| *ready);
            if stuck {
                self.permitted = all.into_iter().flat_map(|(_, permitted)| permitted).collect();
            }
            stuck
        })
    }

    fn refusal(&self, place: usize) -> Refusal {
        let mut permitted: Vec<String> = Vec::new();
        for words in &self.permitted {
            if !permitted.contains(words) {
                permitted.push(words.clone());
            }
        }
        Refusal { op: place + 1, step: self.steps[place].to_string(), permitted }
    }
}

/// Whether it only waits for what others do, so that without an end it has done nothing.
fn waits_only(step: &Step) -> bool {
    matches!(&*step.op, "recv" | "accept" | "poll") || step.op.is_empty()
}

/// The handle without what `dup` has added to its name.
fn origin(label: &str) -> &str {
    label.split("/dup").next().unwrap_or(label)
}

/// Whether both move bytes at the same end in the same direction.
fn moves(one: &Step, other: &Step) -> bool {
    let way = |step: &Step| match &*step.op {
        "send" | "send_all" | "sendmsg" => Some(true),
        "recv" | "recv_exact" | "recv_to_end" | "recvmsg" => Some(false),
        _ => None,
    };
    way(one).is_some() && way(one) == way(other) && origin(&one.on) == origin(&other.on)
}

/// The mode changes while something else goes on: nobody knows any more who waits.
fn unsettle(world: &mut World, step: &Step) {
    let same = |(label, _): &(&String, &mut Handle)| origin(label) == origin(&step.on);
    world.handles.iter_mut().filter(same).for_each(|(_, handle)| handle.mode = Mode::Unknown);
}

fn mix(world: &mut World, step: &Step) {
    let Some((id, _)) = world.of(step) else { return };
    let sends = step.op.starts_with("send");
    let receiver = if sends { world.peer(id) } else { Some(id) };
    if let Some(receiver) = receiver {
        world.sockets[receiver].flow.rope.blur();
    }
}

fn blur(world: &mut World, step: &Step) {
    match world.of(step) {
        Some((id, _)) => world.blur(id),
        None => (0..world.sockets.len()).for_each(|id| world.blur(id)),
    }
    world.strays = true;
}

/// Begins and ends in their order. What began before the record was cut and ended after it is as
/// good as never ended.
fn moments(record: &Record) -> Result<Vec<Moment>, String> {
    let mut moments = Vec::with_capacity(2 * record.steps.len());
    for (place, step) in record.steps.iter().enumerate() {
        moments.push((step.at, Moment::Begins(place)));
        if let Some(end) = step.end {
            if end <= step.at {
                return Err(format!("op {} ends before it begins: {step}", place + 1));
            }
            moments.push((end, Moment::Ended(place)));
        }
    }
    moments.sort_unstable();
    if let Some(twice) = moments.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("two operations begin or end at the same moment, {}", twice[0].0));
    }
    if record.left_out > 0 {
        // Of what came later nothing is known, so that nothing that ended later is judged.
        let last = record.steps.last().map_or(0, |step| step.at);
        moments.retain(|(at, _)| *at <= last);
    }
    Ok(moments.into_iter().map(|(_, moment)| moment).collect())
}
