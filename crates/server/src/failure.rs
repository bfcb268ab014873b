//! What went wrong, for a server's error hook.

use std::fmt;
use std::process::ExitStatus;

use sockrates_core::{Addr, Error};

/// What went wrong in a server that goes on: told to [`Handler::error`](crate::Handler::error).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// Whose request it was; `None` where it was nobody's.
    pub peer: Option<Addr>,
    /// What happened.
    pub cause: Cause,
}

/// What happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Cause {
    /// A hook of the handler returned this error.
    Error(Error),
    /// A hook of the handler panicked with this message.
    Panic(String),
    /// Connections or datagrams cannot be taken for the moment. Told once, when it begins; the
    /// server tries again after a while, or as soon as a connection ends.
    Accept(Error),
    /// No thread or process could be started; the connection waits for a free one, or was closed
    /// where there is none.
    Start(Error),
    /// The process that served a connection ended with this status, which is none of success.
    Exit(ExitStatus),
}

impl Failure {
    pub(crate) fn of(peer: &Addr, cause: Cause) -> Self {
        Self { peer: Some(peer.clone()), cause }
    }

    pub(crate) fn nobodys(cause: Cause) -> Self {
        Self { peer: None, cause }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.peer {
            Some(peer) => write!(f, "serving {peer}: {}", self.cause),
            None => write!(f, "server: {}", self.cause),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Panic(message) => write!(f, "panicked: {message}"),
            Self::Accept(error) => write!(f, "{error}; it is tried again"),
            Self::Start(error) => write!(f, "nobody to serve it could be started: {error}"),
            Self::Exit(status) => write!(f, "its process ended: {status}"),
        }
    }
}
