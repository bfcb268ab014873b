//! Receiving, also into memory that is not initialised.
//!
//! Each tells the length that the system told: with `MSG_TRUNC` that of the whole datagram, which
//! may be more than what is in the buffer.

use std::io::{self, IoSliceMut};
use std::mem;
use std::os::fd::AsRawFd;

use super::name::Name;
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

/// Receives into `bytes`, and tells the sender.
#[inline]
pub(crate) fn recv_bytes_from(
    socket: &socket2::Socket,
    bytes: &mut [u8],
    flags: i32,
    sender: &mut Name,
) -> io::Result<usize> {
    // SAFETY: the system writes at most as many bytes as there is room for.
    unsafe { recv_from_raw(socket, bytes.as_mut_ptr().cast(), bytes.len(), flags, sender) }
}

/// # Safety
/// There must be room for `len` bytes at `room`.
#[inline]
unsafe fn recv_from_raw(
    socket: &socket2::Socket,
    room: *mut libc::c_void,
    len: usize,
    flags: i32,
    sender: &mut Name,
) -> io::Result<usize> {
    let fd = socket.as_raw_fd();
    let receive = |name: *mut libc::c_void, name_len: &mut libc::socklen_t| {
        // SAFETY: the caller's word, and room for any address, all alive.
        let told = unsafe { libc::recvfrom(fd, room, len, flags, name.cast(), name_len) };
        if told < 0 { Err(io::Error::last_os_error()) } else { Ok(told.unsigned_abs()) }
    };
    // SAFETY: the system tells how much of the address it wrote, and 0 where there is none.
    unsafe { sender.write(receive) }
}

/// Receives a datagram into the room of `buf`, and tells its own length (where the system does)
/// and whether it was longer than the room.
#[inline]
pub(crate) fn recv_datagram(
    socket: &socket2::Socket,
    buf: &mut RecvBuf<'_>,
    flags: i32,
) -> io::Result<(usize, bool)> {
    let Some(trunc) = super::MSG_TRUNC_LENGTH else {
        return recv_message(socket, buf, flags, &mut Name::new());
    };
    let room = buf.remaining();
    let told = recv(socket, buf, flags | trunc)?;
    Ok((told, told > room))
}

/// As [`recv_datagram`], and tells the sender.
#[inline]
pub(crate) fn recv_datagram_from(
    socket: &socket2::Socket,
    buf: &mut RecvBuf<'_>,
    flags: i32,
    sender: &mut Name,
) -> io::Result<(usize, bool)> {
    let Some(trunc) = super::MSG_TRUNC_LENGTH else {
        return recv_message(socket, buf, flags, sender);
    };
    // SAFETY: the system writes bytes that it has, never uninitialised ones.
    let memory = unsafe { buf.unfilled_uninit() };
    let (room, to) = (memory.len(), memory.as_mut_ptr().cast());
    // SAFETY: it writes at most as many as there is room for.
    let told = unsafe { recv_from_raw(socket, to, room, flags | trunc, sender) }?;
    // SAFETY: the system wrote as many bytes as it told, or the whole room where it told more.
    unsafe { buf.assume_filled(told.min(room)) };
    Ok((told, told > room))
}

/// Receives a message into the room of `buf`, by way of `recvmsg`, where that alone tells whether
/// it was longer.
fn recv_message(
    socket: &socket2::Socket,
    buf: &mut RecvBuf<'_>,
    flags: i32,
    sender: &mut Name,
) -> io::Result<(usize, bool)> {
    let mut slices = [IoSliceMut::new(buf.unfilled())];
    let (len, truncated) = recv_slices(socket, &mut slices, flags, sender)?;
    buf.advance(len);
    Ok((len, truncated))
}

/// Receives into `slices`, one after the other, and tells the sender and whether the message was
/// longer than all of them.
pub(crate) fn recv_slices(
    socket: &socket2::Socket,
    slices: &mut [IoSliceMut<'_>],
    flags: i32,
    sender: &mut Name,
) -> io::Result<(usize, bool)> {
    let receive = |name: *mut libc::c_void, len: &mut libc::socklen_t| {
        // SAFETY: a msghdr is plain numbers and pointers, for which zero is a value.
        let mut header: libc::msghdr = unsafe { mem::zeroed() };
        header.msg_name = name;
        header.msg_namelen = *len;
        // An IoSliceMut has the layout of an iovec, as the standard library promises.
        header.msg_iov = slices.as_mut_ptr().cast();
        header.msg_iovlen = slices.len() as _;
        // SAFETY: everything the header points to is alive and exclusively ours.
        let told = unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut header, flags) };
        let told = usize::try_from(told).map_err(|_| io::Error::last_os_error())?;
        *len = header.msg_namelen;
        Ok((told, header.msg_flags & libc::MSG_TRUNC != 0))
    };
    // SAFETY: the system tells how much of the address it wrote, and 0 where there is none.
    unsafe { sender.write(receive) }
}
