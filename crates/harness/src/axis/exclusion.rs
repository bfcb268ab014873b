//! What is not checked under an axis, and why.

use sockrates_core::Kind;

use crate::runner::Pattern;
use crate::{Axis, Caps, Clause, Deviation, Subject};

/// Clauses that an axis leaves no meaning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exclusion {
    /// The axis.
    pub(crate) axis: Axis,
    /// The clauses, as patterns.
    pub(crate) clauses: &'static [&'static str],
    /// Only of messages, and not of bytes.
    pub(crate) messages: bool,
    /// Why.
    pub(crate) why: &'static str,
}

impl Exclusion {
    /// Every one.
    pub(crate) const ALL: &'static [Self] = &[
        any(
            Axis::OneByteReads,
            &["cross.rights.plain-receive"],
            "it is about what a single receive brings",
        ),
        any(
            Axis::OneByteReads,
            &["framing.core.trailing"],
            "it is about what one look at a whole window takes of it",
        ),
        any(
            Axis::ShortWrites,
            &[
                "stream.rights.needs-byte",
                "stream.rights.after",
                "cross.rights.none",
                "cross.rights.most",
                "cross.rights.unknown",
            ],
            "it counts the bytes of the one send that descriptors go with, or not",
        ),
        any(
            Axis::Interrupts,
            &["*.deadline.interrupted-*", "readiness.api.interrupted*"],
            "it brings signals of its own and counts them",
        ),
        any(
            Axis::Interrupts,
            &["datagram.deadline.idle", "server.fault.exhausted-idle"],
            "it measures the use of the processor, which the signals are a part of",
        ),
        any(
            Axis::SmallBuffers,
            &["stream.io.boundaries"],
            "it sends more often than the buffer has room before anybody receives",
        ),
        messages(
            Axis::SmallBuffers,
            &[
                "datagram.message.boundaries",
                "datagram.message.longest",
                "datagram.message.accounted",
                "datagram.message.order",
                "datagram.message.batches",
                "datagram.message.concurrent-*",
                "datagram.address.several-peers",
                "datagram.transfer",
                "cross.capability",
                "server.datagram.long",
            ],
            "it needs room for one large message or several small ones; what finds none is lost, \
             or waits",
        ),
    ];

    fn is_about(&self, axis: Axis, clause: &Clause, subject: &Subject) -> bool {
        let fits = |pattern: &&str| Pattern::new(pattern).fits(clause.id);
        let messages = subject.ends().is_some_and(|ends| ends.kind() == Kind::Datagram);
        self.axis == axis && (messages || !self.messages) && self.clauses.iter().any(fits)
    }
}

const fn any(axis: Axis, clauses: &'static [&'static str], why: &'static str) -> Exclusion {
    Exclusion { axis, clauses, messages: false, why }
}

const fn messages(axis: Axis, clauses: &'static [&'static str], why: &'static str) -> Exclusion {
    Exclusion { messages: true, ..any(axis, clauses, why) }
}

/// Whether a deviation is recorded by which the caller has to cope with every interruption.
fn gives_interruptions(subject: &Subject) -> bool {
    let told =
        |known: &Deviation| known.sees == "EINTR" && known.clause.ends_with(".interrupted-recv");
    subject.deviations().iter().any(told)
}

fn is_agents(subject: &Subject) -> bool {
    subject.ends().is_some_and(|ends| ends.recipe().is_some())
}

/// Why `clause` is not checked on `subject` under `axis`, where it is not.
pub(crate) fn excluded(axis: Axis, clause: &Clause, subject: &Subject) -> Option<&'static str> {
    match (axis, subject) {
        (Axis::ShortWrites, Subject::Framing(_)) => return Some("a framing sends nothing itself"),
        (Axis::Interrupts | Axis::SmallBuffers | Axis::LatePeer, Subject::Framing(_)) => {
            return Some("a framing waits for nothing and has no buffers to set");
        }
        (Axis::SmallBuffers, subject) if !subject.caps().contains(Caps::BUFFERS) => {
            return Some("the subject sets no sizes of buffers");
        }
        (Axis::Interrupts, subject) if is_agents(subject) => {
            return Some("its operations are an agent's, whom no signal of this process strikes");
        }
        (Axis::Interrupts, subject) if gives_interruptions(subject) => {
            return Some("the subject hands interruptions to its caller, as is recorded of it");
        }
        _ => {}
    }
    Exclusion::ALL.iter().find(|known| known.is_about(axis, clause, subject)).map(|known| known.why)
}
