//! Bytes that were received and not taken yet.

/// Bytes that were received and not taken yet; no memory before the first.
#[derive(Debug, Default)]
pub(super) struct Held {
    memory: Vec<u8>,
    start: usize,
    end: usize,
}

impl Held {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.end]
    }

    /// Drops the first `n` bytes.
    pub(super) fn skip(&mut self, n: usize) {
        self.start = self.end.min(self.start + n);
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
    }

    /// Moves the first `n` bytes to the end of `out`.
    pub(super) fn take_into(&mut self, n: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes()[..n]);
        self.skip(n);
    }

    /// Room to receive into, at least one byte; twice the memory at most.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.end == self.memory.len() && self.start > 0 {
            self.memory.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.memory.len() {
            self.memory.resize((self.memory.len() * 2).max(FIRST), 0);
        }
        &mut self.memory[self.end..]
    }

    /// Counts the first `n` bytes of the room as received.
    pub(super) fn grew(&mut self, n: usize) {
        self.end = self.memory.len().min(self.end + n);
    }
}

const FIRST: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_the_order_they_went_in_whatever_the_pieces() {
        let (mut held, mut out) = (Held::default(), Vec::new());
        let bytes: Vec<u8> = (0..100_000u32).map(|n| n as u8).collect();
        let mut sent = 0;
        let mut turn = 0;
        while out.len() < bytes.len() {
            turn += 1;
            let room = held.room();
            let n = room.len().min(bytes.len() - sent).min(turn * 37 % 5000);
            room[..n].copy_from_slice(&bytes[sent..sent + n]);
            held.grew(n);
            sent += n;
            let take = held.bytes().len().min(turn * 53 % 4096);
            held.take_into(take, &mut out);
        }
        assert_eq!(out, bytes);
        assert!(held.memory.len() < 2 * bytes.len());
    }
}
