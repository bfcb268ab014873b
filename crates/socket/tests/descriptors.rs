//! Out of descriptors. One test only: the limit is the process's.
#![cfg(unix)]

mod blocked;

use std::thread;

use sockrates_core::{Deadline, Errno, Ready};
use sockrates_socket::{Family, Socket, Type};

#[test]
fn without_a_descriptor_to_spare_sockets_close_and_a_client_waits() {
    let new = || Socket::new(Family::INET, Type::STREAM, None);
    let listener = new().unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    let client = new().unwrap();
    client.connect(listener.local_addr().unwrap()).unwrap();
    listener.wait(Ready::READ, Deadline::NEVER).unwrap();
    limit_descriptors(64);
    let mut rest: Vec<_> = std::iter::from_fn(|| new().ok()).collect();
    assert_eq!(new().unwrap_err().errno(), Some(Errno::EMFILE));
    assert_eq!(listener.accept().unwrap_err().errno(), Some(Errno::EMFILE));
    assert_eq!(client.dup().unwrap_err().errno(), Some(Errno::EMFILE));
    let alone = rest.pop().unwrap();
    // One descriptor to spare, which is one too few.
    drop(rest.pop());
    let outcome = thread::scope(|scope| {
        let waiting = blocked::spawn(scope, || client.recv(&mut [0; 8]));
        assert_eq!(client.close().unwrap_err().errno(), Some(Errno::EMFILE));
        blocked::outcome(waiting)
    });
    assert_eq!(outcome.unwrap_err().errno(), Some(Errno::EBADF), "closed and woken all the same");
    client.close().unwrap();
    rest.push(new().unwrap());
    assert_eq!(alone.close().unwrap_err().errno(), Some(Errno::EMFILE), "none to spare");
    assert_eq!(alone.local_addr().unwrap_err().errno(), Some(Errno::EBADF));
    rest.pop();
    listener.accept().expect("the client has waited in the queue");
}

#[expect(unsafe_code, reason = "std sets no limits")]
fn limit_descriptors(count: libc::rlim_t) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the system writes a limit.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = count;
    // SAFETY: the system reads a limit.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
}
