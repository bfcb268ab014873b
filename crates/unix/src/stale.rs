//! Files that sockets have left behind.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use sockrates_core::{Addr, Errno, Error, Mode, Op, Result};
use sockrates_socket::{Family, Socket, Type};

/// Removes the file at `path` where it is a socket that nobody is bound to any more, so that a
/// server that has crashed can [bind](crate::UnixListener::bind) to it again; whether it has
/// removed anything.
///
/// A file that is no socket, and one that somebody receives on, is left alone; the system would
/// have said `EADDRINUSE`. What is done is: to look at the type, to connect without waiting, and to
/// remove the file where that is refused.
///
/// Between the connecting and the removing another process may do the same, and bind: hold a lock
/// (of a file beside it, say) where two servers may start at once. A stream socket that is bound
/// and does not listen yet refuses connections too, and counts as stale.
///
/// ```
/// use sockrates_unix::{UnixListener, remove_stale};
///
/// # let path = std::env::temp_dir().join(format!("stale-doc-{}", std::process::id()));
/// drop(UnixListener::bind(&path)?); // the file stays
/// assert!(remove_stale(&path)?);
/// let listener = UnixListener::bind(&path)?;
/// assert!(!remove_stale(&path)?); // somebody is there
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// The errno, but for `ENOENT`, of `stat`, of `connect` (`EACCES` without permission to write to
/// it), of `unlink`; [`Error::Invalid`] for a path with a NUL byte, and for a socket's whose path
/// is too long to connect to.
pub fn remove_stale(path: impl AsRef<Path>) -> Result<bool> {
    let path = path.as_ref();
    if path.as_os_str().as_bytes().contains(&0) {
        let rule = "has a NUL byte in it; an abstract name goes with its socket";
        return Err(Error::invalid("unix path", format!("{path:?}"), rule));
    }
    let failed = |error: io::Error| Error::from_io(Op::Bind, &error);
    match fs::symlink_metadata(path) {
        Ok(file) if !file.file_type().is_socket() => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
        Ok(_) => {}
    }
    match answer(path)? {
        Errno::ECONNREFUSED => match fs::remove_file(path) {
            Ok(()) => Ok(true),
            // Somebody else was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(error)),
        },
        Errno::ENOENT => Ok(false),
        // Connected, a full queue, a socket of another type, one with a peer of its own.
        errno if errno == Errno::SUCCESS || errno.would_block() => Ok(false),
        Errno::EPROTOTYPE | Errno::EPERM => Ok(false),
        errno => Err(Error::os(Op::Connect, errno)),
    }
}

/// What connecting to `path` says at once. Where nobody is there it is refused whatever type of
/// socket was.
fn answer(path: &Path) -> Result<Errno> {
    let socket = Socket::new(Family::UNIX, Type::STREAM, None)?;
    socket.set_mode(Mode::NonBlocking)?;
    socket.connect_ex(Addr::Path(path.to_owned()))
}
