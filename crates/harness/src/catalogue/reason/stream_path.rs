//! Why the clauses stream.path.* matter: addresses that are files.

use super::Reason;

pub(super) const REASONS: &[Reason] = &[
    Reason {
        id: "stream.path.names",
        why: "Logs and access rules go by the path; a client's must not be made up.",
        how: "",
    },
    Reason {
        id: "stream.path.taken",
        why: "Removing what is in the way costs somebody a file, or a running server its clients.",
        how: "Binds at a file with text in it and at a live listener: both stay as they were.",
    },
    Reason {
        id: "stream.path.too-long",
        why: "A name has room for about a hundred bytes. One that is cut is another place, \
              perhaps somebody else's.",
        how: "Binds at a name of 240 bytes, and looks for a file of any name.",
    },
    Reason {
        id: "stream.path.nul",
        why: "To the system a path ends at a zero byte: what passed a check is not what is used.",
        how: "Binds at a name with a zero byte inside, and looks for a file of any name.",
    },
    Reason {
        id: "stream.path.nobody",
        why: "“Not there” calls for a start, “refused” for a look at what has crashed.",
        how: "",
    },
    Reason {
        id: "stream.path.unlinked",
        why: "Servers are replaced without a gap by removing the file and binding anew while old \
              connections finish.",
        how: "Removes the file of a listener with a connection, and listens there again: both \
              connections carry bytes.",
    },
    Reason {
        id: "stream.path.left",
        why: "A server that does not start after a crash, “address in use”, is the commonest \
              surprise with sockets that are files.",
        how: "",
    },
];
