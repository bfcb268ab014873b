//! Sending a file's bytes without carrying them through the program.

use std::fs::File;
use std::io;
use std::ops::{Bound, RangeBounds};
use std::os::unix::fs::FileExt;

use sockrates_core::{Deadline, Errno, Error, Mode, Op, Result};

use crate::Socket;
use crate::sys::{self, Interest};
use crate::wait::Wait;

/// Files.
impl Socket {
    /// Sends the bytes of `file` that lie in `range`, counted from the file's start, and returns
    /// how many that were: fewer than the range has where the file ends before, 0 where it starts
    /// at the end or after it.
    ///
    /// The system copies them straight from its cache of the file (`sendfile`); where it cannot,
    /// they go through a buffer of 64 KiB. It is for regular files, block devices, and whatever
    /// else can be read at a position. The file's own position is neither used nor moved, so that
    /// threads may share one open file. What a file grows by meanwhile belongs to an open range;
    /// where it shrinks, sending ends as at any end.
    ///
    /// As all sending here it never raises `SIGPIPE`, also in a program that has left that signal
    /// at its default: it is held back in this thread for the moment of the call.
    ///
    /// ```
    /// # use std::{env, fs, process};
    /// use std::fs::File;
    /// use sockrates_socket::{Type, socketpair};
    ///
    /// # let path = env::temp_dir().join(format!("send-file-{}", process::id()));
    /// # fs::write(&path, b"The whole page").unwrap();
    /// # let file = File::open(&path).unwrap();
    /// # fs::remove_file(&path).unwrap();
    /// let (server, client) = socketpair(Type::STREAM)?;
    /// assert_eq!(server.send_file(&file, ..)?, 14);
    /// assert_eq!(server.send_file(&file, 10..1000)?, 4);
    ///
    /// let mut page = [0; 18];
    /// client.recv_exact(&mut page)?;
    /// assert_eq!(&page, b"The whole pagepage");
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`send_file_by`](Self::send_file_by).
    ///
    /// Source: Linux `sendfile(2)`; Python `socket.sendfile`, which moves the file's position and
    /// refuses non-blocking sockets.
    #[doc(alias = "sendfile")]
    pub fn send_file(&self, file: &File, range: impl RangeBounds<u64>) -> Result<u64> {
        self.send_file_by(file, range, Deadline::NEVER)
    }

    /// Sends as [`send_file`](Self::send_file) does, all of it by `deadline`, or by the mode's
    /// timeout where that is earlier. Reading the file itself has no deadline.
    ///
    /// # Errors
    /// As in [`send`](Self::send), and the errno of reading the file. The error's
    /// [`done`](Error::done) tells how much was sent: go on with the range from there.
    /// [`Error::Invalid`] for a directory, a pipe, a socket or whatever else has no positions, for
    /// a file that is not open for reading, for a range that ends before it starts or starts
    /// behind the 2⁶³ bytes that files may have, and on a socket that is no stream. A range that
    /// starts behind the end of the file is no error: 0 bytes are sent.
    ///
    /// # Platform notes
    /// Linux has no flag that keeps this one call from waiting. In blocking mode with a deadline
    /// the bytes go through the buffer therefore, as they do where a duplicate has made the
    /// descriptor blocking, and wherever the system is not Linux.
    /// Where `usize` has 32 bits, one call sends 4 GiB - 1 at the most: go on from there.
    pub fn send_file_by(
        &self,
        file: &File,
        range: impl RangeBounds<u64>,
        deadline: Deadline,
    ) -> Result<u64> {
        if !self.is_stream() {
            let value = format!("of {:?}", self.socket_type());
            return Err(Error::invalid("socket to send a file on", value, "it takes a stream"));
        }
        let piece = Piece::of(range)?;
        let mode = self.mode();
        let deadline = mode.deadline(deadline);
        let may_wait = mode == Mode::Blocking && deadline.is_never();
        if may_wait || self.check(Op::SendFile, self.inner().nonblocking())? {
            self.send_file_in_kernel(file, piece, deadline)
        } else {
            self.send_file_through_buffer(file, piece, deadline)
        }
    }

    fn send_file_in_kernel(&self, file: &File, piece: Piece, deadline: Deadline) -> Result<u64> {
        let wait = Wait { op: Op::SendFile, interest: Interest::Write, deadline, never: false };
        let mut piece = piece;
        while piece.left() > 0 {
            let sent =
                self.run(wait, |socket, _| sys::send_file(socket, file, piece.at(), piece.left()));
            match sent {
                Ok(0) => break,
                Ok(sent) => {
                    piece.done += sent;
                    // Old systems go on into whatever lies under the number of a closed socket.
                    let open = self.check_open(Op::SendFile);
                    open.map_err(|error| error.during(Op::SendFile, piece.done))?;
                }
                Err(error) if !self.is_closed() && says_it_cannot(&error) => {
                    return self.send_file_through_buffer(file, piece, deadline);
                }
                Err(error) => return Err(error.during(Op::SendFile, piece.done)),
            }
            self.in_time(file, piece, deadline)?;
        }
        self.check_open(Op::SendFile).map_err(|error| error.during(Op::SendFile, piece.done))?;
        Ok(piece.done as u64)
    }

    /// What the system cannot send by itself: read, then sent.
    #[cold]
    fn send_file_through_buffer(
        &self,
        file: &File,
        mut piece: Piece,
        deadline: Deadline,
    ) -> Result<u64> {
        self.check_open(Op::SendFile)?;
        let mut buffer = vec![0; BUFFER];
        while piece.left() > 0 {
            let room = buffer.len().min(piece.left());
            let read = match file.read_at(&mut buffer[..room], piece.at()) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(&error).during(Op::SendFile, piece.done)),
            };
            if let Err(error) = self.send_all_by(&buffer[..read], deadline) {
                let done = piece.done + error.done();
                return Err(error.during(Op::SendFile, done));
            }
            piece.done += read;
            self.in_time(file, piece, deadline)?;
        }
        Ok(piece.done as u64)
    }

    /// A peer that always takes a little must not keep it going for ever.
    fn in_time(&self, file: &File, piece: Piece, deadline: Deadline) -> Result<()> {
        let late = piece.left() > 0 && deadline.has_passed() && self.mode() != Mode::NonBlocking;
        // The file may end here though the range does not: then all of it was sent in time.
        if late && !matches!(file.read_at(&mut [0], piece.at()), Ok(0)) {
            return Err(Error::TimedOut { op: Op::SendFile, done: piece.done });
        }
        Ok(())
    }
}

const BUFFER: usize = 64 * 1024;

/// Which bytes of a file, and how many of them were sent.
#[derive(Clone, Copy)]
struct Piece {
    start: u64,
    len: usize,
    done: usize,
}

impl Piece {
    fn of(range: impl RangeBounds<u64>) -> Result<Self> {
        let start = match range.start_bound() {
            Bound::Included(start) => Some(*start),
            Bound::Excluded(before) => before.checked_add(1),
            Bound::Unbounded => Some(0),
        };
        let end = match range.end_bound() {
            Bound::Included(last) => last.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => LAST,
        };
        let Some(start) = start.filter(|start| *start <= LAST) else {
            let value = format!("{:?}", (range.start_bound(), range.end_bound()));
            return Err(Error::invalid("range of a file", value, "no file has 2^63 bytes or more"));
        };
        if start > end {
            let rule = "it starts behind its end; a range is what lies from its start to its end";
            return Err(Error::invalid("range of a file", format!("{start}..{end}"), rule));
        }
        let len = usize::try_from(end.min(LAST) - start).unwrap_or(usize::MAX);
        Ok(Self { start, len, done: 0 })
    }

    fn at(self) -> u64 {
        self.start + self.done as u64
    }

    fn left(self) -> usize {
        self.len - self.done
    }
}

/// The last position that a file can have.
const LAST: u64 = i64::MAX as u64;

/// Whether the system cannot send this file by itself. Whether it can be read at all, reading it
/// tells.
fn says_it_cannot(error: &Error) -> bool {
    error.errno().is_some_and(|errno| sys::NOT_BY_ITSELF.contains(&errno.code()))
}

fn unreadable(error: &io::Error) -> Error {
    let code = error.raw_os_error().unwrap_or(0);
    let (value, rule) = if code == sys::EISDIR {
        ("a directory", "it takes a file; send the files in it one by one")
    } else if sys::NO_POSITIONS.contains(&code) {
        ("a pipe, a socket or a terminal", "it has no positions; use std::io::copy")
    } else if code == Errno::EBADF.code() {
        ("not open for reading", "open it with File::open")
    } else {
        return Error::from_io(Op::SendFile, error);
    };
    Error::invalid("file", value, rule)
}
