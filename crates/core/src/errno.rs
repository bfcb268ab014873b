//! Error numbers of the operating system, as values with names.

use core::fmt;

/// An error number: what `errno` holds after a failed call, or 0 for success.
///
/// The numbers are the running system's own: POSIX numbers on Unix, Winsock codes on Windows
/// (refused is 111 on Linux, 61 on macOS, 10061 on Windows). Compare with the constants, never with
/// a literal.
///
/// This is also what `connect_ex` returns, as in Python: 0, or the number that `connect` would have
/// failed with.
///
/// ```
/// use sockrates_core::Errno;
///
/// let refused = Errno::ECONNREFUSED;
/// assert_eq!(refused.name(), Some("ECONNREFUSED"));
/// let code = refused.code();
/// assert_eq!(refused.to_string(), format!("ECONNREFUSED ({code}): connection refused"));
/// assert!(Errno::SUCCESS.is_success());
/// ```
///
/// Source: POSIX.1-2024 `<errno.h>`; Python's `errno` module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[must_use]
pub struct Errno(i32);

impl Errno {
    /// No error: what a successful `connect_ex` returns.
    pub const SUCCESS: Self = Self(0);

    /// The error number `code`, of any value; unknown numbers are kept as they are.
    pub const fn from_code(code: i32) -> Self {
        Self(code)
    }

    /// The number itself, as the operating system counts it.
    #[must_use]
    pub const fn code(self) -> i32 {
        self.0
    }

    /// Whether this is 0, no error.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 == 0
    }

    /// The symbolic name, or `None` where this table has none for the number. 0 has no name.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// What the number means, in a few words.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self.row() {
            Some(row) => row.text,
            None if self.is_success() => "success",
            None => "unknown error",
        }
    }

    /// Whether the call would have had to wait: `EAGAIN`, also spelled `EWOULDBLOCK`.
    #[must_use]
    pub fn would_block(self) -> bool {
        self == Self::EAGAIN || self == Self::EWOULDBLOCK
    }

    /// Whether a connection attempt goes on in the background.
    ///
    /// # Platform notes
    /// `EINPROGRESS` on Unix. Winsock reports `WSAEWOULDBLOCK` for the same state.
    #[must_use]
    pub fn in_progress(self) -> bool {
        self == Self::EINPROGRESS || (cfg!(windows) && self == Self::EWOULDBLOCK)
    }

    /// The exception that Python raises for this number (PEP 3151): `"ConnectionRefusedError"`, or
    /// `"OSError"` where it has no class of its own.
    #[must_use]
    pub fn python_name(self) -> &'static str {
        match self {
            Self::EAGAIN | Self::EALREADY | Self::EINPROGRESS => "BlockingIOError",
            #[expect(unreachable_patterns, reason = "the same number as EAGAIN on most systems")]
            Self::EWOULDBLOCK => "BlockingIOError",
            Self::EPIPE | Self::ESHUTDOWN => "BrokenPipeError",
            Self::ECONNABORTED => "ConnectionAbortedError",
            Self::ECONNREFUSED => "ConnectionRefusedError",
            Self::ECONNRESET => "ConnectionResetError",
            Self::EINTR => "InterruptedError",
            Self::EACCES | Self::EPERM => "PermissionError",
            Self::ETIMEDOUT => "TimeoutError",
            Self::ENOENT => "FileNotFoundError",
            _ => "OSError",
        }
    }

    /// The standard library's kind for this number, as `std::io::Error::from_raw_os_error` tells
    /// it.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn kind(self) -> std::io::ErrorKind {
        std::io::Error::from_raw_os_error(self.0).kind()
    }

    /// The one that stands for `kind`: the first of the table that has it.
    #[cfg(feature = "std")]
    pub(crate) fn of_kind(kind: std::io::ErrorKind) -> Option<Self> {
        // Kinds are few: what has none is of one that says nothing, and has no name in std.
        let nondescript = Self(i32::MAX).kind();
        let mut known = TABLE.iter().map(|row| row.errno);
        known.find(|errno| errno.kind() == kind && kind != nondescript)
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.errno == self)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({}): {}", self.0, self.description()),
            None if self.is_success() => f.write_str("0: success"),
            None => write!(f, "error number {}: {}", self.0, self.description()),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None if self.is_success() => f.write_str("SUCCESS"),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

struct Row {
    errno: Errno,
    name: &'static str,
    text: &'static str,
}

/// Lists the names: on Unix the number is libc's, elsewhere it is the Winsock code given here.
macro_rules! errnos {
    ($($name:ident $winsock:literal $text:literal),* $(,)?) => {
        impl Errno {
            $(
                #[doc = concat!("`", stringify!($name), "`: ", $text, ".")]
                #[cfg(unix)]
                pub const $name: Self = Self(libc::$name);
                #[doc = concat!("`", stringify!($name), "`: ", $text, ".")]
                #[cfg(not(unix))]
                pub const $name: Self = Self($winsock);
            )*
        }
        const TABLE: &[Row] = &[
            $(Row { errno: Errno::$name, name: stringify!($name), text: $text }),*
        ];
    };
}

errnos! {
    EAGAIN 10035 "the call would have to wait",
    EWOULDBLOCK 10035 "the call would have to wait",
    EINPROGRESS 10036 "the connection attempt goes on in the background",
    EALREADY 10037 "a connection attempt is already going on",
    EINTR 10004 "interrupted by a signal",
    EBADF 10009 "the socket is closed",
    ENOTSOCK 10038 "not a socket",
    EDESTADDRREQ 10039 "a destination address is needed",
    EMSGSIZE 10040 "the message is too long",
    EPROTOTYPE 10041 "the wrong type of socket",
    ENOPROTOOPT 10042 "no such option",
    EPROTONOSUPPORT 10043 "no such protocol",
    EOPNOTSUPP 10045 "the socket does not support this operation",
    EAFNOSUPPORT 10047 "the address family does not fit",
    EADDRINUSE 10048 "the address is in use",
    EADDRNOTAVAIL 10049 "the address is not one of this machine's",
    ENETDOWN 10050 "the network is down",
    ENETUNREACH 10051 "the network is unreachable",
    ECONNABORTED 10053 "the connection was aborted",
    ECONNRESET 10054 "connection reset by the peer",
    ENOBUFS 10055 "no buffer space",
    EISCONN 10056 "already connected",
    ENOTCONN 10057 "not connected",
    ESHUTDOWN 10058 "the sending side is shut down",
    ETIMEDOUT 10060 "the peer did not answer in time",
    ECONNREFUSED 10061 "connection refused",
    ELOOP 10062 "too many levels, or a circle",
    EHOSTUNREACH 10065 "no route to the host",
    EINVAL 10022 "invalid argument",
    EFAULT 10014 "bad address of memory",
    EACCES 10013 "permission denied",
    EMFILE 10024 "too many open descriptors in this process",
    // Winsock has no code for these; the C runtime's numbers stand in.
    EPERM 1 "operation not permitted",
    ENOENT 2 "no such path",
    ENFILE 23 "too many open files on this system",
    ENOMEM 12 "out of memory",
    EPIPE 32 "the connection is closed for sending",
    EEXIST 17 "already exists",
    ENODEV 19 "no such interface",
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[cfg(feature = "std")]
    #[test]
    fn a_kind_has_an_errno_only_where_it_says_something() {
        use std::io::ErrorKind;
        assert_eq!(Errno::of_kind(ErrorKind::WouldBlock), Some(Errno::EAGAIN));
        assert_eq!(Errno::of_kind(ErrorKind::PermissionDenied), Some(Errno::EACCES));
        assert_eq!(Errno::of_kind(ErrorKind::AddrInUse), Some(Errno::EADDRINUSE));
        assert_eq!(Errno::of_kind(ErrorKind::Other), None);
        assert_eq!(Errno::of_kind(Errno::EBADF.kind()), None);
    }

    #[test]
    fn unknown_numbers_survive() {
        let odd = Errno::from_code(987_654);
        assert_eq!(odd.name(), None);
        assert_eq!(odd.to_string(), "error number 987654: unknown error");
        assert_eq!(odd.code(), 987_654);
    }

    #[test]
    fn success_is_no_error() {
        assert!(Errno::SUCCESS.is_success());
        assert_eq!(Errno::SUCCESS.to_string(), "0: success");
    }

    #[test]
    fn python_has_a_class_for_a_broken_pipe() {
        assert_eq!(Errno::EPIPE.python_name(), "BrokenPipeError");
        assert_eq!(Errno::EADDRINUSE.python_name(), "OSError");
    }
}
