//! Receiving, also into memory that is not initialised.
//!
//! Each tells the length that the system told: with `MSG_TRUNC` that of the whole datagram, which
//! may be more than what is in the buffer.

use std::io::{self, IoSliceMut};
use std::mem;
use std::os::fd::AsRawFd;

use socket2::{SockAddr, SockAddrStorage};
use sockrates_core::RecvBuf;

/// Receives into `bytes`.
#[inline]
pub(crate) fn recv_bytes(
    socket: &socket2::Socket,
    bytes: &mut [u8],
    flags: i32,
) -> io::Result<usize> {
    // SAFETY: the system writes at most as many bytes as there is room for.
    unsafe { recv_raw(socket, bytes.as_mut_ptr().cast(), bytes.len(), flags) }
}

/// Receives into the room of `buf`.
#[inline]
pub(crate) fn recv(
    socket: &socket2::Socket,
    buf: &mut RecvBuf<'_>,
    flags: i32,
) -> io::Result<usize> {
    // SAFETY: the system writes bytes that it has, never uninitialised ones.
    let room = unsafe { buf.unfilled_uninit() };
    let most = room.len();
    // SAFETY: it writes at most as many as there is room for.
    let told = unsafe { recv_raw(socket, room.as_mut_ptr().cast(), most, flags) }?;
    // SAFETY: the system wrote as many bytes as it told, or the whole room where it told more.
    unsafe { buf.assume_filled(told.min(most)) };
    Ok(told)
}

/// # Safety
/// There must be room for `len` bytes at `room`.
#[inline]
unsafe fn recv_raw(
    socket: &socket2::Socket,
    room: *mut libc::c_void,
    len: usize,
    flags: i32,
) -> io::Result<usize> {
    // SAFETY: the caller's word. No slice is longer than `ssize_t` can tell.
    let told = unsafe { libc::recv(socket.as_raw_fd(), room, len, flags) };
    if told < 0 { Err(io::Error::last_os_error()) } else { Ok(told.unsigned_abs()) }
}

/// Receives into the room of `buf`, and tells the sender.
pub(crate) fn recv_from(
    socket: &socket2::Socket,
    buf: &mut RecvBuf<'_>,
    flags: i32,
) -> io::Result<(usize, SockAddr)> {
    // SAFETY: as above.
    let room = unsafe { buf.unfilled_uninit() };
    let most = room.len();
    let (told, peer) = socket.recv_from_with_flags(room, flags)?;
    // SAFETY: as above.
    unsafe { buf.assume_filled(told.min(most)) };
    Ok((told, peer))
}

/// Receives into `slices`, one after the other, and tells the sender and whether the message was
/// longer than all of them.
pub(crate) fn recv_slices(
    socket: &socket2::Socket,
    slices: &mut [IoSliceMut<'_>],
    flags: i32,
) -> io::Result<(usize, bool, SockAddr)> {
    let mut truncated = false;
    let receive = |storage: *mut SockAddrStorage, len: *mut libc::socklen_t| {
        // SAFETY: a msghdr is plain numbers and pointers, for which zero is a value.
        let mut header: libc::msghdr = unsafe { mem::zeroed() };
        header.msg_name = storage.cast();
        // SAFETY: `try_init` hands out a pointer to the storage's length.
        header.msg_namelen = unsafe { *len };
        // An IoSliceMut has the layout of an iovec, as the standard library promises.
        header.msg_iov = slices.as_mut_ptr().cast();
        header.msg_iovlen = slices.len() as _;
        // SAFETY: everything the header points to is alive and exclusively ours.
        let told = unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut header, flags) };
        let told = usize::try_from(told).map_err(|_| io::Error::last_os_error())?;
        truncated = header.msg_flags & libc::MSG_TRUNC != 0;
        // SAFETY: as above.
        unsafe { *len = header.msg_namelen };
        Ok(told)
    };
    // SAFETY: recvmsg has written the address and its length; where it wrote none, the length is
    // 0 and the zeroed storage stands.
    let (told, peer) = unsafe { SockAddr::try_init(receive) }?;
    Ok((told, truncated, peer))
}
