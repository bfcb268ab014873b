//! The system's form of an address, written and read in place.

use std::io;
use std::mem::{self, MaybeUninit};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;

use socket2::{SockAddr, SockAddrStorage};
use sockrates_core::Addr;

/// The address of a sender, as the system wrote it. The first `len` bytes are initialised.
#[repr(C)]
pub(crate) struct Name {
    storage: MaybeUninit<libc::sockaddr_storage>,
    len: libc::socklen_t,
}

impl Name {
    /// No address yet.
    #[inline]
    pub(crate) fn new() -> Self {
        Self { storage: MaybeUninit::uninit(), len: 0 }
    }

    /// The room for an address, which is at the start.
    pub(super) const ROOM: usize = size_of::<libc::sockaddr_storage>();

    /// Has `call` write an address: it is given room for one, the size of the room and a place for
    /// the length of what it wrote.
    ///
    /// # Safety
    /// `call` must leave in the place of the length how many bytes of the room it initialised (or
    /// would have, where that is more than the room), and leave it alone or 0 where it wrote none.
    #[inline]
    pub(super) unsafe fn write<T>(
        &mut self,
        call: impl FnOnce(*mut libc::c_void, &mut libc::socklen_t) -> io::Result<T>,
    ) -> io::Result<T> {
        self.len = 0;
        let mut len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        let done = call(self.storage.as_mut_ptr().cast(), &mut len)?;
        self.len = len.min(size_of::<libc::sockaddr_storage>() as libc::socklen_t);
        Ok(done)
    }

    /// The address; [`Addr::Unnamed`] where there is none.
    #[inline]
    pub(crate) fn addr(&self) -> Addr {
        // SAFETY: so many bytes are initialised.
        unsafe { self.addr_of(self.len) }
    }

    /// The address of the first `len` bytes.
    ///
    /// # Safety
    /// So many bytes must be initialised, or all where it is more.
    #[inline]
    pub(super) unsafe fn addr_of(&self, len: libc::socklen_t) -> Addr {
        // SAFETY: the caller's word.
        if let Some(addr) = unsafe { self.inet_of(len) } {
            return Addr::Inet(addr);
        }
        // SAFETY: the caller's word.
        unsafe { self.other((len as usize).min(Self::ROOM)) }
    }

    /// The IP address and port; `None` where it is another address or none.
    #[inline]
    pub(crate) fn inet(&self) -> Option<SocketAddr> {
        // SAFETY: so many bytes are initialised.
        unsafe { self.inet_of(self.len) }
    }

    /// # Safety
    /// As for [`addr_of`](Self::addr_of).
    #[inline]
    pub(super) unsafe fn inet_of(&self, len: libc::socklen_t) -> Option<SocketAddr> {
        let len = len as usize;
        if len >= size_of::<libc::sockaddr_in>() {
            // SAFETY: so many bytes are initialised, and the family is among the first of them.
            let family = i32::from(unsafe { (*self.storage.as_ptr()).ss_family });
            if family == libc::AF_INET {
                // SAFETY: so are all of a sockaddr_in, and the storage is aligned for any.
                return Some(v4(unsafe { &*self.storage.as_ptr().cast() }));
            }
            if family == libc::AF_INET6 && len >= size_of::<libc::sockaddr_in6>() {
                // SAFETY: so are all of a sockaddr_in6.
                return Some(v6(unsafe { &*self.storage.as_ptr().cast() }));
            }
        }
        None
    }

    /// An address that is no IP address.
    ///
    /// # Safety
    /// As for [`addr_of`](Self::addr_of).
    #[cold]
    unsafe fn other(&self, len: usize) -> Addr {
        let from = self.storage.as_ptr().cast::<u8>();
        let copy = |storage: *mut SockAddrStorage, told: *mut libc::socklen_t| {
            // SAFETY: so many bytes are initialised, and there is as much room.
            unsafe { std::ptr::copy_nonoverlapping(from, storage.cast(), len) };
            // SAFETY: the place of the length, which try_init hands out.
            unsafe { *told = len as libc::socklen_t };
            Ok(())
        };
        // SAFETY: the storage, zero but for the address, and its length.
        match unsafe { SockAddr::try_init(copy) } {
            Ok(((), addr)) => super::name_of(&addr),
            Err(_) => Addr::Unnamed,
        }
    }
}

/// Where to send, in the system's form.
pub(crate) enum Target {
    V4(libc::sockaddr_in),
    V6(libc::sockaddr_in6),
    Other(Box<SockAddr>),
}

impl Target {
    /// # Errors
    /// Those of a local address that the system has no room for.
    #[inline]
    pub(crate) fn of(addr: &Addr) -> sockrates_core::Result<Self> {
        match addr {
            Addr::Inet(addr) => Ok(Self::inet(addr)),
            other => Ok(Self::Other(Box::new(super::local_name(other)?))),
        }
    }

    #[inline]
    pub(super) fn inet(addr: &SocketAddr) -> Self {
        match addr {
            SocketAddr::V4(to) => {
                // SAFETY: a sockaddr_in is plain numbers, for which zero is a value.
                let mut name: libc::sockaddr_in = unsafe { mem::zeroed() };
                name.sin_family = libc::AF_INET as libc::sa_family_t;
                name.sin_port = to.port().to_be();
                name.sin_addr.s_addr = u32::from_ne_bytes(to.ip().octets());
                Self::V4(name)
            }
            SocketAddr::V6(to) => {
                // SAFETY: as above.
                let mut name: libc::sockaddr_in6 = unsafe { mem::zeroed() };
                name.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                name.sin6_port = to.port().to_be();
                name.sin6_addr.s6_addr = to.ip().octets();
                name.sin6_flowinfo = to.flowinfo();
                name.sin6_scope_id = to.scope_id();
                Self::V6(name)
            }
        }
    }

    /// Where the name lies, and how long it is.
    #[inline]
    pub(super) fn name(&self) -> (*const libc::c_void, libc::socklen_t) {
        match self {
            Self::V4(name) => ((&raw const *name).cast(), size_of_val(name) as libc::socklen_t),
            Self::V6(name) => ((&raw const *name).cast(), size_of_val(name) as libc::socklen_t),
            Self::Other(name) => (name.as_ptr().cast(), name.len()),
        }
    }
}

/// Sends `bytes` to an IP address.
#[inline]
pub(crate) fn send_to(
    socket: &socket2::Socket,
    bytes: &[u8],
    to: &SocketAddr,
    flags: i32,
) -> io::Result<usize> {
    let (fd, flags) = (socket.as_raw_fd(), flags | super::MSG_NOSIGNAL);
    let (from, len) = (bytes.as_ptr().cast(), bytes.len());
    let target = Target::inet(to);
    let (name, size) = target.name();
    // SAFETY: bytes and an address, alive through the call, and as long as told.
    let sent = unsafe { libc::sendto(fd, from, len, flags, name.cast(), size) };
    if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(sent.unsigned_abs()) }
}

fn v4(name: &libc::sockaddr_in) -> SocketAddr {
    let ip = Ipv4Addr::from(name.sin_addr.s_addr.to_ne_bytes());
    SocketAddr::V4(SocketAddrV4::new(ip, u16::from_be(name.sin_port)))
}

fn v6(name: &libc::sockaddr_in6) -> SocketAddr {
    let ip = Ipv6Addr::from(name.sin6_addr.s6_addr);
    // The flow label stays in the order it has, as the standard library leaves it.
    let (port, flow) = (u16::from_be(name.sin6_port), name.sin6_flowinfo);
    SocketAddr::V6(SocketAddrV6::new(ip, port, flow, name.sin6_scope_id))
}
