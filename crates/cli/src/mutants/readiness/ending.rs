//! Back ends that tell ends, resets and errors wrongly.

use std::mem::MaybeUninit;

use socket2::SockRef;
use sockrates_core::Ready;
use sockrates_harness::Mutant;

use super::fault::{Asked, Events, Fault, Right};
use super::faulty::mutant;
use crate::subjects::readiness::descriptor_of;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<ErrorDropped>(),
        mutant::<ErrorAsked>(),
        mutant::<HangupDropped>(),
        mutant::<EndSilent>(),
        mutant::<HalfIsWhole>(),
        mutant::<ErrorAlone>(),
        mutant::<OwnEndSilent>(),
    ]
}

#[derive(Default)]
struct ErrorDropped;

impl Fault for ErrorDropped {
    const NAME: &'static str = "error-dropped";
    const SAYS: &'static str = "errors are not told";
    const FAILS: &'static [&'static str] = &[
        "readiness.level.refused-error",
        "readiness.level.reset-error",
        "readiness.level.unasked",
    ];

    fn tell(&self, _right: &Right, events: &mut Events) {
        events.iter_mut().for_each(|(_, ready)| ready.error = false);
    }
}

#[derive(Default)]
struct ErrorAsked;

impl Fault for ErrorAsked {
    const NAME: &'static str = "error-asked";
    const SAYS: &'static str = "errors are told to those who ask whether there is room to send";
    const FAILS: &'static [&'static str] = &["readiness.level.unasked"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            ready.error &= right.of_key(*key).is_none_or(|asked| asked.interest.write);
        }
    }
}

#[derive(Default)]
struct HangupDropped;

impl Fault for HangupDropped {
    const NAME: &'static str = "hangup-dropped";
    const SAYS: &'static str = "hang-ups are not told";
    const FAILS: &'static [&'static str] =
        &["readiness.level.reset-error", "readiness.level.hangup", "readiness.level.hangup-write"];

    fn tell(&self, _right: &Right, events: &mut Events) {
        events.iter_mut().for_each(|(_, ready)| ready.hangup = false);
    }
}

#[derive(Default)]
struct EndSilent;

impl Fault for EndSilent {
    const NAME: &'static str = "end-silent";
    const SAYS: &'static str = "the end of the stream does not make an end ready to receive";
    const FAILS: &'static [&'static str] = &[
        "readiness.level.end",
        "readiness.level.receive",
        "readiness.edge.drain",
        "readiness.api.sequence",
    ];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events.iter_mut().filter(|(_, ready)| !ready.error) {
            ready.read &= !right.of_key(*key).is_some_and(has_ended);
        }
    }
}

#[derive(Default)]
struct HalfIsWhole;

impl Fault for HalfIsWhole {
    const NAME: &'static str = "half-is-whole";
    const SAYS: &'static str = "that the peer sends no more is told as a hang-up";
    const FAILS: &'static [&'static str] = &["readiness.level.half-close"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            ready.hangup |= right.of_key(*key).is_some_and(has_ended);
        }
    }
}

/// Whether the next receive would bring the end.
fn has_ended(asked: Asked) -> bool {
    let Some(descriptor) = descriptor_of(&asked.end) else { return false };
    let look = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    let peeked = SockRef::from(&descriptor).recv_with_flags(&mut [MaybeUninit::uninit()], look);
    matches!(peeked, Ok(0))
}

#[derive(Default)]
struct ErrorAlone;

impl Fault for ErrorAlone {
    const NAME: &'static str = "error-alone";
    const SAYS: &'static str = "with an error nothing else is told but the hang-up";
    const FAILS: &'static [&'static str] = &["readiness.level.reset", "readiness.level.refused"];

    fn tell(&self, _right: &Right, events: &mut Events) {
        for (_, ready) in events.iter_mut().filter(|(_, ready)| ready.error) {
            *ready = Ready { read: false, write: false, ..*ready };
        }
    }
}

#[derive(Default)]
struct OwnEndSilent;

impl Fault for OwnEndSilent {
    const NAME: &'static str = "own-end-silent";
    const SAYS: &'static str = "an end that sends no more is not ready to send";
    const FAILS: &'static [&'static str] = &["readiness.level.own-end"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events.iter_mut().filter(|(_, ready)| !ready.error) {
            let Some(asked) = right.of_key(*key) else { continue };
            let Some(descriptor) = descriptor_of(&asked.end) else { continue };
            let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
            // Nothing is sent, but whether anything could be is looked at.
            let sent = SockRef::from(&descriptor).send_with_flags(&[], flags);
            ready.write &= sent.is_ok();
        }
    }
}
