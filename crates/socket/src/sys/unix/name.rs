//! The system's form of an address, written and read in place.

use std::io;
use std::mem::{self, MaybeUninit};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;

use socket2::{SockAddr, SockAddrStorage};
use sockrates_core::Addr;

/// The address of a sender, as the system wrote it. The first `len` bytes are initialised, or all
/// where it is more.
#[repr(C)]
pub(crate) struct Name {
    storage: MaybeUninit<libc::sockaddr_storage>,
    len: libc::socklen_t,
}

impl Name {
    /// No address yet.
    #[inline]
    pub(crate) fn new() -> Self {
        let mut name = MaybeUninit::<Self>::uninit();
        // As a whole it would be a constant, all of which is copied, or zeroed.
        // SAFETY: a place in it.
        let len = unsafe { &raw mut (*name.as_mut_ptr()).len };
        // SAFETY: as above.
        unsafe { len.write(0) };
        // SAFETY: the storage may be uninitialised.
        unsafe { name.assume_init() }
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
        self.len = len;
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

    /// The IPv4 address and port; `None` where it is another address or none.
    #[inline]
    pub(crate) fn v4(&self) -> Option<SocketAddrV4> {
        // SAFETY: so many bytes are initialised.
        unsafe { self.v4_of(self.len) }
    }

    /// The IPv6 address and port; `None` where it is another address or none.
    #[inline]
    pub(crate) fn v6(&self) -> Option<SocketAddrV6> {
        // SAFETY: so many bytes are initialised.
        unsafe { self.v6_of(self.len) }
    }

    /// # Safety
    /// As for [`addr_of`](Self::addr_of).
    #[inline]
    pub(super) unsafe fn inet_of(&self, len: libc::socklen_t) -> Option<SocketAddr> {
        // SAFETY: the caller's word.
        if let Some(addr) = unsafe { self.v4_of(len) } {
            return Some(SocketAddr::V4(addr));
        }
        // SAFETY: the caller's word.
        unsafe { self.v6_of(len) }.map(SocketAddr::V6)
    }

    /// # Safety
    /// As for [`addr_of`](Self::addr_of).
    #[inline]
    unsafe fn v4_of(&self, len: libc::socklen_t) -> Option<SocketAddrV4> {
        // SAFETY: the caller's word.
        if !unsafe { self.is(libc::AF_INET, size_of::<libc::sockaddr_in>(), len) } {
            return None;
        }
        // SAFETY: all of a sockaddr_in is initialised, and the storage is aligned for any.
        let name: &libc::sockaddr_in = unsafe { &*self.storage.as_ptr().cast() };
        let ip = Ipv4Addr::from(name.sin_addr.s_addr.to_ne_bytes());
        Some(SocketAddrV4::new(ip, u16::from_be(name.sin_port)))
    }

    /// # Safety
    /// As for [`addr_of`](Self::addr_of).
    #[inline]
    unsafe fn v6_of(&self, len: libc::socklen_t) -> Option<SocketAddrV6> {
        // SAFETY: the caller's word.
        if !unsafe { self.is(libc::AF_INET6, size_of::<libc::sockaddr_in6>(), len) } {
            return None;
        }
        // SAFETY: all of a sockaddr_in6 is initialised, and the storage is aligned for any.
        let name: &libc::sockaddr_in6 = unsafe { &*self.storage.as_ptr().cast() };
        let ip = Ipv6Addr::from(name.sin6_addr.s6_addr);
        // The flow label stays in the order it has, as the standard library leaves it.
        let (port, flow) = (u16::from_be(name.sin6_port), name.sin6_flowinfo);
        Some(SocketAddrV6::new(ip, port, flow, name.sin6_scope_id))
    }

    /// Whether it is of this family, whose addresses are `size` bytes.
    ///
    /// # Safety
    /// As for [`addr_of`](Self::addr_of).
    #[inline]
    unsafe fn is(&self, family: i32, size: usize, len: libc::socklen_t) -> bool {
        // SAFETY: so many bytes are initialised, and the family is among the first of them.
        len as usize >= size && unsafe { (*self.storage.as_ptr()).ss_family } as i32 == family
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
