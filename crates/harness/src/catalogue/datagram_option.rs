//! The clauses datagram.option.*: what a datagram socket can be asked and told to be, groups, and
//! what datagrams tell beside their bytes.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

const NOT_SUPPORTED: &str = "[ENOPROTOOPT] The option is not supported by the protocol.";
const JOIN: Cite = cite("Linux ip(7)", "Join a multicast group.");
const LEAVE: Cite = cite("Linux ip(7)", "Leave a multicast group.");
const BY_GROUP: Cite = cite("RFC 3678 4.1.1", "");

const GROUPS: Caps = Caps::MULTICAST
    .and(Caps::SENDTO)
    .and(Caps::SOCKET)
    .and(Caps::ADDRESSES)
    .and(Caps::INET)
    .and(Caps::REUSE);
const TOLD: Caps = Caps::CONTROL.and(Caps::ADDRESSES);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.option.kind",
        "A datagram socket says that it is one, and stays one",
    )
    .cites(&[
        cite("POSIX.1-2017 2.10.16", "Identify socket type (getsockopt() only)."),
        cite("Linux socket(7)", "This socket option is read-only."),
    ])
    .needs(Caps::OPTIONS),
    Clause::must(
        Datagram,
        "datagram.option.unknown",
        "An option that a socket does not have is refused, to ask for and to set",
    )
    .cites(&[
        cite("POSIX.1-2017 getsockopt", NOT_SUPPORTED),
        cite("POSIX.1-2017 setsockopt", NOT_SUPPORTED),
    ])
    .needs(Caps::OPTIONS)
    .permits(&["ENOPROTOOPT", "unrepresentable"]),
    Clause::must(
        Datagram,
        "datagram.option.buffers",
        "A buffer is at least as large as was asked for",
    )
    .cites(&[
        cite("POSIX.1-2017 2.10.16", "Size of send buffer (in bytes)."),
        cite("Linux socket(7)", "this doubled value is returned by getsockopt(2)"),
    ])
    .needs(Caps::BUFFERS),
    Clause::must(
        Datagram,
        "datagram.option.broadcast",
        "Broadcasts are not allowed unless asked for, and that stays as it was put",
    )
    .cites(&[
        cite(
            "POSIX.1-2017 2.10.16",
            "Non-zero requests permission to transmit broadcast datagrams",
        ),
        cite("Linux socket(7)", "Set or get the broadcast flag."),
    ])
    .needs(Caps::BROADCAST),
    Clause::must(
        Datagram,
        "datagram.option.hops",
        "How many routers a packet may pass can be set, up to 255",
    )
    .cites(&[cite(
        "Linux ip(7)",
        "Set or retrieve the current time-to-live field that is used in every packet sent",
    )])
    .needs(Caps::HOPS),
    Clause::observe(
        Datagram,
        "datagram.option.shared-address",
        "An address is shared where every socket allows it, or never; not with one that does not",
        &["shared", "refused"],
    )
    .cites(&[
        cite(
            "Linux socket(7)",
            "only with the SO_REUSEADDR option when this option was set both in the previous \
             program that performed a bind(2) to the port and in the program that wants to reuse \
             the port",
        ),
        cite("POSIX.1-2024 bind", "[EADDRINUSE] The specified address is already in use."),
    ])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES).and(Caps::REUSE)),
    Clause::must(
        Datagram,
        "datagram.option.join",
        "A member receives what is sent to its group, as often as it is sent",
    )
    .cites(&[JOIN, BY_GROUP])
    .needs(GROUPS)
    .permits(&["received", "no way there"]),
    Clause::must(
        Datagram,
        "datagram.option.leave",
        "Who has left a group receives nothing of it, and can join again",
    )
    .cites(&[LEAVE, BY_GROUP])
    .needs(GROUPS)
    .permits(&["nothing", "no way there"]),
    Clause::must(
        Datagram,
        "datagram.option.stranger",
        "Where nobody is a member, nothing that is sent to a group is received",
    )
    .cites(&[
        cite("Linux ip(7)", "the groups that have been joined globally on the whole system"),
        BY_GROUP,
    ])
    .needs(GROUPS)
    .permits(&["nothing", "no way there"]),
    Clause::observe(
        Datagram,
        "datagram.option.bystander",
        "Who is no member may receive what members of the same machine do",
        &["nothing", "received", "no way there"],
    )
    .cites(&[cite(
        "Linux ip(7)",
        "the socket will receive messages from all the groups that have been joined globally on \
         the whole system",
    )])
    .needs(GROUPS),
    Clause::must(Datagram, "datagram.option.join-twice", "A group is joined once, and left once")
        .cites(&[JOIN, LEAVE, cite("RFC 3678 4.1.3", "")])
        .needs(GROUPS),
    Clause::must(
        Datagram,
        "datagram.option.no-group",
        "An address that is no group's is not joined, nor a group where there is no interface",
    )
    .cites(&[JOIN, cite("RFC 3678 4.1.3", "")])
    .needs(GROUPS),
    Clause::must(
        Datagram,
        "datagram.option.group-hops",
        "What is sent to a group stays on the local network, unless set otherwise",
    )
    .cites(&[cite(
        "Linux ip(7)",
        "The default is 1 which means that multicast packets don't leave the local network unless \
         the user program explicitly requests it.",
    )])
    .needs(Caps::MULTICAST),
    Clause::must(
        Datagram,
        "datagram.option.group-loop",
        "What is sent to a group reaches this machine's members unless set otherwise",
    )
    .cites(&[
        cite(
            "Linux ip(7)",
            "determines whether sent multicast packets should be looped back to the local sockets",
        ),
        cite("RFC 3493 5.2", ""),
    ])
    .needs(Caps::MULTICAST),
    Clause::must(
        Datagram,
        "datagram.option.told-hops",
        "A datagram tells how many routers it could have passed, where that is asked for",
    )
    .cites(&[
        cite("Linux ip(7)", "with the time-to-live field of the received packet"),
        cite("RFC 3542 6.3", ""),
    ])
    .needs(TOLD.and(Caps::HOPS)),
    Clause::must(
        Datagram,
        "datagram.option.told-class",
        "A datagram tells its type of service or traffic class, where that is asked for",
    )
    .cites(&[
        cite("Linux ip(7)", "If enabled, the IP_TOS ancillary message is passed with incoming"),
        cite("RFC 3542 6.5", ""),
    ])
    .needs(TOLD),
    Clause::must(
        Datagram,
        "datagram.option.told-destination",
        "A datagram tells where it was sent and by which interface it came, where asked for",
    )
    .cites(&[
        cite("Linux ip(7)", "that supplies some information about the incoming packet"),
        cite("RFC 3542 6.1", ""),
    ])
    .needs(TOLD.and(Caps::INET)),
    Clause::must(
        Datagram,
        "datagram.option.told-time",
        "A datagram tells when it came, where that is asked for",
    )
    .cites(&[cite("Linux socket(7)", "indicating the reception time of the last packet passed")])
    .needs(TOLD),
    Clause::must(
        Datagram,
        "datagram.option.untold",
        "Without room for it, what a datagram tells is lost, which shows, and its bytes are not",
    )
    .cites(&[
        cite("POSIX.1-2017 recvmsg", "Control data was truncated."),
        cite("Linux recvmsg(2)", "some control data was discarded due to lack of space"),
    ])
    .needs(TOLD.and(Caps::HOPS)),
];
