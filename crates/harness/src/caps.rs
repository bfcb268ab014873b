//! What a subject declares that it can do.

use std::fmt;
use std::ops::BitOr;

/// A set of capabilities. A clause that needs one the subject does not declare is skipped; that the
/// subject then answers "unsupported" instead of pretending is a clause of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Caps(u64);

/// Lists the capabilities: constant, name on the command line and in reports, what it means.
macro_rules! caps {
    ($($name:ident $bit:literal $word:literal $text:literal),* $(,)?) => {
        impl Caps {
            $(
                #[doc = concat!("`", $word, "`: ", $text, ".")]
                pub const $name: Self = Self(1 << $bit);
            )*

            /// Every capability with its name and meaning.
            pub const ALL: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$name, $word, $text)),*];
        }
    };
}

caps! {
    LISTEN 0 "listen" "makes listeners that accept connections",
    CONNECT 1 "connect" "connects to an address",
    ADDRESSES 2 "addresses" "tells local and peer addresses",
    SOCKET 3 "socket" "makes bare sockets on which bind, listen and connect are called one by one",
    CONNECT_EX 4 "connect-ex" "connects and returns an error number",
    SO_ERROR 5 "so-error" "tells and clears the pending error",
    READY 6 "ready" "waits for readiness",
    NONBLOCK 7 "nonblock" "has a non-blocking mode",
    TIMEOUT 8 "timeout" "has a timeout mode",
    DEADLINE 9 "deadline" "honours a deadline for one operation",
    HALF_CLOSE 10 "half-close" "ends the sending side alone",
    SHUTDOWN 11 "shutdown" "shuts down reading, writing or both",
    PEEK 12 "peek" "receives without consuming",
    WAITALL 13 "waitall" "fills the whole buffer",
    DONTWAIT 14 "dontwait" "makes one call non-blocking",
    QUEUED 15 "queued" "counts the bytes that are queued",
    ABORT 16 "abort" "closes with a reset",
    CLOSE 17 "close" "closes a handle that stays in the program's hands",
    CLOSE_WAKES 18 "close-wakes" "closing ends operations that are blocked",
    DUP 19 "dup" "duplicates handles",
    OOB 20 "oob" "carries urgent data",
    BUFFERS 21 "buffers" "sets the sizes of its buffers",
    LINGER 22 "linger" "bounds what closing may wait for",
    REUSE 23 "reuse" "binds an address again while old connections linger",
    FD 24 "fd" "has descriptors of the operating system",
    TRUNC 25 "trunc" "shows that a datagram was truncated",
    BROADCAST 26 "broadcast" "allows and refuses broadcasts",
    DISCONNECT 27 "disconnect" "dissolves a datagram association",
    SENDTO 28 "sendto" "sends each datagram where the call says",
    REFUSAL 29 "refusal" "learns that nobody receives its datagrams",
    INET 30 "inet" "has IP addresses and the rules that come with them",
    ACCEPT_RESET 31 "accept-reset" "can be reset by a client before it is accepted",
    STALL 32 "stall" "lets a client wait while a listener of backlog 0 has one connection queued",
    CONNECT_ANY 33 "connect-any" "tries several addresses in turn and tells the error of each",
    NODELAY 34 "nodelay" "sends small writes at once where that is asked for",
    KEEPALIVE 35 "keepalive" "probes idle connections",
    KEEP_TIMES 36 "keep-times" "sets when and how often idle connections are probed",
    OPTIONS 37 "options" "tells what a socket is, and refuses options that it does not have",
    REUSE_PORT 38 "reuse-port" "shares a port among several listeners",
    ONLY_V6 39 "only-v6" "takes IPv4 on IPv6 sockets, or leaves it alone",
    HOPS 40 "hops" "sets how many routers its packets may pass",
    MULTICAST 41 "multicast" "joins groups and sends to them",
    CONTROL 42 "control" "tells of each datagram what its header said",
    RIGHTS 43 "rights" "passes descriptors with its bytes or messages",
    EDGE 44 "edge" "tells readiness once for each arrival",
    ONESHOT 45 "oneshot" "tells readiness once, until armed again",
    EXCLUSIVE 46 "exclusive" "wakes one waiter of several",
    WAKE 47 "wake" "a wait can be ended from another thread",
    NESTING 48 "nesting" "a readiness back end can be watched itself",
    HANGUP 49 "hangup" "tells errors and hang-ups apart from readiness",
    PATHS 59 "paths" "has addresses that are files",
    LIVE 58 "live" "what is watched can be changed while a wait goes on",
    CAP 50 "cap" "bounds how many connections are served at once",
    IDLE 51 "idle" "closes connections that are silent for too long",
    STOP_WITHIN 52 "stop-within" "can be stopped by a handler",
    PANIC 53 "panic" "survives a handler that panics",
    PROCESSES 54 "processes" "serves each connection in a process of its own",
    ERROR_HOOK 55 "error-hook" "tells a hook of each handler that failed",
    CONCURRENT 56 "concurrent" "serves several connections at a time",
    DUAL_STACK 57 "dual-stack" "serves IPv4 clients at an IPv6 address, at the same port",
}

impl Caps {
    /// No capability.
    pub const NONE: Self = Self(0);

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names in the order of the table.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().filter(move |(cap, ..)| self.contains(*cap)).map(|(_, word, _)| *word)
    }
}

impl BitOr for Caps {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.and(other)
    }
}

impl fmt::Display for Caps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Debug for Caps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}
