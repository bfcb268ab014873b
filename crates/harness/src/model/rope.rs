//! Bytes under way, known by themselves or by digest alone.

use std::collections::VecDeque;

use crate::trace::{Data, joined};

/// The bytes that were sent and not received, in the pieces in which they were sent.
///
/// Where a receive ends inside a piece of which only the digest is known, nothing can be compared
/// until a later one ends where a piece does; then all that was received since is compared at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Rope {
    pieces: VecDeque<Data>,
    /// The pieces that were received in part: how many bytes they are, and their digest.
    opened: (usize, u64),
    /// What was received of them.
    received: (usize, u64),
    /// Whether only their number is known, since several threads sent or received at the same time.
    blind: bool,
}

impl Rope {
    /// How many bytes are left.
    pub(super) fn len(&self) -> usize {
        let whole: usize = self.pieces.iter().map(Data::len).sum();
        whole + self.opened.0 - self.received.0
    }

    /// Bytes are sent.
    pub(super) fn put(&mut self, data: &Data) {
        if self.blind {
            self.opened.0 += data.len();
        } else if !data.is_empty() {
            self.pieces.push_back(data.clone());
        }
    }

    /// From now on only numbers are compared.
    pub(super) fn blur(&mut self) {
        *self = Self { opened: (self.len(), 0), blind: true, ..Self::default() };
    }

    /// Takes `data` from the front; `false` where that is not what was sent.
    pub(super) fn take(&mut self, data: &Data) -> bool {
        if data.len() > self.len() {
            return false;
        }
        if self.blind {
            self.opened.0 -= data.len();
            return true;
        }
        match (self.opened.0 == 0, data) {
            (true, Data::Bytes(bytes)) => self.take_bytes(bytes),
            _ => self.take_digest(data.len(), data.hash()),
        }
    }

    fn take_bytes(&mut self, bytes: &[u8]) -> bool {
        let Some(Data::Bytes(front)) = self.pieces.front_mut() else {
            return bytes.is_empty() || self.take_digest(bytes.len(), Data::of(bytes).hash());
        };
        let both = front.len().min(bytes.len());
        if front[..both] != bytes[..both] {
            return false;
        }
        front.drain(..both);
        if front.is_empty() {
            self.pieces.pop_front();
        }
        both == bytes.len() || self.take_bytes(&bytes[both..])
    }

    fn take_digest(&mut self, len: usize, hash: u64) -> bool {
        self.received = (self.received.0 + len, joined(self.received.1, hash, len));
        while self.opened.0 < self.received.0 {
            let Some(piece) = self.pieces.pop_front() else { return false };
            self.opened =
                (self.opened.0 + piece.len(), joined(self.opened.1, piece.hash(), piece.len()));
        }
        if self.opened.0 > self.received.0 {
            return true;
        }
        let same = self.opened.1 == self.received.1;
        (self.opened, self.received) = ((0, 0), (0, 0));
        same
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(bytes: &[u8], at: &[prop::sample::Index]) -> Vec<Vec<u8>> {
        let mut ends: Vec<usize> = at.iter().map(|at| at.index(bytes.len() + 1)).collect();
        ends.push(bytes.len());
        ends.sort_unstable();
        let mut from = 0;
        ends.into_iter().map(|end| bytes[std::mem::replace(&mut from, end)..end].to_vec()).collect()
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_same_bytes_are_taken_and_others_refused(
            bytes in prop::collection::vec(any::<u8>(), 1..200),
            sends in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            receives in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            wrong in any::<prop::sample::Index>(),
        ) {
            let mut rope = Rope::default();
            cut(&bytes, &sends).iter().for_each(|piece| rope.put(&Data::of(piece)));
            let mut other = rope.clone();
            let mut changed = bytes.clone();
            changed[wrong.index(bytes.len())] ^= 1;
            prop_assert!(cut(&bytes, &receives).iter().all(|piece| rope.take(&Data::of(piece))));
            prop_assert_eq!(rope.len(), 0);
            prop_assert!(!cut(&changed, &receives).iter().all(|p| other.take(&Data::of(p))));
        }
    }
}
