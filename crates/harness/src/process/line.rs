//! Lines out of the bytes that a pipe brings, and the last of what a worker complained about.

use std::collections::VecDeque;

/// A line longer than this is no answer of a worker of ours.
const LINE_BYTES_MAX: usize = 4 << 20;

/// Cuts bytes into lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    bytes: VecDeque<u8>,
    searched: usize,
}

impl Lines {
    /// Adds bytes as they arrived.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// The next whole line, without its end.
    pub(crate) fn pop(&mut self) -> Option<Vec<u8>> {
        let unsearched = self.bytes.iter().skip(self.searched);
        match unsearched.clone().position(|byte| *byte == b'\n') {
            Some(at) => {
                let mut line: Vec<u8> = self.bytes.drain(..=self.searched + at).collect();
                line.pop();
                self.searched = 0;
                Some(line)
            }
            None => {
                self.searched = self.bytes.len();
                None
            }
        }
    }

    /// Whether a line has grown beyond everything that a worker says.
    pub(crate) fn overflows(&self) -> bool {
        self.bytes.len() > LINE_BYTES_MAX
    }
}

/// How many bytes of a worker's complaints are kept, and how many lines are shown.
const TAIL_BYTES: usize = 8 << 10;
const TAIL_LINES: usize = 12;

/// The last of what a worker printed.
#[derive(Debug, Default)]
pub(crate) struct Tail(VecDeque<u8>);

impl Tail {
    /// Adds bytes and forgets the oldest.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
        let over = self.0.len().saturating_sub(TAIL_BYTES);
        self.0.drain(..over);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The last lines.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        let text = String::from_utf8_lossy(self.0.make_contiguous());
        // What Rust adds to a panic's message would have no effect here.
        let told = |line: &&str| !line.trim().is_empty() && !line.contains("`RUST_BACKTRACE=1`");
        let lines: Vec<&str> = text.lines().filter(told).collect();
        let from = lines.len().saturating_sub(TAIL_LINES);
        lines[from..].iter().map(|line| (*line).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_the_bytes_arrive() {
        let bytes = b"one\n\ntwo\nthree";
        for size in 1..=bytes.len() {
            let (mut lines, mut seen) = (Lines::default(), Vec::new());
            for chunk in bytes.chunks(size) {
                lines.push(chunk);
                seen.extend(std::iter::from_fn(|| lines.pop()));
            }
            assert_eq!(seen, [b"one".to_vec(), b"".to_vec(), b"two".to_vec()]);
        }
    }

    #[test]
    fn a_tail_keeps_the_last_and_stays_small() {
        let mut tail = Tail::default();
        for n in 0..10_000 {
            tail.push(format!("line {n}\n").as_bytes());
        }
        assert!(tail.0.len() <= TAIL_BYTES);
        assert_eq!(tail.lines().len(), TAIL_LINES);
        assert_eq!(tail.lines().last().map(String::as_str), Some("line 9999"));
    }
}
