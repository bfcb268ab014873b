//! No send raises `SIGPIPE`, whatever the program has done about it: shown in a process that has
//! left the signal at its default, which is to end.
#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "sets what a signal does, and asks for it")]

use std::fs::File;
use std::io::IoSlice;
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use sockrates_core::{Deadline, Errno, Error, Mode};
use sockrates_socket::{Family, Socket, Type, socketpair};

const STEP: &str = "SOCKRATES_BROKEN_PIPE";

#[test]
fn no_send_ends_a_process_that_has_left_the_signal_at_its_default() {
    for step in ["send", "vectored", "file", "file through a buffer", "file while it is sent"] {
        let status = run(step);
        assert!(status.success(), "{step}: {status}");
    }
}

#[test]
fn the_signal_is_handled_as_before_afterwards() {
    assert!(run("blocked and pending").success());
    assert!(run("handled").success());
}

/// What the others would see if they did not see to it.
#[test]
fn the_bare_call_ends_the_process() {
    assert_eq!(run("bare").signal(), Some(libc::SIGPIPE));
}

fn run(step: &str) -> ExitStatus {
    let mut this = Command::new(std::env::current_exe().unwrap());
    this.args(["--exact", "the_step_that_is_run", "--nocapture"]).env(STEP, step);
    let output = this.output().unwrap();
    print!("{}", String::from_utf8_lossy(&output.stderr));
    output.status
}

#[test]
fn the_step_that_is_run() {
    let Ok(step) = std::env::var(STEP) else { return }; // It is for the tests above.
    act(libc::SIG_DFL);
    for (socket, peer) in [tcp(), socketpair(Type::STREAM).unwrap()] {
        match step.as_str() {
            "file while it is sent" => while_it_is_sent(&socket, peer),
            _ => {
                broken(&socket, peer);
                take(&step, &socket);
            }
        }
    }
}

fn take(step: &str, socket: &Socket) {
    let text = text();
    let soon = Deadline::after(Duration::from_secs(60));
    match step {
        "send" => is_broken(socket.send(b"x").map(drop)),
        "vectored" => is_broken(socket.send_all_vectored(&[IoSlice::new(b"x"); 3])),
        "file" => {
            for mode in [Mode::Blocking, Mode::Timeout(Duration::from_secs(60)), Mode::NonBlocking]
            {
                socket.set_mode(mode).unwrap();
                is_broken(socket.send_file(&text, ..).map(drop));
            }
        }
        "file through a buffer" => is_broken(socket.send_file_by(&text, .., soon).map(drop)),
        "blocked and pending" => {
            assert!(!mask(libc::SIG_BLOCK), "it was not blocked before");
            is_broken(socket.send_file(&text, ..).map(drop));
            assert!(!pending(), "what the call raised is gone");
            // SAFETY: raises a blocked signal.
            unsafe { libc::raise(libc::SIGPIPE) };
            is_broken(socket.send_file(&text, ..).map(drop));
            assert!(pending(), "what was pending before is not");
            act(libc::SIG_IGN); // It goes with the signal that is pending.
            assert!(mask(libc::SIG_UNBLOCK), "it was blocked all the time");
            act(libc::SIG_DFL);
        }
        "handled" => {
            act(never as extern "C" fn(libc::c_int) as usize);
            is_broken(socket.send_file(&text, ..).map(drop));
            assert!(!mask(libc::SIG_UNBLOCK), "it is not blocked afterwards");
        }
        "bare" => {
            let mut at = 0;
            let (to, from) = (socket.as_raw_fd(), text.as_raw_fd());
            // SAFETY: two descriptors and a position.
            unsafe { libc::sendfile(to, from, &raw mut at, 10) };
        }
        other => panic!("no step {other}"),
    }
}

/// The peer goes after some was sent, so that the call has something to tell when the signal
/// comes.
fn while_it_is_sent(socket: &Socket, peer: Socket) {
    let big = text();
    big.set_len(1 << 30).unwrap();
    let outcome = std::thread::scope(|scope| {
        let sending = scope.spawn(|| socket.send_file(&big, ..));
        peer.recv_exact(&mut [0; 1 << 16]).unwrap();
        drop(peer);
        sending.join().unwrap()
    });
    let error = outcome.unwrap_err();
    assert!(error.done() > 0, "{error}");
    is_broken(Err(error));
}

extern "C" fn never(_: libc::c_int) {
    std::process::abort();
}

#[track_caller]
fn is_broken(outcome: Result<(), Error>) {
    let errno = outcome.expect_err("nobody is there").errno().unwrap();
    assert!([Errno::EPIPE, Errno::ECONNRESET].contains(&errno), "{errno}");
}

/// The next send on `socket` is EPIPE.
fn broken(socket: &Socket, peer: Socket) {
    drop(peer);
    if socket.family() == Family::INET {
        // The first is answered with a reset; the next knows.
        while socket.send(b"x").is_ok() {}
    }
}

fn tcp() -> (Socket, Socket) {
    let listener = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    listener.listen(None).unwrap();
    let client = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    let addr = listener.local_addr().unwrap().as_inet().unwrap();
    client.connect(("127.0.0.1", addr.port())).unwrap();
    (client, listener.accept().unwrap().0)
}

fn text() -> File {
    let path = std::env::temp_dir().join(format!("broken-pipe-{}", std::process::id()));
    std::fs::write(&path, b"0123456789").unwrap();
    let file = File::options().read(true).write(true).open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file
}

fn act(handler: libc::sighandler_t) {
    // SAFETY: the handler only aborts, which a signal handler may.
    let before = unsafe { libc::signal(libc::SIGPIPE, handler) };
    assert_ne!(before, libc::SIG_ERR);
}

/// Blocks or unblocks it in this thread, and tells whether it was blocked.
fn mask(how: libc::c_int) -> bool {
    let (mut set, mut before) = (nothing(), nothing());
    // SAFETY: an initialised set, and a signal that there is.
    unsafe { libc::sigaddset(&raw mut set, libc::SIGPIPE) };
    // SAFETY: two sets, alive through the call.
    let masked = unsafe { libc::pthread_sigmask(how, &raw const set, &raw mut before) };
    assert_eq!(masked, 0);
    has(&before)
}

fn pending() -> bool {
    let mut set = nothing();
    // SAFETY: room for a set.
    let told = unsafe { libc::sigpending(&raw mut set) };
    assert_eq!(told, 0);
    has(&set)
}

fn nothing() -> libc::sigset_t {
    // SAFETY: a set is plain numbers, for which zero is a value: nothing, on Linux.
    unsafe { std::mem::zeroed() }
}

fn has(set: &libc::sigset_t) -> bool {
    // SAFETY: an initialised set, and a signal that there is.
    unsafe { libc::sigismember(set, libc::SIGPIPE) == 1 }
}
