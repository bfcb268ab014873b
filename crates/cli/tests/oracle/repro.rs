//! Found by `oracle --seed 1`, case 3.
//! Operation 0 comes to:
//!   sockrates: ok
//!   CPython: ok

#![allow(unused, reason = "one program needs this of the helpers, another that")]

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Errno, Error, Mode, Ready, Recv, RecvFlags, Result, SocketOption,
};
use sockrates_socket::{Family, Socket, Type};

#[test]
fn as_in_cpython() {
    let s0 = create(Family::INET, Type::STREAM, None).unwrap();
    assert_eq!(said(s0.listen(None).map(done)), "ok");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    let s1 = create(Family::INET, Type::STREAM, None).unwrap();
    assert_eq!(said(s1.connect(at(&s0)).map(done)), "ok");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 1));
    assert!(until(&s1, |socket| info(socket).0 != 2));
    let s2 = s0.accept().map(|(accepted, _)| accepted).unwrap();
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert_eq!(said(s1.send(&payload(5, 3)).map(text)), "ok 3");
    assert!(until(&s1, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| socket.queued().is_ok_and(|queued| queued >= 3)));
    assert_eq!(said(recv(10, |buf| s2.recv_with(buf, RecvFlags::PEEK)).map(hex)), "ok cdd4db");
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| socket.queued().is_ok_and(|queued| queued >= 3)));
    assert_eq!(said(recv(3, |buf| s2.recv_with(buf, RecvFlags::WAITALL)).map(hex)), "ok cdd4db");
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert_eq!(said(s2.send_all(&payload(8, 10)).map(done)), "ok");
    assert!(until(&s1, |socket| info(socket).0 != 2));
    assert!(until(&s1, |socket| socket.queued().is_ok_and(|queued| queued >= 10)));
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert_eq!(said(recv(4, |buf| s1.recv_from(buf)).map(hex)), "ok 484f565d");
    assert!(until(&s1, |socket| info(socket).0 != 2));
    assert!(until(&s1, |socket| socket.queued().is_ok_and(|queued| queued >= 6)));
    assert_eq!(
        said(recv(10, |buf| s1.recv_with(buf, RecvFlags::DONTWAIT)).map(hex)),
        "ok 646b72798087",
    );
    assert!(until(&s1, |socket| info(socket).0 != 2));
    let s3 = s1.dup().unwrap();
    assert!(until(&s1, |socket| info(socket).0 != 2));
    assert_eq!(said(s3.local_addr().map(host)), "ok 127.0.0.1");
    assert!(until(&s1, |socket| info(socket).0 != 2));
    assert_eq!(said(s1.peer_addr().map(host)), "ok 127.0.0.1");
    assert!(until(&s1, |socket| info(socket).0 != 2));
    assert_eq!(said(s1.shutdown_code(1).map(done)), "ok");
    assert!(until(&s1, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| ![1, 4, 5].contains(&info(socket).0)));
    assert_eq!(said(recv(10, |buf| s2.recv(buf)).map(hex)), "ok");
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| ![1, 4, 5].contains(&info(socket).0)));
    assert_eq!(said(set_timeout(&s0, Some(0.004)).map(done)), "ok");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s0.accept().map(|(accepted, _)| accepted).map(done)), "TimeoutError");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(set_timeout(&s0, Some(f64::NAN)).map(done)), "ValueError");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s0.set_blocking(false).map(done)), "ok");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(Ok(timeout(&s0))), "ok 0.000 false");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s1.close().map(done)), "ok");
    assert!(until(&s3, |socket| info(socket).0 != 2));
    assert_eq!(said(s3.close().map(done)), "ok");
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| ![1, 4, 5].contains(&info(socket).0)));
    assert_eq!(said(s1.send(&payload(23, 1)).map(text)), "OSError 9");
    let s5 = create(Family::INET, Type::DGRAM, None).unwrap();
    assert_eq!(said(s5.bind(either(&s5, ("127.0.0.1", 0), ("::1", 0))).map(done)), "ok");
    assert_eq!(
        said(s5.bind(either(&s5, ("127.0.0.1", 65536), ("::1", 65536))).map(done)),
        "ValueError",
    );
    assert_eq!(said(s5.send_to(&payload(27, 10), at(&s5)).map(text)), "ok 10");
    assert!(until(&s5, |socket| polled(socket).read));
    assert_eq!(
        said(recv(20, |buf| s5.recv_with(buf, RecvFlags::TRUNC)).map(hex)),
        "ok 535a61686f767d848b92",
    );
    let s6 = create(Family::INET6, Type::DGRAM, None).unwrap();
    assert_eq!(said(s6.bind(either(&s6, ("::1", 9), ("127.0.0.1", 9))).map(done)), "gaierror -9");
    assert_eq!(
        said(s6.connect_ex(either(&s6, ("::1", 9), ("127.0.0.1", 9))).map(code)),
        "gaierror -9",
    );
    assert_eq!(said(s6.bind(either(&s6, ("127.0.0.1", 0), ("::1", 0))).map(done)), "ok");
    assert_eq!(said(s6.connect_ex(at(&s6)).map(code)), "ok 0");
    assert_eq!(said(s6.send(&payload(34, 1)).map(text)), "ok 1");
    assert!(until(&s6, |socket| polled(socket).read));
    assert_eq!(said(recv(10, |buf| s6.recv(buf)).map(hex)), "ok 72");
    assert_eq!(said(s0.take_error().map(code)), "ok 0");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s0.option(SocketOption::SocketType).map(text)), "ok 1");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s0.option(SocketOption::AcceptConn).map(text)), "ok 1");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s0.option(SocketOption::KeepAlive).map(text)), "ok 0");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s0.option(SocketOption::Broadcast).map(text)), "ok 0");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert_eq!(said(s2.option(SocketOption::NoDelay).map(text)), "ok 0");
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| ![1, 4, 5].contains(&info(socket).0)));
    assert_eq!(said(s2.set_option(SocketOption::KeepAlive, 1).map(done)), "ok");
    assert!(until(&s2, |socket| info(socket).0 != 2));
    assert!(until(&s2, |socket| ![1, 4, 5].contains(&info(socket).0)));
    let s7 = create(Family::INET, Type::STREAM, None).unwrap();
    assert_eq!(said(s7.connect(at(&s0)).map(done)), "ok");
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 1));
    assert!(until(&s7, |socket| info(socket).0 != 2));
    let s4 = s0.accept().map(|(accepted, _)| accepted).unwrap();
    assert!(until(&s0, |socket| info(socket).0 != 10 || info(socket).1 == 0));
    assert!(until(&s4, |socket| info(socket).0 != 2));
    assert_eq!(said(slowly(&s7, &s4, 46).map(done)), "TimeoutError");
}

fn said(outcome: Result<String>) -> String {
    match outcome {
        Ok(value) => format!("ok {value}").trim_end().to_owned(),
        Err(Error::Os { errno, .. }) => format!("{} {}", errno.python_name(), errno.code()),
        Err(Error::TimedOut { .. }) => "TimeoutError".to_owned(),
        Err(Error::Resolve { code, .. }) => format!("gaierror {code}"),
        Err(Error::Invalid { .. }) => "ValueError".to_owned(),
        Err(other) => other.to_string(),
    }
}

fn done<T>(_: T) -> String {
    String::new()
}

fn code(errno: Errno) -> String {
    errno.code().to_string()
}

fn text(value: impl ToString) -> String {
    value.to_string()
}

fn create(family: Family, kind: Type, timeout: Option<f64>) -> Result<Socket> {
    let socket = Socket::new(family, kind, None)?;
    set_timeout(&socket, timeout)?;
    Ok(socket)
}

fn set_timeout(socket: &Socket, timeout: Option<f64>) -> Result<()> {
    socket.set_mode(Mode::from_secs(timeout)?)
}

fn at(socket: &Socket) -> (String, u16) {
    match socket.local_addr() {
        Ok(Addr::Inet(addr)) => (addr.ip().to_string(), addr.port()),
        other => panic!("{other:?}"),
    }
}

fn host(addr: Addr) -> String {
    match addr {
        Addr::Inet(addr) => addr.ip().to_string(),
        other => other.to_string(),
    }
}

fn timeout(socket: &Socket) -> String {
    let timeout = socket.timeout().map(|timeout| format!("{:.3}", timeout.as_secs_f64()));
    format!("{} {}", timeout.unwrap_or("none".to_owned()), socket.is_blocking())
}

fn either<T>(socket: &Socket, v4: T, v6: T) -> T {
    if socket.family() == Family::INET { v4 } else { v6 }
}

fn payload(step: usize, len: usize) -> Vec<u8> {
    (0..len).map(|position| (step * 41 + position % 251 * 7) as u8).collect()
}

fn recv<P>(len: usize, call: impl FnOnce(&mut [u8]) -> Result<Recv<P>>) -> Result<Vec<u8>> {
    let mut buf = vec![0; len];
    let got = call(&mut buf)?.len;
    buf.truncate(got);
    Ok(buf)
}

fn hex(bytes: Vec<u8>) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn slowly(socket: &Socket, reader: &Socket, step: usize) -> Result<()> {
    socket.set_send_buffer_size(65536)?;
    reader.set_recv_buffer_size(65536)?;
    socket.set_timeout(Some(Duration::from_millis(100)))?;
    let (ended, ending) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut buf = vec![0; 65536];
            let pace = Duration::from_millis(8);
            while ending.recv_timeout(pace) == Err(RecvTimeoutError::Timeout) {
                let _ = reader.recv_with(&mut buf, RecvFlags::DONTWAIT);
            }
        });
        let sent = socket.send_all(&payload(step, 2 << 20));
        drop(ended);
        sent
    })
}

// What is waited for, so that nothing races the network.

fn until(socket: &Socket, there: impl Fn(&Socket) -> bool) -> bool {
    let end = Deadline::after(Duration::from_secs(3));
    while !socket.is_closed() && !there(socket) {
        if end.has_passed() {
            return false;
        }
        let _ = socket.wait(Ready::READ, Deadline::after(Duration::from_millis(1)));
    }
    true
}

fn polled(socket: &Socket) -> Ready {
    socket.wait(Ready::READ, Deadline::after(Duration::ZERO)).unwrap()
}

/// `TCP_INFO`: the state, and how many connections a listener holds.
fn info(socket: &Socket) -> (u8, u32) {
    let mut info = [0; 32];
    socket.raw_option(6, 11, &mut info).unwrap();
    (info[0], u32::from_ne_bytes(info[24..28].try_into().unwrap()))
}
