//! Receiving many messages, each into its own slot.
//!
//! The headers point into memory that the slots own and that never moves. What the system writes
//! into a header (the lengths of address and control messages, the flags) is set anew before that
//! header is used again, and only there.
//!
//! Source: Linux `recvmmsg(2)`; POSIX.1-2024 `recvmsg`.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

use sockrates_core::{Addr, Control, Errno};

use super::control::{Fact, MSG_CMSG_CLOEXEC, facts};
use super::name::Name;

/// Memory for some messages, their addresses and control messages, with the headers that tell the
/// system of it.
pub(crate) struct Slots {
    headers: Vec<Header>,
    /// What the headers point to. Never touched but through the headers, and through shared
    /// borrows between calls.
    memory: Vec<u8>,
    names: Vec<Name>,
    controls: Vec<Room>,
    _slices: Vec<libc::iovec>,
    slot: usize,
    /// How many headers, from the first, the system may have written to.
    used: usize,
    asked: Asked,
}

// SAFETY: the pointers in the headers point to what the slots own themselves, and what they point
// to is written to through an exclusive borrow alone.
unsafe impl Send for Slots {}
// SAFETY: as above.
unsafe impl Sync for Slots {}

/// What is asked of the system beside the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Who sent each message.
    pub(crate) names: bool,
    /// Control messages. Not of local sockets, which may pass descriptors.
    pub(crate) controls: bool,
}

/// The system's `mmsghdr`, which only some have.
#[repr(C)]
struct Header {
    header: libc::msghdr,
    len: libc::c_uint,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const _: () = {
    assert!(size_of::<Header>() == size_of::<libc::mmsghdr>());
    assert!(mem::offset_of!(Header, len) == mem::offset_of!(libc::mmsghdr, msg_len));
};

/// Room for the control messages of one message.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Room([u8; Control::ROOM]);

impl Slots {
    /// What a slot takes beside its bytes.
    pub(crate) const OVERHEAD: usize =
        size_of::<Header>() + size_of::<libc::iovec>() + size_of::<Name>() + size_of::<Room>();

    /// `count` slots of `slot` bytes.
    pub(crate) fn new(count: usize, slot: usize) -> Self {
        let mut memory = vec![0; count * slot];
        let mut names: Vec<Name> = (0..count).map(|_| Name::new()).collect();
        let mut controls = vec![Room([0; Control::ROOM]); count];
        let start: *mut u8 = memory.as_mut_ptr();
        let slice =
            |i: usize| libc::iovec { iov_base: start.wrapping_add(i * slot).cast(), iov_len: slot };
        let mut slices: Vec<libc::iovec> = (0..count).map(slice).collect();
        let (names_start, controls_start) = (names.as_mut_ptr(), controls.as_mut_ptr());
        let slices_start = slices.as_mut_ptr();
        let header = |i: usize| {
            // SAFETY: a msghdr is plain numbers and pointers, for which zero is a value.
            let mut header: libc::msghdr = unsafe { mem::zeroed() };
            header.msg_name = names_start.wrapping_add(i).cast();
            header.msg_iov = slices_start.wrapping_add(i);
            header.msg_iovlen = 1;
            header.msg_control = controls_start.wrapping_add(i).cast();
            Header { header, len: 0 }
        };
        let headers = (0..count).map(header).collect();
        let asked = Asked { names: true, controls: true };
        Self { headers, memory, names, controls, _slices: slices, slot, used: count, asked }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.headers.len()
    }

    /// How many bytes each has.
    pub(crate) fn slot(&self) -> usize {
        self.slot
    }

    /// Sets what the system has written to as it was before, to ask for `asked`.
    #[inline]
    pub(crate) fn reset(&mut self, asked: Asked) {
        if asked != self.asked {
            (self.asked, self.used) = (asked, self.headers.len());
            let start = self.names.as_mut_ptr();
            for (i, Header { header, .. }) in self.headers.iter_mut().enumerate() {
                // Without room the system would still tell a length.
                let name = if asked.names { start.wrapping_add(i) } else { std::ptr::null_mut() };
                header.msg_name = name.cast();
            }
        }
        let name_len = if asked.names { Name::ROOM } else { 0 };
        let control_len = if asked.controls { Control::ROOM } else { 0 };
        for Header { header, .. } in &mut self.headers[..self.used] {
            header.msg_namelen = name_len as _;
            header.msg_controllen = control_len as _;
            header.msg_flags = 0;
        }
        self.used = 0;
    }

    /// Receives up to `most` messages with one system call, which waits for the first of them
    /// alone, and tells how many.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn recv_many(
        &mut self,
        socket: &socket2::Socket,
        most: usize,
        flags: i32,
    ) -> io::Result<usize> {
        let most = most.min(self.headers.len());
        let headers = self.headers.as_mut_ptr().cast::<libc::mmsghdr>();
        let flags = flags | libc::MSG_WAITFORONE | FLAGS;
        let (fd, count, never) = (socket.as_raw_fd(), most as libc::c_uint, std::ptr::null_mut());
        // SAFETY: as many headers, of the layout of an mmsghdr, all that they point to alive and
        // exclusively ours.
        let got = unsafe { libc::recvmmsg(fd, headers, count, flags as _, never) };
        if got < 0 {
            return Err(io::Error::last_os_error());
        }
        // A message more may have been begun, and have failed.
        let got = got.unsigned_abs() as usize;
        self.used = most.min(got + 1);
        Ok(got)
    }

    /// Elsewhere messages are received one by one.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(crate) fn recv_many(&mut self, _: &socket2::Socket, _: usize, _: i32) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(libc::ENOSYS))
    }

    /// Receives one message into the slot `i`.
    #[inline]
    pub(crate) fn recv_one(
        &mut self,
        socket: &socket2::Socket,
        i: usize,
        flags: i32,
    ) -> io::Result<()> {
        let Header { header, len } = &mut self.headers[i];
        // SAFETY: all that the header points to is alive and exclusively ours.
        let told = unsafe { libc::recvmsg(socket.as_raw_fd(), header, flags | FLAGS) };
        if told < 0 {
            return Err(io::Error::last_os_error());
        }
        *len = told as libc::c_uint;
        self.used = self.used.max(i + 1);
        Ok(())
    }

    /// The bytes of the message in the slot `i`, as far as it had room for them.
    #[inline]
    pub(crate) fn bytes(&self, i: usize) -> &[u8] {
        &self.memory[i * self.slot..][..self.slot.min(self.told(i))]
    }

    /// How long the message in the slot `i` was, where the system tells; else how much of it there
    /// is.
    #[inline]
    pub(crate) fn told(&self, i: usize) -> usize {
        self.headers[i].len as usize
    }

    /// Whether a tail of the message in the slot `i` is lost.
    #[inline]
    pub(crate) fn is_truncated(&self, i: usize) -> bool {
        self.told(i) > self.slot || self.headers[i].header.msg_flags & libc::MSG_TRUNC != 0
    }

    /// Whether control messages of the message in the slot `i` are lost.
    #[inline]
    pub(crate) fn is_control_truncated(&self, i: usize) -> bool {
        self.headers[i].header.msg_flags & libc::MSG_CTRUNC != 0
    }

    /// What the control messages in the slot `i` tell that have a type and own nothing.
    #[inline]
    pub(crate) fn facts(&self, i: usize) -> impl Iterator<Item = Fact> {
        // As wide as the system has it: a size_t, or less.
        let len: usize = self.headers[i].header.msg_controllen as _;
        facts(&self.controls[i].0[..len.min(Control::ROOM)])
    }

    /// Who sent the message in the slot `i`, where it is an IP address.
    #[inline]
    pub(crate) fn inet(&self, i: usize) -> Option<SocketAddr> {
        // SAFETY: as below.
        unsafe { self.names[i].inet_of(self.headers[i].header.msg_namelen) }
    }

    /// Who sent the message in the slot `i`.
    #[inline]
    pub(crate) fn name(&self, i: usize) -> Addr {
        // SAFETY: the system has written an address as long as it told in the header, or filled the
        // room; it tells 0 where there is none, and where none was asked for.
        unsafe { self.names[i].addr_of(self.headers[i].header.msg_namelen) }
    }
}

/// Whether an error says that the system has no call that receives many, or that a filter keeps it
/// from this process.
pub(crate) fn lacks_many(errno: Errno) -> bool {
    errno.code() == libc::ENOSYS || errno.code() == libc::EPERM
}

/// Each receive has the system tell a datagram's own length, where it does, and close descriptors
/// on `exec`.
const FLAGS: i32 = MSG_CMSG_CLOEXEC
    | match super::MSG_TRUNC_LENGTH {
        Some(flag) => flag,
        None => 0,
    };
