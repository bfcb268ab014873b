//! A judge of streams that misbehave at the end: it survives each of them and says what it did.
//!
//! ```text
//! cargo run -p sockrates-harness --example faulty -- --only stream.eof --limit 0.5
//! ```

use std::io::{IoSlice, Write};
use std::process::ExitCode;

use sockrates_core::{Deadline, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport};
use sockrates_harness::{Caps, Mutant, Program, Subject, mem};

/// A stream in memory that does something else once it should tell the end.
struct Faulty {
    stream: mem::MemStream,
    at_the_end: fn(),
}

impl Transport for Faulty {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        let room = buf.remaining();
        let received = self.stream.recv_msg(buf, flags, deadline)?;
        if received.len == 0 && room > 0 {
            (self.at_the_end)();
        }
        Ok(received)
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.stream.send_msg(bytes, to, flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.stream.close_send()
    }
}

fn subject(name: &'static str, at_the_end: fn()) -> Subject {
    Subject::pair(name, Caps::HALF_CLOSE, move || {
        let (one, other) = mem::stream_pair()?;
        let faulty = |stream| Faulty { stream, at_the_end };
        Ok((faulty(one), faulty(other)))
    })
}

fn hang() {
    loop {
        std::thread::park();
    }
}

fn exit() {
    println!("what a subject prints reaches nobody's protocol");
    std::process::exit(0);
}

fn panic() {
    panic!("the end was not expected");
}

fn abort() {
    eprintln!("the last words of a subject");
    std::process::abort();
}

/// What a subject starts ends with it.
fn start_and_hang() {
    let child = std::process::Command::new("sleep").arg("600").spawn();
    // Nobody may be left to hear it; a panic for that would end the case before its process ends.
    let _ = writeln!(std::io::stderr(), "started {}", child.map_or(0, |child| child.id()));
    hang();
}

/// Two mutants: one that is caught by exactly the clause that it names, and one that is not.
const MUTANTS: [Mutant; 2] = [
    Mutant {
        name: "aborts-at-the-end",
        says: "the process is aborted once the end is received",
        make: || subject("aborts-at-the-end", abort),
        fails: &["stream.eof.sticky"],
        under: &[],
    },
    Mutant {
        name: "wrongly-accused",
        says: "the process hangs once the end is received, and not where data is",
        make: || subject("wrongly-accused", hang),
        fails: &["stream.io.intact"],
        under: &[],
    },
];

fn main() -> ExitCode {
    let subjects = vec![
        subject("right", || ()),
        subject("hangs", hang),
        subject("aborts", abort),
        subject("exits", exit),
        subject("panics", panic),
        subject("starts-and-hangs", start_and_hang),
    ];
    Program::new(subjects).mutants(MUTANTS).main()
}
