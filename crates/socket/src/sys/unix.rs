//! Unix: what libc has and socket2 has not.
#![expect(unsafe_code, reason = "calls libc; each call is one small safe function")]

mod control;
mod dead;
mod file;
mod interface;
mod local;
mod name;
mod option;
mod option_code;
mod option_reach;
mod poll;
mod receive;
mod resolve;
mod segment;
mod send;
mod slots;

pub(crate) use control::{ControlMemory, Encoder, Fact, recv_control, send_control};
pub(crate) use dead::bury;
pub(crate) use file::{EISDIR, NO_POSITIONS, NOT_BY_ITSELF, send_file};
pub(crate) use interface::{interface_index, interface_name, interfaces};
pub(crate) use local::{local_name, name_of};
pub(crate) use name::{Name, Target, send_to};
pub(crate) use option::{
    disconnect, get_option, join, peer_credentials, queued, set_multicast_interface, set_option,
};
pub(crate) use option_code::option_code;
pub(crate) use option_reach::{reads_within, sets_within};
pub(crate) use poll::{Interest, pause, poll};
pub(crate) use receive::{
    recv, recv_bytes, recv_bytes_from, recv_datagram, recv_datagram_from, recv_slices,
};
pub(crate) use resolve::{
    Eai, Found, getaddrinfo, gethostname, getnameinfo, lookup_flags, name_flags,
};
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use segment::UDP_GRO;
pub(crate) use segment::{Beside, Refusal, joins_datagrams, refusal, segments_max, send_segments};
pub(crate) use send::send_bytes;
pub(crate) use slots::{Asked, Slots, lacks_many};

pub(crate) const AF_INET: i32 = libc::AF_INET;
pub(crate) const AF_INET6: i32 = libc::AF_INET6;
pub(crate) const AF_UNIX: i32 = libc::AF_UNIX;
pub(crate) const SOCK_STREAM: i32 = libc::SOCK_STREAM;
pub(crate) const SOCK_DGRAM: i32 = libc::SOCK_DGRAM;
pub(crate) const SOCK_RAW: i32 = libc::SOCK_RAW;
pub(crate) const SOCK_SEQPACKET: i32 = libc::SOCK_SEQPACKET;
pub(crate) const SOMAXCONN: i32 = libc::SOMAXCONN;
pub(crate) const SHUT_RD: i32 = libc::SHUT_RD;
pub(crate) const SHUT_WR: i32 = libc::SHUT_WR;
pub(crate) const SHUT_RDWR: i32 = libc::SHUT_RDWR;
pub(crate) const MSG_DONTWAIT: i32 = libc::MSG_DONTWAIT;
pub(crate) const MSG_PEEK: i32 = libc::MSG_PEEK;
pub(crate) const MSG_OOB: i32 = libc::MSG_OOB;
pub(crate) const MSG_DONTROUTE: i32 = libc::MSG_DONTROUTE;

/// The most slices that one call takes; POSIX's `IOV_MAX`, 1024 wherever there is Rust.
pub(crate) const SLICES_MAX: usize = 1024;

/// `SOCK_NONBLOCK` and `SOCK_CLOEXEC`, which a type may carry on some systems.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) const TYPE_FLAGS: (i32, i32) = (libc::SOCK_NONBLOCK, libc::SOCK_CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) const TYPE_FLAGS: (i32, i32) = (0, 0);

/// Whether a receive on a datagram socket tells the datagram's own length when asked with this
/// flag. Elsewhere `recvmsg` tells only that it was longer than the room.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) const MSG_TRUNC_LENGTH: Option<i32> = Some(libc::MSG_TRUNC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) const MSG_TRUNC_LENGTH: Option<i32> = None;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) const MSG_MORE: i32 = libc::MSG_MORE;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) const MSG_MORE: i32 = 0;

/// Apple's systems have `SO_NOSIGPIPE` instead, which socket2 sets on what it makes.
#[cfg(not(target_vendor = "apple"))]
pub(crate) const MSG_NOSIGNAL: i32 = libc::MSG_NOSIGNAL;
#[cfg(target_vendor = "apple")]
pub(crate) const MSG_NOSIGNAL: i32 = 0;

/// What a call that returned -1 said, or what it returned.
fn check(returned: libc::c_int) -> std::io::Result<libc::c_int> {
    if returned == -1 { Err(std::io::Error::last_os_error()) } else { Ok(returned) }
}

/// Whether accepted sockets block, whatever their listener does: Linux's do, the BSDs' inherit.
pub(crate) const ACCEPTED_BLOCK: bool = cfg!(any(target_os = "linux", target_os = "android"));
