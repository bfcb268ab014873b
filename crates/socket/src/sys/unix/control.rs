//! Control messages, as the system lays them out; receiving and sending with them.
//!
//! Each message is a header, which tells the length of both, then the bytes, then padding up to
//! the next header. Nothing here trusts a length: what is read ends where the memory ends.
//!
//! Source: POSIX.1-2024 `<sys/socket.h>`; Linux `cmsg(3)`.

mod decode;
mod encode;

use std::io::{self, IoSlice};
use std::mem;
use std::os::fd::AsRawFd;

use socket2::SockAddr;
use sockrates_core::{Control, RecvBuf};

pub(crate) use decode::Fact;
pub(super) use decode::facts;
pub(crate) use encode::Encoder;
pub(super) use encode::packet;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use encode::{Put, header};

use super::name::Name;

/// Memory for control messages, aligned as their headers want it.
pub(crate) struct ControlMemory {
    small: Small,
    /// What is more than `small` holds, with room to begin where it is aligned.
    large: Vec<u8>,
    len: usize,
}

/// Enough for one message of every kind, and for some descriptors.
#[repr(align(8))]
struct Small([u8; Control::ROOM]);

/// What a receive with control messages brought: how many bytes, or those of the whole datagram
/// where the system tells; whether the message was longer than the room, and whether the control
/// messages were.
pub(crate) struct Received {
    pub(crate) told: usize,
    pub(crate) truncated: bool,
    pub(crate) control: Vec<Control>,
    pub(crate) control_truncated: bool,
}

impl ControlMemory {
    /// Memory for `len` bytes, all zero.
    pub(crate) fn new(len: usize) -> Self {
        let large = if len > Control::ROOM { vec![0; len + UNIT] } else { Vec::new() };
        Self { small: Small([0; Control::ROOM]), large, len }
    }

    fn as_slice(&self) -> &[u8] {
        match self.len {
            len if len > Control::ROOM => &self.large[self.start()..][..len],
            len => &self.small.0[..len],
        }
    }

    fn as_mut_slice(&mut self) -> &mut [u8] {
        let start = self.start();
        match self.len {
            len if len > Control::ROOM => &mut self.large[start..][..len],
            len => &mut self.small.0[..len],
        }
    }

    fn start(&self) -> usize {
        self.large.as_ptr().align_offset(UNIT).min(UNIT)
    }
}

/// Receives into the room of `buf`, control messages into `memory`, and tells the sender.
/// Descriptors among them are closed on `exec`.
pub(crate) fn recv_control(
    socket: &socket2::Socket,
    buf: &mut RecvBuf<'_>,
    flags: i32,
    sender: &mut Name,
    memory: &mut ControlMemory,
) -> io::Result<Received> {
    // SAFETY: the system writes bytes that it has, never uninitialised ones.
    let bytes = unsafe { buf.unfilled_uninit() };
    let most = bytes.len();
    let mut slice = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: most };
    let room = memory.as_mut_slice();
    // SAFETY: a msghdr is plain numbers and pointers, for which zero is a value.
    let mut header: libc::msghdr = unsafe { mem::zeroed() };
    header.msg_iov = &raw mut slice;
    header.msg_iovlen = 1;
    header.msg_control =
        if room.is_empty() { std::ptr::null_mut() } else { room.as_mut_ptr().cast() };
    header.msg_controllen = room.len() as _;
    let receive = |name: *mut libc::c_void, len: &mut libc::socklen_t| {
        header.msg_name = name;
        header.msg_namelen = *len;
        let flags = flags | MSG_CMSG_CLOEXEC;
        // SAFETY: everything the header points to is alive and exclusively ours.
        let told = unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut header, flags) };
        *len = header.msg_namelen;
        usize::try_from(told).map_err(|_| io::Error::last_os_error())
    };
    // SAFETY: the system tells how much of the address it wrote, and 0 where there is none.
    let told = unsafe { sender.write(receive) }?;
    // The length is the system's word, but never more than it was given.
    let written = memory.len.min(header.msg_controllen as _);
    // SAFETY: the system has just written them, and any descriptor in them is this process's now
    // and nobody's yet.
    let control = unsafe { decode::messages(&memory.as_slice()[..written]) };
    // SAFETY: the system wrote as many bytes as it told, or the whole room where it told more.
    unsafe { buf.assume_filled(told.min(most)) };
    let truncated = told > most || header.msg_flags & libc::MSG_TRUNC != 0;
    let control_truncated = header.msg_flags & libc::MSG_CTRUNC != 0;
    Ok(Received { told, truncated, control, control_truncated })
}

/// Sends the concatenation of `slices` with control messages to `to`, or to the connected peer.
pub(crate) fn send_control(
    socket: &socket2::Socket,
    slices: &[IoSlice<'_>],
    control: &ControlMemory,
    to: Option<&SockAddr>,
    flags: i32,
) -> io::Result<usize> {
    // SAFETY: a msghdr is plain numbers and pointers, for which zero is a value.
    let mut header: libc::msghdr = unsafe { mem::zeroed() };
    // An IoSlice has the layout of an iovec, as the standard library promises; sendmsg writes to
    // nothing.
    header.msg_iov = slices.as_ptr().cast_mut().cast();
    header.msg_iovlen = slices.len() as _;
    if let Some(to) = to {
        header.msg_name = to.as_ptr().cast_mut().cast();
        header.msg_namelen = to.len();
    }
    let messages = control.as_slice();
    if !messages.is_empty() {
        header.msg_control = messages.as_ptr().cast_mut().cast();
        header.msg_controllen = messages.len() as _;
    }
    let flags = flags | super::MSG_NOSIGNAL;
    // SAFETY: everything the header points to is alive through the call.
    let sent = unsafe { libc::sendmsg(socket.as_raw_fd(), &raw const header, flags) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// What headers, and the bytes after them, are aligned to.
pub(super) const UNIT: usize = if cfg!(target_vendor = "apple") { 4 } else { size_of::<usize>() };

/// The length of a header with its padding.
pub(super) const HEADER: usize = size_of::<libc::cmsghdr>().next_multiple_of(UNIT);

/// Descriptors arrive closed on `exec`; where there is no such flag they are made so at once.
#[cfg(not(target_vendor = "apple"))]
pub(super) const MSG_CMSG_CLOEXEC: i32 = libc::MSG_CMSG_CLOEXEC;
#[cfg(target_vendor = "apple")]
pub(super) const MSG_CMSG_CLOEXEC: i32 = 0;
