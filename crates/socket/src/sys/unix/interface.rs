//! The network interfaces of this machine, by number and name.

use std::ffi::{CStr, CString};
use std::io;

/// The number of the interface called `name`.
pub(crate) fn interface_index(name: &str) -> io::Result<u32> {
    let name = CString::new(name).map_err(|_| io::Error::from_raw_os_error(libc::ENODEV))?;
    // SAFETY: a string with its NUL, alive through the call.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(io::Error::last_os_error()),
        index => Ok(index),
    }
}

/// The name of the interface with the number `index`.
pub(crate) fn interface_name(index: u32) -> io::Result<String> {
    let mut name = [0u8; libc::IF_NAMESIZE];
    // SAFETY: room for as many bytes as a name has at the most, its NUL included.
    let told = unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) };
    if told.is_null() {
        return Err(io::Error::last_os_error());
    }
    let chars = name.split(|&byte| byte == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(chars).into_owned())
}

/// Number and name of every interface.
pub(crate) fn interfaces() -> io::Result<Vec<(u32, String)>> {
    // SAFETY: takes nothing; gives an array that ends with a zero entry, or null.
    let list = List(unsafe { libc::if_nameindex() });
    if list.0.is_null() {
        return Err(io::Error::last_os_error());
    }
    let mut found = Vec::new();
    let mut next = list.0;
    loop {
        // SAFETY: an entry of the array, up to the one that ends it.
        let entry = unsafe { &*next };
        if entry.if_index == 0 || entry.if_name.is_null() {
            return Ok(found);
        }
        // SAFETY: a string with its NUL, alive as long as the array.
        let name = unsafe { CStr::from_ptr(entry.if_name) };
        found.push((entry.if_index, name.to_string_lossy().into_owned()));
        // SAFETY: this was not the entry that ends the array, so there is one behind it.
        next = unsafe { next.add(1) };
    }
}

/// The array that `if_nameindex` made, freed by its other half.
struct List(*mut libc::if_nameindex);

impl Drop for List {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: if_nameindex made it, and nothing points into it any more.
            unsafe { libc::if_freenameindex(self.0) };
        }
    }
}
