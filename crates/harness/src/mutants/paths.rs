//! Streams whose addresses may be files, wrongly.
//!
//! The reference has no such addresses. What is right about them stands here too: a file for each
//! path that is bound, and the token of the reference that it stands for.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Op, Result};

use super::call::locked;
use super::fault::Fault;
use super::subject::stream;
use crate::mem::MemStream;
use crate::{Caps, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<Paths<ToldAsToken>>(),
        stream::<Paths<FileOverwritten>>(),
        stream::<Paths<LongCut>>(),
        stream::<Paths<NulCuts>>(),
        stream::<Paths<MissingRefused>>(),
        stream::<Paths<FoundUnlinked>>(),
        stream::<Paths<LeftTakesOver>>(),
    ]
}

/// How long a path may be.
const LONGEST: usize = 107;

/// The token at which each path is bound. The paths of two cases are never the same.
static BOUND: Mutex<Option<HashMap<PathBuf, Addr>>> = Mutex::new(None);

fn bound<T>(work: impl FnOnce(&mut HashMap<PathBuf, Addr>) -> T) -> T {
    work(locked(&BOUND).get_or_insert_default())
}

fn refused(errno: Errno) -> Error {
    Error::os(Op::Bind, errno)
}

/// A fault about paths: the step that is wrong is overridden.
trait Wrong: Default + Send + Sync + 'static {
    const NAME: &'static str;
    const SAYS: &'static str;
    const FAILS: &'static [&'static str];

    /// The path that is meant, if it can be one.
    fn meant(path: &Path) -> Result<PathBuf> {
        let text = path.as_os_str().as_encoded_bytes();
        if text.len() > LONGEST || text.contains(&0) {
            return Err(refused(Errno::EINVAL));
        }
        Ok(path.to_owned())
    }

    /// Makes the file.
    fn make(path: &Path) -> Result<()> {
        let made = OpenOptions::new().write(true).create_new(true).open(path);
        made.map(drop).map_err(|_| refused(Errno::EADDRINUSE))
    }

    /// Whether the path is there to be connected to.
    fn is_there(path: &Path) -> bool {
        path.exists()
    }

    /// What is told where the path is not there.
    const MISSING: Errno = Errno::ENOENT;

    /// What a socket bound to `path`, at the reference's `token`, tells.
    fn told(path: &Path, _token: Addr) -> Addr {
        Addr::Path(path.to_owned())
    }
}

/// The path that it is bound to.
#[derive(Default)]
struct Paths<W>(Mutex<Option<PathBuf>>, W);

impl<W: Wrong> Fault<MemStream> for Paths<W> {
    const NAME: &'static str = W::NAME;
    const SAYS: &'static str = W::SAYS;
    const FAILS: &'static [&'static str] = W::FAILS;
    const ADDS: Caps = Caps::PATHS;

    fn bind(&self, end: &MemStream, addr: &Addr) -> Result<()> {
        let Addr::Path(path) = addr else { return end.bind(addr) };
        let path = W::meant(path)?;
        W::make(&path)?;
        end.bind(&Addr::Token(0))?;
        let token = end.local_addr()?;
        bound(|paths| paths.insert(path.clone(), token));
        *locked(&self.0) = Some(path);
        Ok(())
    }

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        let Addr::Path(path) = addr else { return end.connect(addr, deadline) };
        let path = W::meant(path)?;
        if !W::is_there(&path) {
            return Err(Error::os(Op::Connect, W::MISSING));
        }
        match bound(|paths| paths.get(&path).cloned()) {
            Some(token) => end.connect(&token, deadline),
            None => Err(Error::os(Op::Connect, Errno::ECONNREFUSED)),
        }
    }

    fn local_addr(&self, end: &MemStream) -> Result<Addr> {
        let token = end.local_addr()?;
        match &*locked(&self.0) {
            Some(path) => Ok(W::told(path, token)),
            None => Ok(named::<W>(token)),
        }
    }

    fn peer_addr(&self, end: &MemStream) -> Result<Addr> {
        end.peer_addr().map(named::<W>)
    }
}

/// The name of a socket of the reference: what was accepted has its listener's.
fn named<W: Wrong>(token: Addr) -> Addr {
    let path = bound(|paths| {
        let mut places = paths.iter().filter(|(path, _)| path.exists());
        places.find(|(_, at)| **at == token).map(|(path, _)| path.clone())
    });
    path.map_or(token.clone(), |path| W::told(&path, token))
}

/// Lists what is to be said of a fault: its type, its name, what it is, what must fail; and the
/// step that is wrong.
macro_rules! wrong {
    ($fault:ident $name:literal $says:literal [$($id:literal),*] $($step:item)*) => {
        #[derive(Default)]
        struct $fault;

        impl Wrong for $fault {
            const NAME: &'static str = $name;
            const SAYS: &'static str = $says;
            const FAILS: &'static [&'static str] = &[$($id),*];
            $($step)*
        }
    };
}

wrong! {
    ToldAsToken "path-untold" "a socket that is bound to a path does not tell the path"
    ["stream.path.names"]
    fn told(_path: &Path, token: Addr) -> Addr {
        token
    }
}

wrong! {
    FileOverwritten "path-overwritten" "binding replaces a file that has something in it"
    ["stream.path.taken"]
    fn make(path: &Path) -> Result<()> {
        if fs::read(path).is_ok_and(|file| !file.is_empty()) {
            let _ = fs::remove_file(path);
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map(drop)
            .map_err(|_| refused(Errno::EADDRINUSE))
    }
}

wrong! {
    LongCut "path-cut" "of a path that is too long the first part is used"
    ["stream.path.too-long"]
    fn meant(path: &Path) -> Result<PathBuf> {
        let text = path.to_string_lossy();
        if text.contains('\0') {
            return Err(refused(Errno::EINVAL));
        }
        Ok(PathBuf::from(text.chars().take(LONGEST).collect::<String>()))
    }
}

wrong! {
    NulCuts "path-ends-at-nul" "of a path with a zero byte what stands before it is used"
    ["stream.path.nul"]
    fn meant(path: &Path) -> Result<PathBuf> {
        let text = path.to_string_lossy();
        if text.len() > LONGEST {
            return Err(refused(Errno::EINVAL));
        }
        Ok(PathBuf::from(text.split('\0').next().unwrap_or_default()))
    }
}

wrong! {
    MissingRefused "path-missing-refused" "a path that is not there tells that nobody listens"
    ["stream.path.nobody", "stream.path.unlinked"]
    const MISSING: Errno = Errno::ECONNREFUSED;
}

wrong! {
    FoundUnlinked "path-found-unlinked" "a listener whose file was removed is found all the same"
    ["stream.path.unlinked"]
    fn is_there(path: &Path) -> bool {
        path.exists() || bound(|paths| paths.contains_key(path))
    }
}

wrong! {
    LeftTakesOver "path-left-taken-over" "binding replaces what a closed listener has left"
    ["stream.path.left", "stream.path.taken"]
    fn make(path: &Path) -> Result<()> {
        if fs::metadata(path).is_ok_and(|file| file.len() > 0) {
            return Err(refused(Errno::EADDRINUSE));
        }
        fs::write(path, b"").map_err(|_| refused(Errno::EADDRINUSE))
    }
}
