//! The options of `socket2::Socket`, each by the method that the library has for it.

use std::io::Result as IoResult;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use socket2::{InterfaceIndexOrAddress, Socket, TcpKeepalive};
use sockrates_core::{Error, Op, Result, SocketOption};

use super::std_stream::number;

/// The value of an option.
pub(super) fn get(socket: &Socket, option: SocketOption) -> Result<i32> {
    let seconds = |time: Duration| i32::try_from(time.as_secs()).unwrap_or(i32::MAX);
    let size = |bytes: usize| i32::try_from(bytes).unwrap_or(i32::MAX);
    let told = match option {
        SocketOption::SocketType => socket.r#type().map(i32::from),
        SocketOption::AcceptConn => socket.is_listener().map(i32::from),
        SocketOption::ReuseAddress => socket.reuse_address().map(i32::from),
        SocketOption::ReusePort => socket.reuse_port().map(i32::from),
        SocketOption::Broadcast => socket.broadcast().map(i32::from),
        SocketOption::SendBuffer => socket.send_buffer_size().map(size),
        SocketOption::RecvBuffer => socket.recv_buffer_size().map(size),
        SocketOption::OobInline => socket.out_of_band_inline().map(i32::from),
        SocketOption::NoDelay => socket.tcp_nodelay().map(i32::from),
        SocketOption::KeepAlive => socket.keepalive().map(i32::from),
        SocketOption::KeepIdle => socket.tcp_keepalive_time().map(seconds),
        SocketOption::KeepInterval => socket.tcp_keepalive_interval().map(seconds),
        SocketOption::KeepCount => socket.tcp_keepalive_retries().map(number),
        SocketOption::Ttl => socket.ttl_v4().map(number),
        SocketOption::Tos => socket.tos_v4().map(number),
        SocketOption::MulticastTtl => socket.multicast_ttl_v4().map(number),
        SocketOption::MulticastLoop => socket.multicast_loop_v4().map(i32::from),
        _ => return Err(Error::Unsupported { op: Op::GetOption }),
    };
    told.map_err(|error| Error::from_io(Op::GetOption, &error))
}

/// Sets an option.
pub(super) fn set(socket: &Socket, option: SocketOption, value: i32) -> Result<()> {
    let (on, size) = (value != 0, usize::try_from(value).unwrap_or(0));
    let count = u32::try_from(value).unwrap_or(u32::MAX);
    let seconds = Duration::from_secs(u64::try_from(value).unwrap_or(0));
    let times = TcpKeepalive::new();
    // The library knows an interface by its address, and there is one by which groups are sent to.
    let loopback = (value == 1).then_some(Ipv4Addr::LOCALHOST);
    let interface = loopback.unwrap_or(Ipv4Addr::UNSPECIFIED);
    let set = match option {
        SocketOption::ReuseAddress => socket.set_reuse_address(on),
        SocketOption::ReusePort => socket.set_reuse_port(on),
        SocketOption::Broadcast => socket.set_broadcast(on),
        SocketOption::SendBuffer => socket.set_send_buffer_size(size),
        SocketOption::RecvBuffer => socket.set_recv_buffer_size(size),
        SocketOption::OobInline => socket.set_out_of_band_inline(on),
        SocketOption::NoDelay => socket.set_tcp_nodelay(on),
        SocketOption::KeepAlive => socket.set_keepalive(on),
        SocketOption::KeepIdle => socket.set_tcp_keepalive(&times.with_time(seconds)),
        SocketOption::KeepInterval => socket.set_tcp_keepalive(&times.with_interval(seconds)),
        SocketOption::KeepCount => socket.set_tcp_keepalive(&times.with_retries(count)),
        SocketOption::Ttl => socket.set_ttl_v4(count),
        SocketOption::Tos => socket.set_tos_v4(count),
        SocketOption::MulticastTtl => socket.set_multicast_ttl_v4(count),
        SocketOption::MulticastLoop => socket.set_multicast_loop_v4(on),
        SocketOption::MulticastInterface => socket.set_multicast_if_v4(&interface),
        _ => return Err(Error::Unsupported { op: Op::SetOption }),
    };
    set.map_err(|error| Error::from_io(Op::SetOption, &error))
}

/// Becomes a member of a group.
pub(super) fn join(socket: &Socket, group: IpAddr, interface: u32) -> Result<()> {
    done(match group {
        IpAddr::V4(group) => socket.join_multicast_v4_n(&group, &by_index(interface)),
        IpAddr::V6(group) => socket.join_multicast_v6(&group, interface),
    })
}

/// Is a member of the group no more.
pub(super) fn leave(socket: &Socket, group: IpAddr, interface: u32) -> Result<()> {
    done(match group {
        IpAddr::V4(group) => socket.leave_multicast_v4_n(&group, &by_index(interface)),
        IpAddr::V6(group) => socket.leave_multicast_v6(&group, interface),
    })
}

fn by_index(interface: u32) -> InterfaceIndexOrAddress {
    InterfaceIndexOrAddress::Index(interface)
}

fn done(set: IoResult<()>) -> Result<()> {
    set.map_err(|error| Error::from_io(Op::SetOption, &error))
}
