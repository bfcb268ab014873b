//! The resolver of the C library, and the name of this machine.

use std::ffi::CStr;
use std::io;

use socket2::SockAddr;

/// One result of `getaddrinfo`.
pub(crate) struct Found {
    pub(crate) family: i32,
    pub(crate) socket_type: i32,
    pub(crate) protocol: i32,
    pub(crate) addr: SockAddr,
    pub(crate) canonical: Option<String>,
}

/// `getaddrinfo`: blocks for as long as the resolver takes.
///
/// # Errors
/// Its code, and `errno` where the code is `EAI_SYSTEM`.
pub(crate) fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    (family, socket_type, protocol, flags): (i32, i32, i32, i32),
) -> Result<Vec<Found>, (i32, Option<i32>)> {
    // SAFETY: an addrinfo is plain numbers and pointers, for which zero is a value.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints.ai_socktype = socket_type;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    let host = host.map_or(std::ptr::null(), CStr::as_ptr);
    let service = service.map_or(std::ptr::null(), CStr::as_ptr);
    let mut list = List(std::ptr::null_mut());
    // SAFETY: strings with their NUL or null, hints and a place for the list, all alive.
    let code = unsafe { libc::getaddrinfo(host, service, &raw const hints, &raw mut list.0) };
    if code != 0 {
        let errno = io::Error::last_os_error().raw_os_error();
        return Err((code, errno.filter(|_| code == libc::EAI_SYSTEM)));
    }
    Ok(list.collect())
}

/// `getnameinfo`: the host and the service, as text. Blocks for as long as the resolver takes.
///
/// # Errors
/// Its code, and `errno` where the code is `EAI_SYSTEM`.
pub(crate) fn getnameinfo(
    addr: &SockAddr,
    flags: i32,
) -> Result<(String, String), (i32, Option<i32>)> {
    // NI_MAXHOST and NI_MAXSERV of glibc's netdb.h, which RFC 3493's errata take for enough.
    let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
    // SAFETY: an address with its length, and two places with theirs, all alive.
    let code = unsafe {
        libc::getnameinfo(
            addr.as_ptr().cast(),
            addr.len(),
            host.as_mut_ptr().cast(),
            host.len() as _,
            service.as_mut_ptr().cast(),
            service.len() as _,
            flags,
        )
    };
    if code != 0 {
        let errno = io::Error::last_os_error().raw_os_error();
        return Err((code, errno.filter(|_| code == libc::EAI_SYSTEM)));
    }
    let text = |bytes: &[u8]| {
        let chars = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(chars).into_owned()
    };
    Ok((text(&host), text(&service)))
}

/// `NI_*`.
pub(crate) fn name_flags(hints: &crate::NameHints) -> i32 {
    let has = |asked, flag| if asked { flag } else { 0 };
    has(hints.numeric_host, libc::NI_NUMERICHOST)
        | has(hints.numeric_service, libc::NI_NUMERICSERV)
        | has(hints.name_required, libc::NI_NAMEREQD)
        | has(hints.short_name, libc::NI_NOFQDN)
        | has(hints.datagram, libc::NI_DGRAM)
}

/// The list that `getaddrinfo` made, freed by it.
struct List(*mut libc::addrinfo);

impl Drop for List {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: getaddrinfo made it, and nothing points into it any more.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

impl List {
    fn collect(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut next = self.0;
        // SAFETY: null, or an entry of the list, which lives as long as `self`.
        while let Some(entry) = unsafe { next.as_ref() } {
            next = entry.ai_next;
            if let Some(addr) = sock_addr(entry) {
                found.push(Found {
                    family: entry.ai_family,
                    socket_type: entry.ai_socktype,
                    protocol: entry.ai_protocol,
                    addr,
                    canonical: text(entry.ai_canonname),
                });
            }
        }
        found
    }
}

fn sock_addr(entry: &libc::addrinfo) -> Option<SockAddr> {
    let len = entry.ai_addrlen as usize;
    if entry.ai_addr.is_null() || len > size_of::<socket2::SockAddrStorage>() {
        return None;
    }
    let copy = |storage: *mut socket2::SockAddrStorage, told: *mut libc::socklen_t| {
        // SAFETY: `len` bytes to read, by getaddrinfo's word, and room for them, just checked.
        unsafe { std::ptr::copy_nonoverlapping(entry.ai_addr.cast::<u8>(), storage.cast(), len) };
        // SAFETY: the place of the length, which try_init hands out.
        unsafe { *told = entry.ai_addrlen };
        Ok(())
    };
    // SAFETY: the storage holds an address and its length.
    let (_, addr) = unsafe { SockAddr::try_init(copy) }.ok()?;
    Some(addr)
}

fn text(chars: *const libc::c_char) -> Option<String> {
    if chars.is_null() {
        return None;
    }
    // SAFETY: a string with its NUL, alive as long as the list or for ever.
    Some(unsafe { CStr::from_ptr(chars) }.to_string_lossy().into_owned())
}

/// The codes of `getaddrinfo`, with their names.
pub(crate) struct Eai;

impl Eai {
    pub(crate) const NONAME: i32 = libc::EAI_NONAME;
    pub(crate) const AGAIN: i32 = libc::EAI_AGAIN;
    /// A literal of the other family: glibc has a code for it (`EAI_ADDRFAMILY` of its netdb.h),
    /// elsewhere it is no such name.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    pub(crate) const ADDRFAMILY: i32 = -9;
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    pub(crate) const ADDRFAMILY: i32 = libc::EAI_NONAME;

    /// The name of `code`: `"EAI_NONAME"`.
    pub(crate) fn name(code: i32) -> Option<&'static str> {
        Some(match code {
            libc::EAI_AGAIN => "EAI_AGAIN",
            libc::EAI_BADFLAGS => "EAI_BADFLAGS",
            libc::EAI_FAIL => "EAI_FAIL",
            libc::EAI_FAMILY => "EAI_FAMILY",
            libc::EAI_MEMORY => "EAI_MEMORY",
            #[cfg(not(target_os = "freebsd"))]
            libc::EAI_NODATA => "EAI_NODATA",
            libc::EAI_NONAME => "EAI_NONAME",
            libc::EAI_OVERFLOW => "EAI_OVERFLOW",
            libc::EAI_SERVICE => "EAI_SERVICE",
            libc::EAI_SOCKTYPE => "EAI_SOCKTYPE",
            libc::EAI_SYSTEM => "EAI_SYSTEM",
            code if code == Self::ADDRFAMILY => "EAI_ADDRFAMILY",
            _ => return None,
        })
    }

    /// What `code` means, in the resolver's own words.
    pub(crate) fn description(code: i32) -> String {
        // SAFETY: takes a number, gives a string that lives for ever.
        text(unsafe { libc::gai_strerror(code) }).unwrap_or_else(|| "unknown".into())
    }
}

/// The name of this machine.
pub(crate) fn gethostname() -> io::Result<String> {
    // POSIX's HOST_NAME_MAX is at most 255; one more byte stays for the NUL.
    let mut name = [0u8; 257];
    // SAFETY: the system writes at most the length told, which leaves the last byte alone.
    super::check(unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) })?;
    let len = name.iter().position(|&byte| byte == 0).unwrap_or(0);
    Ok(String::from_utf8_lossy(&name[..len]).into_owned())
}

/// `AI_*`.
pub(crate) fn lookup_flags(hints: &crate::Hints) -> i32 {
    let has = |asked, flag| if asked { flag } else { 0 };
    has(hints.passive, libc::AI_PASSIVE)
        | has(hints.canonical_name, libc::AI_CANONNAME)
        | has(hints.numeric_host, libc::AI_NUMERICHOST)
        | has(hints.numeric_service, libc::AI_NUMERICSERV)
        | has(hints.configured_only, libc::AI_ADDRCONFIG)
        | has(hints.v4_mapped, libc::AI_V4MAPPED)
}
