//! Back ends that share and nest wrongly.

use sockrates_core::{Endpoint, Errno, Ready, Result};
use sockrates_harness::{Mutant, Readiness, Trigger};

use super::fault::{Asked, Events, Fault, Right};
use super::faulty::mutant;
use crate::subjects::readiness::epoll_set::EpollSet;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<ExclusiveSilent>(),
        mutant::<ExclusiveModified>(),
        mutant::<NestedSilent>(),
        mutant::<ItselfAccepted>(),
        mutant::<CircleAccepted>(),
    ]
}

#[derive(Default)]
struct ExclusiveSilent;

impl Fault for ExclusiveSilent {
    const NAME: &'static str = "exclusive-silent";
    const SAYS: &'static str = "of several that watch an end exclusively none is told";
    const FAILS: &'static [&'static str] = &["readiness.edge.exclusive"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            if right.of_key(*key).is_some_and(|asked| asked.trigger == Trigger::Exclusive) {
                *ready = Ready::default();
            }
        }
    }
}

#[derive(Default)]
struct ExclusiveModified;

impl Fault for ExclusiveModified {
    const NAME: &'static str = "exclusive-modified";
    const SAYS: &'static str = "modifying what is watched exclusively makes it watched by all";
    const FAILS: &'static [&'static str] = &["readiness.edge.exclusive-modified"];

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        match right.modify(asked) {
            Err(error) if error.errno() == Some(Errno::EINVAL) => {
                right.unregister(asked.end)?;
                right.register(asked)
            }
            other => other,
        }
    }
}

/// What stands for the back end where it is watched.
struct NestedSilent(Option<EpollSet>);

impl Default for NestedSilent {
    fn default() -> Self {
        Self(EpollSet::new().ok())
    }
}

impl Fault for NestedSilent {
    const NAME: &'static str = "nested-silent";
    const SAYS: &'static str = "who watches a back end watches another one that is never ready";
    const FAILS: &'static [&'static str] = &[
        "readiness.edge.nesting",
        "readiness.edge.nesting-itself",
        "readiness.edge.nesting-circle",
    ];

    fn as_endpoint<'a>(&'a self, right: &'a Right) -> Result<&'a dyn Endpoint> {
        match &self.0 {
            Some(other) => other.as_endpoint(),
            None => right.as_endpoint(),
        }
    }
}

#[derive(Default)]
struct ItselfAccepted;

impl Fault for ItselfAccepted {
    const NAME: &'static str = "itself-accepted";
    const SAYS: &'static str = "that a back end is to watch itself is ignored";
    const FAILS: &'static [&'static str] = &["readiness.edge.nesting-itself"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        forgiving(right.register(asked), Errno::EINVAL)
    }
}

#[derive(Default)]
struct CircleAccepted;

impl Fault for CircleAccepted {
    const NAME: &'static str = "circle-accepted";
    const SAYS: &'static str = "what would close a circle is ignored";
    const FAILS: &'static [&'static str] = &["readiness.edge.nesting-circle"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        forgiving(right.register(asked), Errno::ELOOP)
    }
}

fn forgiving(result: Result<()>, forgiven: Errno) -> Result<()> {
    match result {
        Err(error) if error.errno() == Some(forgiven) => Ok(()),
        other => other,
    }
}
