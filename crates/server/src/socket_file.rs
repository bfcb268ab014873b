//! The file that a server on a path leaves in the file system.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The file of an `AF_UNIX` listener, removed when the server stops; unless it is another's by
/// then.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl SocketFile {
    /// The file at `path`, which a listener was just bound to. `None` where it is gone already.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        // The process may change its folder.
        let path = std::path::absolute(path).ok()?;
        let identity = identity(&fs::symlink_metadata(&path).ok()?);
        Some(Self { path, identity })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let same = |file: Metadata| identity(&file) == self.identity;
        if fs::symlink_metadata(&self.path).is_ok_and(same) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}
