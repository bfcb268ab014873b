//! Why the clauses datagram.option.* matter: options of datagram sockets.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "datagram.option.kind",
        why: "What a descriptor that was handed over is has to be asked.",
        how: "",
    },
    Reason {
        id: "datagram.option.unknown",
        why: "An option that is ignored is a protection that is not there.",
        how: "",
    },
    Reason {
        id: "datagram.option.buffers",
        why: "A buffer smaller than was asked for drops datagrams under load.",
        how: "",
    },
    Reason {
        id: "datagram.option.broadcast",
        why: "Allowed by default, one wrong address floods a network.",
        how: "",
    },
    Reason {
        id: "datagram.option.hops",
        why: "Some protocols take nothing from further than one router away.",
        how: "",
    },
    Reason {
        id: "datagram.option.shared-address",
        why: "Whoever can bind beside another takes half of its datagrams. That needs the consent \
              of both.",
        how: "Binds beside a socket that does not share, beside one that does without sharing, \
              and where both do: only the last may succeed.",
    },
    Reason {
        id: "datagram.option.join",
        why: "A member that hears nothing looks like a silent network.",
        how: "",
    },
    Reason {
        id: "datagram.option.leave",
        why: "Traffic that goes on is paid for by the whole network.",
        how: "",
    },
    Reason {
        id: "datagram.option.stranger",
        why: "Otherwise every program hears every group.",
        how: "",
    },
    Reason {
        id: "datagram.option.join-twice",
        why: "A second membership must not survive the leaving of the first.",
        how: "",
    },
    Reason {
        id: "datagram.option.no-group",
        why: "A mistake in an address must not be a membership of nothing.",
        how: "",
    },
    Reason {
        id: "datagram.option.group-hops",
        why: "By default a group is local: floods must not leave the network.",
        how: "",
    },
    Reason {
        id: "datagram.option.group-loop",
        why: "Programs of one machine find each other by it.",
        how: "",
    },
    Reason {
        id: "datagram.option.told-hops",
        why: "Protocols that trust neighbours alone check it on each datagram.",
        how: "",
    },
    Reason {
        id: "datagram.option.told-class",
        why: "Congestion marks come in it, and QUIC reads them.",
        how: "",
    },
    Reason {
        id: "datagram.option.told-destination",
        why: "A server with several addresses answers from the one that was asked.",
        how: "",
    },
    Reason {
        id: "datagram.option.told-time",
        why: "Clocks are set by it: time spent in the queue must not count.",
        how: "",
    },
    Reason {
        id: "datagram.option.untold",
        why: "Cut off in secret, an option looks like one that was not sent.",
        how: "",
    },
];
