//! The clauses stream.path.*: addresses that are files.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const IN_USE: Cite = cite(
    "Linux unix(7)",
    "The specified local address is already in use or the filesystem socket object already exists.",
);
const REFUSED: Cite =
    cite("Linux unix(7)", "The remote address specified by connect(2) was not a listening socket.");
const NO_FILE: Cite = cite(
    "Linux unix(7)",
    "The pathname in the remote address specified to connect(2) did not exist.",
);
const PATHNAME: Cite = cite(
    "Linux unix(7)",
    "a UNIX domain socket can be bound to a null-terminated filesystem pathname using bind(2)",
);
const UNLINKED: Cite = cite("Linux unix(7)", "the socket can be unlinked at any time");
const TO_DELETE: Cite = cite(
    "Linux unix(7)",
    "creates a socket in the filesystem that must be deleted by the caller when it is no longer \
     needed",
);

const FILES: Caps =
    Caps::PATHS.and(Caps::SOCKET).and(Caps::LISTEN).and(Caps::CONNECT).and(Caps::ADDRESSES);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.path.names",
        "A listener is told by its path, at both ends; a client that was not bound has no name",
    )
    .cites(&[PATHNAME])
    .needs(FILES),
    Clause::must(
        Stream,
        "stream.path.taken",
        "Binding where there is a file, whatever it is, fails and leaves the file as it was",
    )
    .cites(&[IN_USE])
    .needs(FILES),
    Clause::must(Stream, "stream.path.too-long", "A path that is too long is refused, and not cut")
        .cites(&[cite("Linux unix(7)", "On Linux, sun_path is 108 bytes in size")])
        .needs(FILES),
    Clause::must(
        Stream,
        "stream.path.nul",
        "A path with a zero byte is refused, and not cut there",
    )
    .cites(&[PATHNAME])
    .needs(FILES),
    Clause::must(
        Stream,
        "stream.path.nobody",
        "Connecting to a path that is not there tells that; where nobody listens it is refused",
    )
    .cites(&[NO_FILE, REFUSED])
    .needs(FILES),
    Clause::must(
        Stream,
        "stream.path.unlinked",
        "Removing a listener's file ends no connection, and leaves the path to somebody else",
    )
    .cites(&[UNLINKED])
    .needs(FILES),
    Clause::observe(
        Stream,
        "stream.path.left",
        "A listener that is closed leaves its file behind, which is in the way, or removes it",
        &["left", "removed"],
    )
    .cites(&[TO_DELETE])
    .needs(FILES),
];
