//! What a local socket can be bound and connected to.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use sockrates_core::{Addr, Error, Result};

/// The address of a local socket: a path, or an [`Addr`].
///
/// | | |
/// |---|---|
/// | `"/run/app.socket"`, a [`Path`] | a file; at most 107 bytes on Linux, 103 elsewhere |
/// | [`Addr::Abstract`] | a name of Linux's that is no file and goes with its socket; 107 bytes |
/// | [`Addr::Unnamed`] | to bind to: Linux chooses an abstract name |
///
/// A path is relative to the process's directory, needs write permission to connect, and stays
/// when its socket is gone: see [`remove_stale`](crate::remove_stale).
///
/// Source: Linux `unix(7)`; POSIX.1-2024 `<sys/un.h>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no address of a local socket",
    note = "write a path, or an `Addr::Abstract` or `Addr::Unnamed`"
)]
pub trait UnixAddress {
    /// The address.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an address that is not local.
    fn to_addr(&self) -> Result<Addr>;
}

impl UnixAddress for Addr {
    fn to_addr(&self) -> Result<Addr> {
        match self {
            Self::Path(_) | Self::Abstract(_) | Self::Unnamed => Ok(self.clone()),
            other => {
                let rule = "not local; use a path, Addr::Abstract or Addr::Unnamed";
                Err(Error::invalid("unix address", other.to_string(), rule))
            }
        }
    }
}

/// Lists the types that are paths.
macro_rules! paths {
    ($($path:ty),*) => {$(
        impl UnixAddress for $path {
            fn to_addr(&self) -> Result<Addr> {
                Ok(Addr::Path(AsRef::<Path>::as_ref(self).to_owned()))
            }
        }
    )*};
}

paths!(Path, PathBuf, str, String, OsStr, OsString);

impl<A: UnixAddress + ?Sized> UnixAddress for &A {
    fn to_addr(&self) -> Result<Addr> {
        (**self).to_addr()
    }
}
