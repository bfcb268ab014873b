//! Control messages: what arrives is open and ours, what is lost shows, nothing leaks.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{IoSlice, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, SystemTime};

use sockrates_core::{
    Addr, Control, ControlRef, Credentials, Deadline, Endpoint, Errno, Error, Ready, RecvBuf,
    RecvControl, RecvFlags, SendFlags, SocketOption,
};
use sockrates_socket::{Family, Socket, Type, socketpair};

const TYPES: [Type; 3] = [Type::STREAM, Type::DGRAM, Type::SEQPACKET];

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

fn send(socket: &Socket, bytes: &[u8], control: &[ControlRef<'_>]) -> Result<usize, Error> {
    let slices = [IoSlice::new(bytes)];
    socket.send_with_control(&slices, control, None, SendFlags::NONE, soon())
}

fn recv(socket: &Socket, bytes: usize, room: usize) -> RecvControl {
    recv_with(socket, bytes, room, RecvFlags::NONE).unwrap()
}

fn recv_with(
    socket: &Socket,
    bytes: usize,
    room: usize,
    flags: RecvFlags,
) -> Result<RecvControl, Error> {
    socket.recv_with_control(&mut RecvBuf::new(&mut vec![0; bytes]), room, flags, soon())
}

/// Two ends of which the second goes on its way.
fn pipe() -> (UnixStream, OwnedFd) {
    let (reader, writer) = UnixStream::pair().unwrap();
    reader.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    (reader, writer.into())
}

/// Whether nobody holds the other end any more.
fn is_closed(mut reader: UnixStream) -> bool {
    reader.read(&mut [0]).is_ok_and(|len| len == 0)
}

fn is_closed_on_exec(fd: BorrowedFd<'_>) -> bool {
    use std::os::fd::AsRawFd;
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", fd.as_raw_fd())).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
    i32::from_str_radix(flags, 8).unwrap() & libc::O_CLOEXEC != 0
}

#[test]
fn descriptors_arrive_open_closed_on_exec_and_with_their_bytes() {
    for socket_type in TYPES {
        let (left, right) = socketpair(socket_type).unwrap();
        let (mut reader, writer) = pipe();
        assert_eq!(left.send_fds(b"here", &[writer.as_fd()]).unwrap(), 4);
        drop(writer);
        let mut buf = [0; 16];
        let got = right.recv_fds(&mut buf, 1).unwrap();
        assert_eq!(&buf[..got.len], b"here");
        assert!(!got.truncated && !got.fds_truncated);
        let [fd] = <[OwnedFd; 1]>::try_from(got.fds).unwrap();
        assert!(is_closed_on_exec(fd.as_fd()), "{socket_type:?}");
        File::from(fd).write_all(b"through").unwrap();
        let mut through = String::new();
        reader.read_to_string(&mut through).unwrap();
        assert_eq!(through, "through");
    }
}

#[test]
fn descriptors_over_the_room_are_closed_and_missed() {
    for socket_type in TYPES {
        for (room, arrive) in
            [(0, 0), (Control::room_for_rights(0), 0), (Control::room_for_rights(1), 1)]
        {
            let (left, right) = socketpair(socket_type).unwrap();
            let (one, two) = (pipe(), pipe());
            send(&left, b"!", &[ControlRef::Rights(&[one.1.as_fd(), two.1.as_fd()])]).unwrap();
            drop((one.1, two.1));
            let got = recv(&right, 8, room);
            assert!(got.control_truncated, "{socket_type:?} {room}");
            let fds = got.into_rights();
            assert_eq!(fds.len(), arrive, "{socket_type:?} {room}");
            assert!(is_closed(two.0));
            drop(fds);
            assert!(is_closed(one.0));
        }
    }
}

#[test]
fn padding_lets_in_no_descriptor_that_was_not_asked_for() {
    let (left, right) = socketpair(Type::DGRAM).unwrap();
    let pipes: Vec<_> = (0..4).map(|_| pipe()).collect();
    let fds: Vec<_> = pipes.iter().map(|pipe| pipe.1.as_fd()).collect();
    left.send_fds(b"", &fds).unwrap();
    let got = right.recv_fds(&mut [0; 4], 3).unwrap();
    assert_eq!((got.len, got.fds.len(), got.fds_truncated), (0, 3, true));
    let [_, _, _, (last, writer)] = <[_; 4]>::try_from(pipes).unwrap();
    drop(writer);
    assert!(is_closed(last));
}

#[test]
fn a_receive_without_room_for_control_messages_closes_descriptors() {
    for socket_type in TYPES {
        let (left, right) = socketpair(socket_type).unwrap();
        let (reader, writer) = pipe();
        left.send_fds(b"!", &[writer.as_fd()]).unwrap();
        drop(writer);
        assert_eq!(right.recv(&mut [0; 8]).unwrap().len, 1);
        assert!(is_closed(reader));
    }
}

#[test]
fn descriptors_without_a_byte_would_be_lost_on_a_stream() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    let (_reader, writer) = pipe();
    for bytes in [&[][..], &[IoSlice::new(b""), IoSlice::new(b"")]] {
        let rights = [writer.as_fd()];
        let sent = left.send_with_control(
            bytes,
            &[ControlRef::Rights(&rights)],
            None,
            SendFlags::NONE,
            soon(),
        );
        assert!(matches!(&sent, Err(Error::Invalid { .. })), "{sent:?}");
        assert!(sent.unwrap_err().to_string().contains("at least one byte"));
    }
    assert!(!right.wait(Ready::READ, Deadline::after(Duration::ZERO)).unwrap().read);
    // A message needs none.
    for socket_type in [Type::DGRAM, Type::SEQPACKET] {
        let (left, right) = socketpair(socket_type).unwrap();
        left.send_fds(b"", &[writer.as_fd()]).unwrap();
        assert_eq!(right.recv_fds(&mut [], 1).unwrap().fds.len(), 1);
    }
}

#[test]
fn one_message_carries_253_descriptors_and_says_so() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    let (_reader, writer) = pipe();
    let fds = vec![writer.as_fd(); 254];
    for control in [
        &[ControlRef::Rights(&fds)][..],
        &[ControlRef::Rights(&fds[..200]), ControlRef::Rights(&fds[..54])],
    ] {
        let text = send(&left, b"!", control).unwrap_err().to_string();
        assert!(text.contains("254") && text.contains("253"), "{text}");
    }
    // Several messages arrive as one.
    send(&left, b"!", &[ControlRef::Rights(&fds[..200]), ControlRef::Rights(&fds[..53])]).unwrap();
    let got = recv(&right, 8, Control::room_for_rights(253));
    assert!(!got.control_truncated);
    assert!(matches!(&got.control[..], [Control::Rights(fds)] if fds.len() == 253));
}

#[test]
fn a_stream_is_received_up_to_the_next_descriptors() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    let (_reader, writer) = pipe();
    left.send_all(b"a").unwrap();
    left.send_fds(b"b", &[writer.as_fd()]).unwrap();
    left.send_fds(b"c", &[writer.as_fd(), writer.as_fd()]).unwrap();
    left.send_all(b"d").unwrap();
    let mut came = Vec::new();
    while came.iter().map(|(len, _)| len).sum::<usize>() < 4 {
        let got = right.recv_fds(&mut [0; 8], 8).unwrap();
        came.push((got.len, got.fds.len()));
    }
    assert_eq!(came.iter().map(|(_, fds)| *fds).filter(|fds| *fds > 0).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_peek_brings_duplicates_and_leaves_the_message() {
    for socket_type in TYPES {
        let (left, right) = socketpair(socket_type).unwrap();
        let (reader, writer) = pipe();
        left.send_fds(b"!", &[writer.as_fd()]).unwrap();
        drop(writer);
        let room = Control::room_for_rights(1);
        let peeked = recv_with(&right, 8, room, RecvFlags::PEEK).unwrap().into_rights();
        assert_eq!(peeked.len(), 1, "{socket_type:?}");
        let came = recv(&right, 8, room).into_rights();
        assert_eq!(came.len(), 1, "{socket_type:?}");
        drop((peeked, came));
        assert!(is_closed(reader));
    }
}

#[test]
fn the_tail_of_a_message_is_missed_beside_its_descriptors() {
    for socket_type in [Type::DGRAM, Type::SEQPACKET] {
        let (left, right) = socketpair(socket_type).unwrap();
        left.send_fds(b"123456", &[left.as_fd()]).unwrap();
        let got = right.recv_fds(&mut [0; 3], 1).unwrap();
        assert_eq!((got.len, got.truncated, got.fds.len()), (3, true, 1));
        left.send_fds(b"123456", &[left.as_fd()]).unwrap();
        let got = recv_with(&right, 3, 0, RecvFlags::TRUNC).unwrap();
        assert_eq!((got.len, got.truncated, got.control_truncated), (6, true, true));
    }
}

#[test]
fn credentials_come_as_the_system_vouches_for() {
    let own = i32::try_from(std::process::id()).unwrap();
    for socket_type in TYPES {
        let (left, right) = socketpair(socket_type).unwrap();
        right.set_pass_credentials(true).unwrap();
        left.send(b"!").unwrap();
        let got = recv(&right, 8, Control::ROOM);
        let [Control::Credentials(who)] = got.control[..] else { panic!("{got:?}") };
        assert_eq!(who, left.peer_credentials().unwrap());
        assert_eq!(who.pid, own);
        send(&left, b"!", &[ControlRef::Credentials(who), ControlRef::Rights(&[left.as_fd()])])
            .unwrap();
        let got = right.recv_fds(&mut [0; 8], 1).unwrap();
        assert_eq!((got.fds.len(), got.fds_truncated), (1, false));
    }
    let nobody = Socket::new(Family::UNIX, Type::STREAM, None).unwrap();
    assert_eq!(nobody.peer_credentials().unwrap_err().errno(), Some(Errno::ENOTCONN));
    let somebody = Credentials { pid: i32::MAX, uid: 0, gid: 0 };
    let (left, _right) = socketpair(Type::STREAM).unwrap();
    assert!(send(&left, b"!", &[ControlRef::Credentials(somebody)]).is_err());
}

#[test]
fn the_descriptor_of_a_process_is_owned_like_any() {
    const SO_PASSPIDFD: i32 = 76;
    let (left, right) = socketpair(Type::DGRAM).unwrap();
    let on = SocketOption::Raw { level: libc::SOL_SOCKET, name: SO_PASSPIDFD };
    if right.set_option(on, 1).is_err() {
        println!("SKIPPED: this kernel has no SO_PASSPIDFD (since Linux 6.5)");
        return;
    }
    left.send(b"!").unwrap();
    let got = recv(&right, 8, Control::ROOM);
    let [Control::PidFd(fd)] = &got.control[..] else { panic!("{got:?}") };
    assert!(is_closed_on_exec(fd.as_fd()));
}

fn udp(family: Family) -> (Socket, Socket, Addr) {
    let ip: IpAddr = match family {
        Family::INET => Ipv4Addr::LOCALHOST.into(),
        _ => Ipv6Addr::LOCALHOST.into(),
    };
    let bound = || {
        let socket = Socket::new(family, Type::DGRAM, None).unwrap();
        socket.bind(Addr::from((ip, 0))).unwrap();
        socket
    };
    let (from, to) = (bound(), bound());
    let addr = to.local_addr().unwrap();
    (from, to, addr)
}

#[test]
fn what_an_ip_packet_is_told_arrives_with_it() {
    let (v4, v6) = (libc::IPPROTO_IP, libc::IPPROTO_IPV6);
    for (family, level, options) in [
        (Family::INET, v4, [libc::IP_RECVTTL, libc::IP_RECVTOS, libc::IP_PKTINFO]),
        (
            Family::INET6,
            v6,
            [libc::IPV6_RECVHOPLIMIT, libc::IPV6_RECVTCLASS, libc::IPV6_RECVPKTINFO],
        ),
    ] {
        let (from, to, addr) = udp(family);
        for name in options {
            to.set_option(SocketOption::Raw { level, name }, 1).unwrap();
        }
        let ip = addr.ip().unwrap();
        let sent = from.send_with_control(
            &[IoSlice::new(b"!")],
            &[
                ControlRef::Ttl(7),
                ControlRef::Tos(0x2b),
                ControlRef::PacketInfo { addr: ip, interface: 0 },
            ],
            Some(&addr),
            SendFlags::NONE,
            soon(),
        );
        assert_eq!(sent.unwrap(), 1);
        let got = recv(&to, 8, Control::ROOM);
        assert_eq!(got.peer, Some(from.local_addr().unwrap()));
        let has = |wanted: &dyn Fn(&Control) -> bool| got.control.iter().any(wanted);
        assert!(has(&|control| matches!(control, Control::Ttl(7))), "{got:?}");
        assert!(has(&|control| matches!(control, Control::Tos(0x2b))), "{got:?}");
        assert!(
            has(&|control| matches!(
                control, Control::PacketInfo { addr, interface: 1.. } if *addr == ip
            )),
            "{got:?}"
        );
    }
}

#[test]
fn a_time_stamp_is_the_clocks() {
    let micros = SocketOption::Raw { level: libc::SOL_SOCKET, name: libc::SO_TIMESTAMP };
    for option in [micros, SocketOption::RecvTimestamp] {
        let (from, to, addr) = udp(Family::INET);
        to.set_option(option, 1).unwrap();
        let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let before = now();
        from.send_to(b"!", &addr).unwrap();
        let got = recv(&to, 8, Control::ROOM);
        let [Control::Timestamp(at)] = got.control[..] else { panic!("{got:?}") };
        // A microsecond is what one of them cuts off.
        let slack = Duration::from_micros(1);
        assert!(at + slack >= before && at <= now() + slack, "{at:?} {before:?}");
    }
}

#[test]
fn what_is_unknown_is_kept_as_it_came() {
    let (from, to, addr) = udp(Family::INET);
    let name = libc::IP_RECVORIGDSTADDR;
    to.set_option(SocketOption::Raw { level: libc::IPPROTO_IP, name }, 1).unwrap();
    from.send_to(b"!", &addr).unwrap();
    let got = recv(&to, 8, Control::ROOM);
    let [Control::Unknown { level: libc::IPPROTO_IP, kind, data }] = &got.control[..] else {
        panic!("{got:?}")
    };
    // The address that it was sent to, as the system lays it out.
    assert_eq!((*kind, data.len()), (libc::IP_ORIGDSTADDR, size_of::<libc::sockaddr_in>()));
    assert_eq!(data[2..4], addr.port().unwrap().to_be_bytes());
}

#[test]
fn what_a_socket_cannot_carry_is_refused() {
    let (udp, _to, _) = udp(Family::INET);
    let (local, _peer) = socketpair(Type::DGRAM).unwrap();
    let tcp = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    let rights = [local.as_fd()];
    let who = Credentials { pid: 1, uid: 0, gid: 0 };
    for (socket, control) in [
        (&udp, ControlRef::Rights(&rights)),
        (&udp, ControlRef::Credentials(who)),
        (&local, ControlRef::Ttl(1)),
        (&local, ControlRef::Tos(1)),
        (&tcp, ControlRef::Ttl(1)),
        (&tcp, ControlRef::Rights(&rights)),
    ] {
        let refused = send(socket, b"!", &[control]);
        assert!(matches!(refused, Err(Error::Unsupported { .. })), "{control:?}: {refused:?}");
    }
    let addr = IpAddr::from(Ipv6Addr::LOCALHOST);
    let numbers =
        ControlRef::Raw { level: libc::SOL_SOCKET, kind: libc::SCM_RIGHTS, data: &[0; 4] };
    let large = ControlRef::Raw { level: 77, kind: 77, data: &[0; Control::ROOM_MAX] };
    for (socket, control) in
        [(&udp, ControlRef::PacketInfo { addr, interface: 0 }), (&local, numbers), (&local, large)]
    {
        assert!(
            matches!(send(socket, b"!", &[control]), Err(Error::Invalid { .. })),
            "{control:?}"
        );
    }
}

#[test]
fn rooms_and_flags_that_make_no_sense_are_refused() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    left.send_all(b"!").unwrap();
    for (room, flags) in [
        (Control::ROOM_MAX + 1, RecvFlags::NONE),
        (usize::MAX, RecvFlags::NONE),
        (0, RecvFlags::WAITALL),
    ] {
        let refused = recv_with(&right, 8, room, flags);
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{room} {flags:?}: {refused:?}");
    }
    let refused = recv_with(&right, 8, 0, RecvFlags::TRUNC).unwrap_err();
    assert_eq!(refused.errno(), Some(Errno::EINVAL));
    // Without room for a byte of a stream nothing is consumed.
    assert_eq!(recv(&right, 0, Control::ROOM).len, 0);
    assert_eq!(recv(&right, 8, Control::ROOM_MAX).len, 1);
}

#[test]
fn waiting_is_the_engines() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    let mut memory = [0; 8];
    let mut none = |socket: &Socket, deadline| {
        let mut buf = RecvBuf::new(&mut memory);
        socket.recv_with_control(&mut buf, 64, RecvFlags::NONE, deadline).unwrap_err()
    };
    assert!(none(&right, Deadline::after(Duration::from_millis(5))).is_timeout());
    let hasty = recv_with(&right, 8, 64, RecvFlags::DONTWAIT).unwrap_err();
    assert_eq!(hasty.errno(), Some(Errno::EAGAIN));
    right.set_blocking(false).unwrap();
    assert_eq!(none(&right, Deadline::NEVER).errno(), Some(Errno::EAGAIN));
    right.close().unwrap();
    assert_eq!(none(&right, Deadline::NEVER).errno(), Some(Errno::EBADF));
    let sent = send(&left, b"!", &[ControlRef::Rights(&[left.as_fd()])]).unwrap_err();
    assert_eq!(sent.errno(), Some(Errno::EPIPE));
}

#[test]
fn the_contract_speaks_of_it_too() {
    let (left, right) = socketpair(Type::DGRAM).unwrap();
    let (left, right): (&dyn Whole, &dyn Whole) = (&left, &right);
    let fds = [std::io::stdin()];
    let fds: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
    let (bytes, control) = ([IoSlice::new(b"!")], [ControlRef::Rights(&fds)]);
    left.send_with_control(&bytes, &control, None, SendFlags::NONE, soon()).unwrap();
    let mut memory = [0; 8];
    let mut buf = RecvBuf::new(&mut memory);
    let got = right.recv_with_control(&mut buf, 64, RecvFlags::NONE, soon()).unwrap();
    assert_eq!((got.peer.clone(), got.into_rights().len()), (Some(Addr::Unnamed), 1));
}

trait Whole: Endpoint {}
impl Whole for Socket {}
