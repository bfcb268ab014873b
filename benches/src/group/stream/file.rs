//! A file to a stream: the system's one call, and reading it into a buffer first.
//!
//! Ours keeps `SIGPIPE` away, for which `sendfile` has no flag: two calls, 0.5 us together, that
//! libc's side here does without. So there is no goal; what ours costs beside it is to be seen.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

use sockrates_core::Mode;

use super::{KIB, contest, draining, start};
use crate::contest::{Contest, Side, side};
use crate::ends::{self, TIMEOUT};
use crate::{Layer, RawSocket};

pub(super) fn contests() -> Vec<Contest> {
    let few = || format!("{PIECE_KIB} KiB of a file in the cache, one thread");
    let many = || format!("{WHOLE_KIB} KiB of a file in the cache, two threads");
    let ours = "TcpStream::send_file";
    let (piece, whole) = (PIECE_KIB * KIB, WHOLE_KIB * KIB);
    let blocking = || one_thread(ends::our_tcp(Mode::Blocking), send_file);
    let timeout = || one_thread(ends::our_tcp(TIMEOUT), send_file);
    let in_kernel = || one_thread(raw(), libc_sendfile);
    let by_buffer = || one_thread(raw(), ByBuffer::new(PIECE_KIB * KIB).sender());
    let ours_whole = || two_threads(ends::our_tcp(Mode::Blocking), send_file);
    let in_kernel_whole = || two_threads(raw(), libc_sendfile);
    let by_buffer_whole = || two_threads(raw(), ByBuffer::new(64 * KIB).sender());
    let (sendfile, read_send) = ("libc sendfile", "libc pread+send, buffer of 64 KiB");
    vec![
        contest(few() + ", blocking", ours, sendfile, None, piece, start(blocking, in_kernel)),
        contest(few() + ", blocking", ours, read_send, None, piece, start(blocking, by_buffer)),
        contest(few() + ", timeout", ours, sendfile, None, piece, start(timeout, in_kernel)),
        contest(many(), ours, sendfile, None, whole, start(ours_whole, in_kernel_whole)),
        contest(many(), ours, read_send, None, whole, start(ours_whole, by_buffer_whole)),
    ]
}

const PIECE_KIB: usize = 64;
/// More than the processor's caches hold.
const WHOLE_KIB: usize = 16 * 1024;

fn raw() -> [RawSocket; 2] {
    ends::tcp().map(RawSocket::from)
}

fn one_thread<L: Layer>(ends: [L; 2], mut send: impl FnMut(&L, &File, usize) + 'static) -> Side {
    let ([near, far], file) = (ends, file(PIECE_KIB * KIB));
    let mut room = vec![0; PIECE_KIB * KIB];
    side(move || {
        send(&near, &file, PIECE_KIB * KIB);
        far.recv_exact(&mut room);
    })
}

fn two_threads<L: Layer>(ends: [L; 2], mut send: impl FnMut(&L, &File, usize) + 'static) -> Side {
    let ([near, far], file) = (ends, file(WHOLE_KIB * KIB));
    draining(far, WHOLE_KIB * KIB, move || send(&near, &file, WHOLE_KIB * KIB))
}

fn send_file(socket: &sockrates_tcp::TcpStream, file: &File, len: usize) {
    let sent = socket.send_file(file, ..len as u64).expect("send");
    assert_eq!(sent, len as u64);
}

fn libc_sendfile(socket: &RawSocket, file: &File, len: usize) {
    let mut sent = 0;
    while sent < len {
        let more = socket.send_file(file, sent, len - sent);
        assert!(more > 0, "the file ends after {sent} bytes");
        sent += more;
    }
}

/// Reads into a buffer and sends that.
struct ByBuffer {
    buffer: Vec<u8>,
}

impl ByBuffer {
    fn new(len: usize) -> Self {
        Self { buffer: vec![0; len] }
    }

    fn sender(mut self) -> impl FnMut(&RawSocket, &File, usize) {
        move |socket, file, len| {
            let mut sent = 0;
            while sent < len {
                let room = self.buffer.len().min(len - sent);
                let read = file.read_at(&mut self.buffer[..room], sent as u64).expect("read");
                assert!(read > 0, "the file ends after {sent} bytes");
                socket.send_all(&self.buffer[..read]);
                sent += read;
            }
        }
    }
}

/// An open file of so many bytes that has no name any more.
fn file(len: usize) -> File {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("sockrates-bench-{}-{number}", process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path).expect("a file");
    fs::remove_file(&path).expect("a file of ours");
    file.write_all_at(&vec![7; len], 0).expect("room on the disk");
    file
}
