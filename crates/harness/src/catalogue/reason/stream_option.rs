//! Why the clauses stream.option.* matter: options of streams.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.option.nodelay",
        why: "Small requests wait 40 ms for each other where this is off and was meant to be on.",
        how: "",
    },
    Reason {
        id: "stream.option.keepalive",
        why: "Probes cost money on mobile links: off unless asked for, on where a dead peer has \
              to be found.",
        how: "",
    },
    Reason {
        id: "stream.option.keep-idle",
        why: "Probing sooner by default would load every idle link.",
        how: "",
    },
    Reason {
        id: "stream.option.keep-times",
        why: "Two hours is too long for most; setting one value must not change another.",
        how: "",
    },
    Reason {
        id: "stream.option.keep-range",
        why: "Some read zero as “never”, some as “at once”. A refusal that changes the value all \
              the same leaves the connection with a time that nobody chose.",
        how: "Sets 5, then 0 and -1: what is refused must leave the 5.",
    },
    Reason {
        id: "stream.option.linger",
        why: "A close that blocks, or resets, without having been asked surprises everybody.",
        how: "",
    },
    Reason {
        id: "stream.option.buffers",
        why: "Less than was asked for slows down long fast links, and nobody sees why.",
        how: "",
    },
    Reason {
        id: "stream.option.kind",
        why: "Descriptors are handed from process to process: what one is has to be asked.",
        how: "",
    },
    Reason {
        id: "stream.option.listens",
        why: "A program started by another asks this about what it was given.",
        how: "",
    },
    Reason {
        id: "stream.option.unknown",
        why: "An option that is ignored is a protection that is not there.",
        how: "",
    },
    Reason {
        id: "stream.option.hops",
        why: "Some protocols let nobody in from further than one router away.",
        how: "",
    },
    Reason {
        id: "stream.option.reuse-lingering",
        why: "A server that restarts must not wait for minutes for its own old connections.",
        how: "",
    },
    Reason {
        id: "stream.option.reuse-listening",
        why: "Otherwise any program could take clients from a running server.",
        how: "",
    },
    Reason {
        id: "stream.option.unshared-port",
        why: "The same, for ports that may be shared: all have to agree.",
        how: "",
    },
    Reason {
        id: "stream.option.only-v6",
        why: "A service meant for one family must not answer on the other.",
        how: "",
    },
    Reason {
        id: "stream.option.dual-stack",
        why: "Access lists are written for one form of address; the other must be recognised.",
        how: "",
    },
    Reason {
        id: "stream.option.urgent",
        why: "Taken in line it is a byte too many in the stream; lost it is an interrupt that \
              never comes.",
        how: "",
    },
    Reason {
        id: "stream.option.urgent-inline",
        why: "Where it was asked for in line, its place among the others is its meaning.",
        how: "",
    },
    Reason {
        id: "stream.option.urgent-none",
        why: "Waiting for an urgent byte that nobody has announced lasts for ever.",
        how: "",
    },
];
