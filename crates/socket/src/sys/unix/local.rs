//! Addresses of `AF_UNIX`.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use socket2::SockAddr;
use sockrates_core::{Addr, Error, Result};

/// The system's form of an address that is no IP address.
pub(crate) fn local_name(addr: &Addr) -> Result<SockAddr> {
    match addr {
        Addr::Path(path) => path_name(path),
        Addr::Abstract(name) => abstract_name(name),
        Addr::Unnamed => system_form(Path::new("")),
        other => Err(Error::invalid(
            "address",
            other.to_string(),
            "means nothing to the operating system; use an IP address or a path",
        )),
    }
}

/// The address in a form that is no IP address.
pub(crate) fn name_of(addr: &SockAddr) -> Addr {
    if let Some(path) = addr.as_pathname() {
        return Addr::Path(path.to_owned());
    }
    match addr.as_abstract_namespace() {
        Some(name) => Addr::Abstract(name.to_vec()),
        None => Addr::Unnamed,
    }
}

fn path_name(path: &Path) -> Result<SockAddr> {
    let bytes = path.as_os_str().as_bytes();
    let refuse = |rule| Err(Error::invalid("unix path", format!("{path:?}"), rule));
    if bytes.is_empty() {
        return refuse("empty; use Addr::Unnamed for the system to choose a name");
    }
    if bytes.contains(&0) {
        return refuse("has a NUL byte in it; use Addr::Abstract for an abstract name");
    }
    if bytes.len() > PATH_MAX {
        return Err(Error::invalid("unix path", format!("of {} bytes", bytes.len()), PATH_RULE));
    }
    system_form(path)
}

fn abstract_name(name: &[u8]) -> Result<SockAddr> {
    if !HAS_ABSTRACT {
        return Err(Error::invalid(
            "abstract name",
            name.escape_ascii().to_string(),
            "only Linux has them; use a path",
        ));
    }
    if name.len() > PATH_MAX {
        return Err(Error::invalid("abstract name", format!("of {} bytes", name.len()), PATH_RULE));
    }
    let mut bytes = vec![0];
    bytes.extend_from_slice(name);
    system_form(Path::new(&OsString::from_vec(bytes)))
}

fn system_form(path: &Path) -> Result<SockAddr> {
    SockAddr::unix(path).map_err(|_| Error::invalid("unix path", format!("{path:?}"), PATH_RULE))
}

const HAS_ABSTRACT: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// The longest path: the room in `sockaddr_un`, 108 bytes on Linux, 104 on the BSDs and macOS, but
/// one for the NUL.
const PATH_MAX: usize =
    size_of::<libc::sockaddr_un>() - std::mem::offset_of!(libc::sockaddr_un, sun_path) - 1;

#[cfg(any(target_os = "linux", target_os = "android"))]
const PATH_RULE: &str = "the longest has 107 bytes; use a shorter one, or change the directory";
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const PATH_RULE: &str = "the longest has 103 bytes; use a shorter one, or change the directory";
