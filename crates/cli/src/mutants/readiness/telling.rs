//! Back ends that tell what is not, or do not tell what is.

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
        mutant::<AlwaysWritable>(),
        mutant::<ReceivingFirst>(),
        mutant::<RoomEndsNoWait>(),
        mutant::<Lingers>(),
        mutant::<InterestIgnored>(),
        mutant::<OnceForEach>(),
        mutant::<ListenerSilent>(),
    ]
}

#[derive(Default)]
struct AlwaysWritable;

impl Fault for AlwaysWritable {
    const NAME: &'static str = "always-writable";
    const SAYS: &'static str = "who asks whether there is room to send is always told so";
    const FAILS: &'static [&'static str] = &[
        "readiness.level.full",
        "readiness.level.pending",
        "readiness.level.send",
        "readiness.edge.room",
        "readiness.edge.oneshot-once",
    ];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let wanted: Vec<_> =
            right.list().into_iter().filter(|asked| asked.interest.write).collect();
        let mut events =
            right.wait(if wanted.is_empty() { timeout } else { Some(Duration::ZERO) })?.events;
        for Asked { key, .. } in wanted {
            match events.iter_mut().find(|(other, _)| *other == key) {
                Some((_, ready)) => ready.write = true,
                None => events.push((key, Ready::WRITE)),
            }
        }
        Ok(events)
    }
}

#[derive(Default)]
struct ReceivingFirst;

impl Fault for ReceivingFirst {
    const NAME: &'static str = "receiving-first";
    const SAYS: &'static str = "room to send is told where there is nothing to receive, only";
    const FAILS: &'static [&'static str] = &[
        "readiness.level.interest",
        "readiness.level.both",
        "readiness.level.reset",
        "readiness.level.refused",
        "readiness.api.modified",
        "readiness.api.sequence",
    ];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            let asked = right.of_key(*key);
            let queued = asked.is_some_and(has_input);
            ready.write &= !(ready.read || queued);
        }
    }
}

/// Whether there is something to receive, were it an end or an error.
fn has_input(asked: Asked) -> bool {
    let Some(descriptor) = descriptor_of(&asked.end) else { return false };
    let look = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    let peeked =
        SockRef::from(&descriptor).recv_with_flags(&mut [std::mem::MaybeUninit::uninit()], look);
    peeked.is_ok_and(|count| count > 0)
}

#[derive(Default)]
struct RoomEndsNoWait;

impl Fault for RoomEndsNoWait {
    const NAME: &'static str = "room-ends-no-wait";
    const SAYS: &'static str = "room to send is told by a look, and not by a wait";
    const FAILS: &'static [&'static str] = &[
        "readiness.level.connected",
        "readiness.level.refused",
        "readiness.level.room",
        "readiness.api.every-one",
        "readiness.api.live-modified",
        "readiness.edge.room",
    ];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let mut events = right.wait(timeout)?.events;
        if timeout != Some(Duration::ZERO) {
            events.iter_mut().for_each(|(_, ready)| ready.write = false);
        }
        events.retain(|(_, ready)| *ready != Ready::default());
        Ok(events)
    }
}

/// What was told last.
#[derive(Default)]
struct Lingers(Mutex<Events>);

impl Fault for Lingers {
    const NAME: &'static str = "lingers";
    const SAYS: &'static str = "where there was something to receive, it is told once too often";
    const FAILS: &'static [&'static str] = &[
        "readiness.level.drained",
        "readiness.level.listener",
        "readiness.level.receive",
        "readiness.api.again",
        "readiness.api.keys",
        "readiness.api.one-of-many",
        "readiness.api.unregistered",
        "readiness.api.unregistered-others",
        "readiness.edge.nesting",
        "readiness.api.sequence",
    ];

    fn tell(&self, right: &Right, events: &mut Events) {
        let fresh = events.clone();
        let mut last = locked(&self.0);
        let level =
            |key: u64| right.of_key(key).is_none_or(|asked| asked.trigger == Trigger::Level);
        for (key, ready) in last.iter().filter(|(key, ready)| ready.read && level(*key)) {
            if !events.iter().any(|(other, _)| other == key) {
                events.push((*key, *ready));
            }
        }
        *last = fresh;
    }
}

#[derive(Default)]
struct InterestIgnored;

impl Fault for InterestIgnored {
    const NAME: &'static str = "interest-ignored";
    const SAYS: &'static str = "who asks whether it can send is told, too, that it can receive";
    const FAILS: &'static [&'static str] = &["readiness.level.interest", "readiness.api.sequence"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        let interest =
            Ready { read: asked.interest.read || asked.interest.write, ..asked.interest };
        right.register(Asked { interest, ..asked })
    }
}

#[derive(Default)]
struct OnceForEach;

impl Fault for OnceForEach {
    const NAME: &'static str = "once-for-each";
    const SAYS: &'static str = "an end that is ready for both is told once for each";
    const FAILS: &'static [&'static str] = &["readiness.level.both", "readiness.api.sequence"];

    fn tell(&self, _right: &Right, events: &mut Events) {
        let both: Events = events
            .iter()
            .filter(|(_, ready)| ready.read && ready.write)
            .map(|(key, ready)| (*key, Ready { read: false, ..*ready }))
            .collect();
        for (key, _) in &both {
            for (_, ready) in events.iter_mut().filter(|(other, _)| other == key) {
                ready.write = false;
            }
        }
        events.extend(both);
    }
}

#[derive(Default)]
struct ListenerSilent;

impl Fault for ListenerSilent {
    const NAME: &'static str = "listener-silent";
    const SAYS: &'static str = "a listener is never told";
    const FAILS: &'static [&'static str] =
        &["readiness.level.listener", "readiness.edge.exclusive"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            let Some(asked) = right.of_key(*key) else { continue };
            let Some(descriptor) = descriptor_of(&asked.end) else { continue };
            let listens = SockRef::from(&descriptor).is_listener().is_ok_and(|listens| listens);
            if listens {
                *ready = Ready::default();
            }
        }
    }
}
