//! Back ends that are wrong for some ends or some interests, and right for the others.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::time::Duration;

use socket2::SockRef;
use sockrates_core::{Ready, Result};
use sockrates_harness::{Mutant, Trigger};

use super::fault::{Asked, Events, Fault, Right, locked};
use super::faulty::mutant;
use crate::subjects::readiness::descriptor_of;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<HangupToReaders>(),
        mutant::<HangupToWriters>(),
        mutant::<RoomToldOnce>(),
        mutant::<DataToldTwice>(),
        mutant::<AttemptWritable>(),
        mutant::<StaleRoom>(),
        mutant::<RoomEndsNoMixedWait>(),
        mutant::<SecondByteNoEdge>(),
    ]
}

#[derive(Default)]
struct HangupToReaders;

impl Fault for HangupToReaders {
    const NAME: &'static str = "hangup-to-readers";
    const SAYS: &'static str = "who asks for room to send is not told of a hang-up";
    const FAILS: &'static [&'static str] =
        &["readiness.level.hangup-write", "readiness.level.reset-error"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            ready.hangup &= !right.of_key(*key).is_some_and(|asked| asked.interest.write);
        }
    }
}

#[derive(Default)]
struct HangupToWriters;

impl Fault for HangupToWriters {
    const NAME: &'static str = "hangup-to-writers";
    const SAYS: &'static str = "who does not ask for room to send is not told of a hang-up";
    const FAILS: &'static [&'static str] = &["readiness.level.hangup"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            ready.hangup &= right.of_key(*key).is_some_and(|asked| asked.interest.write);
        }
    }
}

/// How often in a row each end was told the same, with as much to receive.
#[derive(Default)]
struct Counts(Mutex<HashMap<u64, (Ready, usize, usize)>>);

impl Counts {
    /// Of the ends that are watched for levels and told what is `same`, those that were told so
    /// more than `most` times in a row are told nothing.
    fn silence(&self, right: &Right, events: &mut Events, same: Ready, most: usize) {
        let mut counts = locked(&self.0);
        counts.retain(|key, _| events.iter().any(|(told, _)| told == key));
        for (key, ready) in events.iter_mut().filter(|(_, ready)| *ready == same) {
            let level = right.of_key(*key).filter(|asked| asked.trigger == Trigger::Level);
            let Some(len) = level.map(|asked| to_receive(asked).unwrap_or(0)) else { continue };
            let (last, had, count) = counts.entry(*key).or_insert((*ready, len, 0));
            *count = if (*last, *had) == (*ready, len) { *count + 1 } else { 1 };
            (*last, *had) = (*ready, len);
            if *count > most {
                *ready = Ready::default();
            }
        }
    }
}

#[derive(Default)]
struct RoomToldOnce(Counts);

impl Fault for RoomToldOnce {
    const NAME: &'static str = "room-told-once";
    const SAYS: &'static str =
        "that there is room to send, and nothing else, is told once in a row";
    const FAILS: &'static [&'static str] = &["readiness.level.idle", "readiness.api.sequence"];

    fn tell(&self, right: &Right, events: &mut Events) {
        self.0.silence(right, events, Ready::WRITE, 1);
    }
}

#[derive(Default)]
struct DataToldTwice(Counts);

impl Fault for DataToldTwice {
    const NAME: &'static str = "data-told-twice";
    const SAYS: &'static str = "that the same data is there to receive is told twice at most";
    const FAILS: &'static [&'static str] =
        &["readiness.level.data", "readiness.api.arrival", "readiness.api.sequence"];

    fn tell(&self, right: &Right, events: &mut Events) {
        self.0.silence(right, events, Ready::READ, 2);
    }
}

#[derive(Default)]
struct AttemptWritable;

impl Fault for AttemptWritable {
    const NAME: &'static str = "attempt-writable";
    const SAYS: &'static str = "an attempt to connect that goes on counts as ready to send";
    const FAILS: &'static [&'static str] = &["readiness.level.pending"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let attempts: Vec<_> = right.list().into_iter().filter(is_attempt).collect();
        let timeout = if attempts.is_empty() { timeout } else { Some(Duration::ZERO) };
        let mut events = right.wait(timeout)?.events;
        for Asked { key, .. } in attempts {
            if events.iter().all(|(other, _)| *other != key) {
                events.push((key, Ready::WRITE));
            }
        }
        Ok(events)
    }
}

/// Whether it is asked for room to send, and has an address but no peer.
fn is_attempt(asked: &Asked) -> bool {
    let Some(descriptor) = descriptor_of(&asked.end) else { return false };
    let socket = SockRef::from(&descriptor);
    let bound = socket.local_addr().ok().and_then(|addr| addr.as_socket());
    asked.interest.write
        && bound.is_some_and(|addr| addr.port() != 0)
        && socket.peer_addr().is_err()
}

/// Which ends were told to have room.
#[derive(Default)]
struct StaleRoom(Mutex<Vec<u64>>);

impl Fault for StaleRoom {
    const NAME: &'static str = "stale-room";
    const SAYS: &'static str = "that there is room to send is told once more when it is gone";
    const FAILS: &'static [&'static str] = &["readiness.level.send"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let mut events = right.wait(timeout)?.events;
        let mut roomy = locked(&self.0);
        for key in roomy.drain(..) {
            let asked = right.of_key(key).filter(|asked| asked.interest == Ready::WRITE);
            let level = asked.is_some_and(|asked| asked.trigger == Trigger::Level);
            if level && events.iter().all(|(other, _)| *other != key) {
                events.push((key, Ready::WRITE));
            }
        }
        roomy.extend(events.iter().filter(|(_, ready)| ready.write).map(|(key, _)| *key));
        Ok(events)
    }
}

#[derive(Default)]
struct RoomEndsNoMixedWait;

impl Fault for RoomEndsNoMixedWait {
    const NAME: &'static str = "room-ends-no-mixed-wait";
    const SAYS: &'static str = "room to send does not end a wait for something to receive, too";
    const FAILS: &'static [&'static str] =
        &["readiness.level.connected", "readiness.level.refused"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let mut events = right.wait(timeout)?.events;
        if timeout != Some(Duration::ZERO) {
            for (key, ready) in &mut events {
                let reads = right.of_key(*key).is_some_and(|asked| asked.interest.read);
                ready.write &= !reads;
            }
        }
        events.retain(|(_, ready)| *ready != Ready::default());
        Ok(events)
    }
}

/// How much each end had to receive when it was told last.
#[derive(Default)]
struct SecondByteNoEdge(Mutex<HashMap<u64, usize>>);

impl Fault for SecondByteNoEdge {
    const NAME: &'static str = "second-byte-no-edge";
    const SAYS: &'static str = "a byte behind one that was not received yet is no arrival";
    const FAILS: &'static [&'static str] = &["readiness.edge.again"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events.iter_mut().filter(|(_, ready)| ready.read) {
            let edge = right.of_key(*key).filter(|asked| asked.trigger == Trigger::Edge);
            let Some(len) = edge.and_then(to_receive) else { continue };
            let before = locked(&self.0).insert(*key, len);
            ready.read = (before, len) != (Some(1), 2);
        }
    }
}

/// How much a receive of at most 4 KiB would bring.
fn to_receive(asked: Asked) -> Option<usize> {
    let descriptor = descriptor_of(&asked.end)?;
    let mut memory = [MaybeUninit::uninit(); 4096];
    let look = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    SockRef::from(&descriptor).recv_with_flags(&mut memory, look).ok()
}
