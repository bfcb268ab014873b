//! Back ends that tell too often, or not often enough.

use sockrates_core::Result;
use sockrates_harness::{Caps, Mutant, Trigger};

use super::fault::{Asked, Fault, Right};
use super::faulty::mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<LevelIsEdge>(),
        mutant::<EdgeIsLevel>(),
        mutant::<EdgeIsOneShot>(),
        mutant::<EdgeMissesPresent>(),
        mutant::<EdgeKeepsSilent>(),
        mutant::<OneShotIsLevel>(),
        mutant::<OneShotIsEdge>(),
        mutant::<OneShotForEver>(),
        mutant::<EdgePretended>(),
    ]
}

/// Asks for `to` where `from` was asked for.
fn instead(asked: Asked, from: Trigger, to: Trigger) -> Asked {
    let trigger = if asked.trigger == from { to } else { asked.trigger };
    Asked { trigger, ..asked }
}

/// Lists mutants that take one trigger for another.
macro_rules! confused {
    ($(
        $mutant:ident $from:ident $to:ident $name:literal $says:literal
        [$($fails:literal),* $(,)?]
    )*) => {$(
        #[derive(Default)]
        struct $mutant;

        impl Fault for $mutant {
            const NAME: &'static str = $name;
            const SAYS: &'static str = $says;
            const FAILS: &'static [&'static str] = &[$($fails),*];

            fn register(&self, right: &Right, asked: Asked) -> Result<()> {
                right.register(instead(asked, Trigger::$from, Trigger::$to))
            }

            fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
                right.modify(instead(asked, Trigger::$from, Trigger::$to))
            }
        }
    )*};
}

confused! {
    LevelIsEdge Level Edge "level-is-edge"
        "what is ready is told once, where it should be told as long as it is" [
        "readiness.level.data",
        "readiness.level.idle",
        "readiness.level.partial",
        "readiness.level.end",
        "readiness.level.listener",
        "readiness.api.same-end",
        "readiness.api.unregistered-others", "readiness.api.sequence",
    ]
    EdgeIsLevel Edge Level "edge-is-level"
        "an arrival is told as long as it is there" [
        "readiness.edge.arrival",
        "readiness.edge.leftovers",
        "readiness.edge.room",
    ]
    EdgeIsOneShot Edge OneShot "edge-is-oneshot"
        "after an arrival was told no further one is" [
        "readiness.edge.arrival",
        "readiness.edge.again",
        "readiness.edge.room",
        "readiness.edge.end",
        "readiness.edge.drain",
    ]
    OneShotIsLevel OneShot Level "oneshot-is-level"
        "a one-shot that has told is not disarmed" [
        "readiness.edge.oneshot-disarms",
        "readiness.edge.oneshot-silent",
        "readiness.edge.oneshot-once",
        "readiness.edge.oneshot-rearmed",
    ]
    OneShotIsEdge OneShot Edge "oneshot-is-edge"
        "a one-shot that has told is armed again by the next arrival" [
        "readiness.edge.oneshot-silent",
        "readiness.edge.oneshot-once",
    ]
}

#[derive(Default)]
struct EdgeMissesPresent;

impl Fault for EdgeMissesPresent {
    const NAME: &'static str = "edge-misses-present";
    const SAYS: &'static str = "what is ready already when it is registered is not told";
    const FAILS: &'static [&'static str] = &["readiness.edge.registered", "readiness.edge.room"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        right.register(asked)?;
        if asked.trigger == Trigger::Edge {
            right.now()?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct EdgeKeepsSilent;

impl Fault for EdgeKeepsSilent {
    const NAME: &'static str = "edge-keeps-silent";
    const SAYS: &'static str = "what was told is not told again where it is modified";
    const FAILS: &'static [&'static str] = &["readiness.edge.modified"];

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        right.modify(asked)?;
        if asked.trigger == Trigger::Edge {
            right.now()?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct OneShotForEver;

impl Fault for OneShotForEver {
    const NAME: &'static str = "oneshot-for-ever";
    const SAYS: &'static str = "a one-shot that has told cannot be armed again";
    const FAILS: &'static [&'static str] = &["readiness.edge.oneshot-rearmed"];

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        if asked.trigger == Trigger::OneShot { Ok(()) } else { right.modify(asked) }
    }
}

#[derive(Default)]
struct EdgePretended;

impl Fault for EdgePretended {
    const NAME: &'static str = "edge-pretended";
    const SAYS: &'static str = "edges are not declared, and told like levels";
    const FAILS: &'static [&'static str] = &["readiness.api.undeclared"];
    const LACKS: Caps = Caps::EDGE;

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        right.register(instead(asked, Trigger::Edge, Trigger::Level))
    }
}
