//! Back ends that mix up who is who, and tell one for another.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use sockrates_core::{Ready, Result};
use sockrates_harness::{Mutant, Trigger};

use super::fault::{Asked, End, Events, Fault, Right, locked};
use super::faulty::mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<ShortKeys>(),
        mutant::<LastKey>(),
        mutant::<NumberKeeps>(),
        mutant::<FirstOnly>(),
        mutant::<NeighbourToo>(),
        mutant::<OneWatcher>(),
    ]
}

#[derive(Default)]
struct ShortKeys;

impl Fault for ShortKeys {
    const NAME: &'static str = "short-keys";
    const SAYS: &'static str = "of a key 32 bits are kept";
    const FAILS: &'static [&'static str] = &["readiness.api.keys"];

    fn tell(&self, _right: &Right, events: &mut Events) {
        for (key, _) in events {
            *key &= u64::from(u32::MAX);
        }
    }
}

#[derive(Default)]
struct LastKey(AtomicU64);

impl Fault for LastKey {
    const NAME: &'static str = "last-key";
    const SAYS: &'static str = "everything is told under the key that was registered last";
    const FAILS: &'static [&'static str] = &[
        "readiness.api.keys",
        "readiness.api.one-of-many",
        "readiness.api.every-one",
        "readiness.api.modified-key",
        "readiness.api.unregistered-others",
        "readiness.api.sequence",
    ];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        right.register(asked)?;
        self.0.store(asked.key, SeqCst);
        Ok(())
    }

    fn tell(&self, _right: &Right, events: &mut Events) {
        for (key, _) in events {
            *key = self.0.load(SeqCst);
        }
    }
}

/// The key of each number that was ever registered.
#[derive(Default)]
struct NumberKeeps(Mutex<HashMap<Option<i64>, u64>>);

impl Fault for NumberKeeps {
    const NAME: &'static str = "number-keeps";
    const SAYS: &'static str = "a number keeps the key of whom it belonged to before";
    const FAILS: &'static [&'static str] = &[
        "readiness.api.again",
        "readiness.api.number-reused",
        "readiness.api.closed-reused",
        "readiness.api.sequence",
    ];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        let key = *locked(&self.0).entry(asked.end.0).or_insert(asked.key);
        right.register(Asked { key, ..asked })
    }

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        locked(&self.0).insert(asked.end.0, asked.key);
        right.modify(asked)
    }
}

#[derive(Default)]
struct FirstOnly;

impl Fault for FirstOnly {
    const NAME: &'static str = "first-only";
    const SAYS: &'static str = "of several that are ready, always the one registered first is told";
    const FAILS: &'static [&'static str] = &["readiness.api.every-one", "readiness.api.sequence"];

    fn tell(&self, right: &Right, events: &mut Events) {
        let first = right.list().first().map(|asked| asked.key);
        if events.len() > 1 {
            events.truncate(1);
            events[0].0 = first.unwrap_or_default();
        }
    }
}

#[derive(Default)]
struct NeighbourToo;

impl Fault for NeighbourToo {
    const NAME: &'static str = "neighbour-too";
    const SAYS: &'static str = "with an end that is ready the one registered before is told, too";
    const FAILS: &'static [&'static str] =
        &["readiness.api.keys", "readiness.api.one-of-many", "readiness.api.sequence"];

    fn tell(&self, right: &Right, events: &mut Events) {
        let list = right.list();
        let place = |key: u64| list.iter().position(|asked| asked.key == key);
        let neighbours = events.iter().filter_map(|(key, ready)| {
            let before = place(*key)?.checked_sub(1)?;
            Some((list[before].key, *ready))
        });
        let neighbours: Events = neighbours.collect();
        events.extend(neighbours);
    }
}

/// Which back end watches each end: in this process, the last.
static WATCHERS: Mutex<Vec<(End, u64)>> = Mutex::new(Vec::new());

/// How many back ends there were.
static COUNT: AtomicU64 = AtomicU64::new(0);

struct OneWatcher(u64);

impl Default for OneWatcher {
    fn default() -> Self {
        Self(COUNT.fetch_add(1, SeqCst))
    }
}

impl Fault for OneWatcher {
    const NAME: &'static str = "one-watcher";
    const SAYS: &'static str = "of two back ends that watch an end only the last tells it";
    const FAILS: &'static [&'static str] = &["readiness.api.same-end"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        right.register(asked)?;
        let mut watchers = locked(&WATCHERS);
        watchers.retain(|(end, _)| *end != asked.end);
        watchers.push((asked.end, self.0));
        Ok(())
    }

    fn tell(&self, right: &Right, events: &mut Events) {
        let watchers = locked(&WATCHERS);
        let mine = |end: End| watchers.contains(&(end, self.0));
        for (key, ready) in events {
            let Some(asked) = right.of_key(*key) else { continue };
            if asked.trigger == Trigger::Level && !mine(asked.end) {
                *ready = Ready::default();
            }
        }
    }
}
