//! Back ends that register, modify and unregister wrongly.

use std::sync::Mutex;

use sockrates_core::{Errno, Error, Op, Result};
use sockrates_harness::Mutant;

use super::fault::{Asked, End, Events, Fault, Right, locked};
use super::faulty::mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<TwiceIgnored>(),
        mutant::<TwiceReplaces>(),
        mutant::<TwiceRemoves>(),
        mutant::<ModifyIgnored>(),
        mutant::<ModifyKeepsInterest>(),
        mutant::<ModifyKeepsKey>(),
        mutant::<ModifyRegisters>(),
        mutant::<UnregisterIgnored>(),
        mutant::<UnregisterForgives>(),
        mutant::<UnregisterMoves>(),
        mutant::<ToldOnceMore>(),
        mutant::<ChangesWait>(),
    ]
}

fn is(error: &Error, errno: Errno) -> bool {
    error.errno() == Some(errno)
}

#[derive(Default)]
struct TwiceIgnored;

impl Fault for TwiceIgnored {
    const NAME: &'static str = "twice-ignored";
    const SAYS: &'static str = "registering what is registered does nothing, and succeeds";
    const FAILS: &'static [&'static str] = &["readiness.api.twice"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        match right.register(asked) {
            Err(error) if is(&error, Errno::EEXIST) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct TwiceReplaces;

impl Fault for TwiceReplaces {
    const NAME: &'static str = "twice-replaces";
    const SAYS: &'static str = "registering what is registered replaces it";
    const FAILS: &'static [&'static str] = &["readiness.api.twice"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        match right.register(asked) {
            Err(error) if is(&error, Errno::EEXIST) => right.modify(asked),
            other => other,
        }
    }
}

#[derive(Default)]
struct TwiceRemoves;

impl Fault for TwiceRemoves {
    const NAME: &'static str = "twice-removes";
    const SAYS: &'static str = "registering what is registered fails, and unregisters it";
    const FAILS: &'static [&'static str] = &["readiness.api.twice"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        match right.register(asked) {
            Err(error) if is(&error, Errno::EEXIST) => {
                right.unregister(asked.end)?;
                Err(error)
            }
            other => other,
        }
    }
}

#[derive(Default)]
struct ModifyIgnored;

impl Fault for ModifyIgnored {
    const NAME: &'static str = "modify-ignored";
    const SAYS: &'static str = "modifying does nothing, and succeeds";
    const FAILS: &'static [&'static str] = &[
        "readiness.api.absent-modified",
        "readiness.api.modified",
        "readiness.api.modified-key",
        "readiness.api.live-modified",
        "readiness.edge.modified",
        "readiness.edge.oneshot-rearmed",
        "readiness.edge.exclusive-modified",
        "readiness.api.sequence",
    ];

    fn modify(&self, _right: &Right, _asked: Asked) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct ModifyKeepsInterest;

impl Fault for ModifyKeepsInterest {
    const NAME: &'static str = "modify-keeps-interest";
    const SAYS: &'static str = "modifying changes the key and not what is asked for";
    const FAILS: &'static [&'static str] =
        &["readiness.api.modified", "readiness.api.live-modified", "readiness.api.sequence"];

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        let interest = right.of_end(asked.end).map_or(asked.interest, |before| before.interest);
        right.modify(Asked { interest, ..asked })
    }
}

#[derive(Default)]
struct ModifyKeepsKey;

impl Fault for ModifyKeepsKey {
    const NAME: &'static str = "modify-keeps-key";
    const SAYS: &'static str = "modifying changes what is asked for and not the key";
    const FAILS: &'static [&'static str] =
        &["readiness.api.modified-key", "readiness.api.sequence"];

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        let key = right.of_end(asked.end).map_or(asked.key, |before| before.key);
        right.modify(Asked { key, ..asked })
    }
}

#[derive(Default)]
struct ModifyRegisters;

impl Fault for ModifyRegisters {
    const NAME: &'static str = "modify-registers";
    const SAYS: &'static str = "modifying what is not registered registers it";
    const FAILS: &'static [&'static str] = &["readiness.api.absent-modified"];

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        match right.modify(asked) {
            Err(error) if is(&error, Errno::ENOENT) => right.register(asked),
            other => other,
        }
    }
}

#[derive(Default)]
struct UnregisterIgnored;

impl Fault for UnregisterIgnored {
    const NAME: &'static str = "unregister-ignored";
    const SAYS: &'static str = "unregistering does nothing, and succeeds";
    const FAILS: &'static [&'static str] = &[
        "readiness.level.interest",
        "readiness.api.again",
        "readiness.api.absent",
        "readiness.api.unregistered",
        "readiness.api.unregistered-others",
        "readiness.api.sequence",
    ];

    fn unregister(&self, _right: &Right, _end: End) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct UnregisterForgives;

impl Fault for UnregisterForgives {
    const NAME: &'static str = "unregister-forgives";
    const SAYS: &'static str = "unregistering what is not registered succeeds";
    const FAILS: &'static [&'static str] = &["readiness.api.absent"];

    fn unregister(&self, right: &Right, end: End) -> Result<()> {
        match right.unregister(end) {
            Err(error) if is(&error, Errno::ENOENT) => Ok(()),
            other => other,
        }
    }
}

/// The keys lie in a list, and what is told is a place in it.
#[derive(Default)]
struct UnregisterMoves(Mutex<Vec<(End, u64)>>);

impl Fault for UnregisterMoves {
    const NAME: &'static str = "unregister-moves";
    const SAYS: &'static str = "after one was unregistered the others are told under wrong keys";
    const FAILS: &'static [&'static str] =
        &["readiness.api.unregistered-others", "readiness.api.sequence"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        let mut keys = locked(&self.0);
        right.register(Asked { key: keys.len() as u64, ..asked })?;
        keys.push((asked.end, asked.key));
        Ok(())
    }

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        let mut keys = locked(&self.0);
        let place = keys.iter().position(|(end, _)| *end == asked.end);
        let place = place.ok_or(Error::os(Op::Wait, Errno::ENOENT))?;
        keys[place].1 = asked.key;
        right.modify(Asked { key: place as u64, ..asked })
    }

    fn unregister(&self, right: &Right, end: End) -> Result<()> {
        right.unregister(end)?;
        locked(&self.0).retain(|(other, _)| *other != end);
        Ok(())
    }

    fn tell(&self, _right: &Right, events: &mut Events) {
        let keys = locked(&self.0);
        for (key, _) in events {
            let place = usize::try_from(*key).unwrap_or(usize::MAX);
            *key = keys.get(place).map_or(*key, |(_, key)| *key);
        }
    }
}

/// What was found before is kept for the next wait.
#[derive(Default)]
struct ToldOnceMore(Mutex<(Events, Events)>);

impl Fault for ToldOnceMore {
    const NAME: &'static str = "told-once-more";
    const SAYS: &'static str = "what was told last is told once more after it is unregistered";
    const FAILS: &'static [&'static str] =
        &["readiness.api.unregistered", "readiness.api.sequence"];

    fn unregister(&self, right: &Right, end: End) -> Result<()> {
        let asked = right.of_end(end);
        right.unregister(end)?;
        let (last, stale) = &mut *locked(&self.0);
        let of_it = |(key, _): &&(u64, _)| asked.is_some_and(|asked| asked.key == *key);
        stale.extend(last.iter().filter(of_it).copied());
        Ok(())
    }

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        locked(&self.0).1.clear();
        right.register(asked)
    }

    fn tell(&self, _right: &Right, events: &mut Events) {
        let (last, stale) = &mut *locked(&self.0);
        events.append(stale);
        last.clone_from(events);
    }
}

/// What came during a wait, and whether one goes on.
#[derive(Default)]
struct ChangesWait(Mutex<(Vec<(bool, Asked)>, bool)>);

impl ChangesWait {
    fn later(&self, new: bool, asked: Asked) -> bool {
        let (changes, waiting) = &mut *locked(&self.0);
        if *waiting {
            changes.push((new, asked));
        }
        *waiting
    }
}

impl Fault for ChangesWait {
    const NAME: &'static str = "changes-wait";
    const SAYS: &'static str = "what is changed during a wait takes effect with the next";
    const FAILS: &'static [&'static str] =
        &["readiness.api.live-registered", "readiness.api.live-modified"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        if self.later(true, asked) { Ok(()) } else { right.register(asked) }
    }

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        if self.later(false, asked) { Ok(()) } else { right.modify(asked) }
    }

    fn wait(&self, right: &Right, timeout: Option<std::time::Duration>) -> Result<Events> {
        let changes = {
            let (changes, waiting) = &mut *locked(&self.0);
            *waiting = true;
            std::mem::take(changes)
        };
        for (new, asked) in changes {
            if new { right.register(asked)? } else { right.modify(asked)? }
        }
        let told = right.wait(timeout);
        locked(&self.0).1 = false;
        Ok(told?.events)
    }
}
