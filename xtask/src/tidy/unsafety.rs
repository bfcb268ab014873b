//! Where `unsafe` may stand.

use super::Complaint;
use super::code::code_only;
use super::tree::File;

/// The rooms that need it: the start of their paths, and why. Everything else is safe code.
const ROOMS: &[(&str, &str)] = &[
    ("benches/src/raw", "calls libc directly, which is what is measured"),
    ("crates/core/src/recv_buf.rs", "hands out the initialised part of uninitialised memory"),
    ("crates/cli/src/subjects/readiness.rs", "knows ends by their numbers, as its judge does"),
    ("crates/cli/src/subjects/socket2_peer.rs", "socket2 receives into uninitialised memory"),
    ("crates/harness/src/checks/signal/unix.rs", "signals threads that are blocked"),
    ("crates/harness/src/process/unix.rs", "ends a worker with all that it started"),
    ("crates/poll/src/sys.rs", "descriptors that may be closed, and select"),
    ("crates/poll/tests/ends/mod.rs", "borrows a closed descriptor, to see it refused"),
    ("crates/poll/tests/storm/mod.rs", "sets a signal handler and signals a thread"),
    ("crates/socket/src/sys", "calls that socket2 does not wrap"),
    ("crates/socket/tests/blocked/mod.rs", "a thread's number, to see that it waits"),
    ("crates/socket/tests/broken_pipe.rs", "sets what SIGPIPE does, and asks for it"),
    ("crates/socket/tests/descriptors.rs", "lowers the limit of descriptors"),
    ("crates/socket/tests/one_call.rs", "marks a place in the trace of system calls"),
    ("crates/socket/tests/storm/mod.rs", "sets a signal handler and signals a thread"),
];

const THIS_FILE: &str = "xtask/src/tidy/unsafety.rs";

pub(super) fn check(files: &[File]) -> Vec<Complaint> {
    check_rooms(files, ROOMS)
}

fn check_rooms(files: &[File], rooms: &[(&str, &str)]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut used = vec![false; rooms.len()];
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some(line) = first_unsafe(&file.text) else { continue };
        match rooms.iter().position(|(path, _)| file.path.starts_with(path)) {
            Some(room) => used[room] = true,
            None => complaints.push(Complaint::of_line(
                &file.path,
                line,
                "`unsafe` outside the rooms that need it",
                format!("use a safe call, or add the file with its reason to ROOMS in {THIS_FILE}"),
            )),
        }
    }
    for ((path, _), _) in rooms.iter().zip(used).filter(|(_, used)| !used) {
        complaints.push(Complaint::of_file(
            THIS_FILE,
            format!("ROOMS names {path}, which holds no `unsafe`"),
            "take it out of the list",
        ));
    }
    complaints
}

/// The line, counted from 1, of the first `unsafe` in the code.
fn first_unsafe(source: &str) -> Option<usize> {
    let code = code_only(source);
    let in_word = |c: char| !(c.is_alphanumeric() || c == '_');
    let line = code.lines().position(|line| line.split(in_word).any(|word| word == "unsafe"))?;
    Some(line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_outside_its_rooms_is_caught() {
        let file = File::planted("crates/tcp/src/lib.rs", "\nfn f() {\n    unsafe { g() }\n}");
        let complaints = check_rooms(&[file], &[]);
        assert_eq!(complaints[0].line, Some(3));
        let room = File::planted("crates/socket/src/sys/linux.rs", "unsafe impl Send for X {}");
        assert_eq!(check_rooms(&[room], &[("crates/socket/src/sys", "calls")]), []);
    }

    #[test]
    fn the_word_in_prose_or_in_a_lint_is_not_code() {
        let text = "#![deny(unsafe_code)] // unsafe\nlet s = \"unsafe\"; let r#mod = 1;";
        assert_eq!(check_rooms(&[File::planted("a.rs", text)], &[]), []);
    }

    #[test]
    fn a_room_without_unsafe_is_taken_off_the_list() {
        let complaints = check_rooms(&[File::planted("a.rs", "safe()")], &[("a.rs", "once")]);
        assert!(complaints[0].what.contains("names a.rs"));
    }
}
