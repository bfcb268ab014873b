//! The oracle: which datagrams were sent, and which of them have been received.

use crate::Stop;
use crate::expect::{ensure, fail};

/// What a transport may do to datagrams between sending and receiving.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// How many may be missing.
    pub(super) lost: usize,
    /// How many may be received once more.
    pub(super) duplicated: usize,
    /// How many may be received after one that was sent later.
    pub(super) reordered: usize,
}

impl Budget {
    /// Within one machine, to a queue with room: all arrive, once, in any order.
    pub(super) const LOCAL: Self = Self { lost: 0, duplicated: 0, reordered: usize::MAX };

    /// The same to a queue that may be full: any may be missing.
    pub(super) const OVERFLOW: Self = Self { lost: usize::MAX, ..Self::LOCAL };
}

/// Datagrams are a multiset: each that is received was sent, as a whole, at most as often as it is
/// received. What may be missing, doubled or out of order is the budget's to say.
#[derive(Debug)]
pub(super) struct Ledger {
    budget: Budget,
    sent: Vec<Entry>,
    latest: usize,
    duplicated: usize,
    reordered: usize,
}

#[derive(Debug)]
struct Entry {
    bytes: Vec<u8>,
    received: bool,
}

impl Ledger {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, sent: Vec::new(), latest: 0, duplicated: 0, reordered: 0 }
    }

    /// A datagram that the transport has taken.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        self.sent.push(Entry { bytes: bytes.to_vec(), received: false });
    }

    /// A datagram that the transport has delivered.
    ///
    /// # Errors
    /// [`Stop::Fail`] where it is none of those sent, or more than the budget allows.
    pub(super) fn received(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let first = |ledger: &Self, fresh: bool| {
            ledger.sent.iter().position(|entry| entry.bytes == bytes && entry.received != fresh)
        };
        if let Some(at) = first(self, true) {
            self.sent[at].received = true;
            self.reordered += usize::from(at < self.latest);
            self.latest = self.latest.max(at);
            let whole = "datagrams in the order in which they were sent";
            return ensure(self.reordered <= self.budget.reordered, whole, "one out of order");
        }
        if first(self, false).is_some() {
            self.duplicated += 1;
            let once = "each datagram is received once";
            return ensure(self.duplicated <= self.budget.duplicated, once, "one once more");
        }
        fail("each datagram received is one that was sent, whole", self.resemblance(bytes))
    }

    /// What bytes that are no datagram look like. Lengths differ from seed to seed, so none is
    /// told.
    fn resemblance(&self, bytes: &[u8]) -> &'static str {
        let sent = || self.sent.iter().map(|entry| &entry.bytes).filter(|sent| !sent.is_empty());
        if bytes.is_empty() {
            "an empty one that nobody sent"
        } else if sent().any(|sent| sent.starts_with(bytes)) {
            "the beginning of one"
        } else if sent().any(|sent| bytes.starts_with(sent)) {
            "one with more behind it"
        } else {
            "bytes that nobody sent"
        }
    }

    /// How many that were sent have not been received.
    pub(super) fn missing(&self) -> usize {
        self.sent.iter().filter(|entry| !entry.received).count()
    }

    /// Whether every datagram so far came in the order in which it was sent.
    pub(super) fn in_order(&self) -> bool {
        self.reordered == 0
    }

    /// Nothing more is to be received: no more may be missing than the budget allows.
    ///
    /// # Errors
    /// [`Stop::Fail`].
    pub(super) fn settle(&self) -> Result<(), Stop> {
        let (missing, sent) = (self.missing(), self.sent.len());
        ensure(
            missing <= self.budget.lost,
            format!("all {sent} datagrams are received"),
            format!("{missing} of {sent} datagrams are missing"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(result: Result<(), Stop>) -> String {
        match result {
            Err(Stop::Fail { observed, .. }) => observed,
            other => format!("{other:?}"),
        }
    }

    fn ledger(budget: Budget) -> Ledger {
        let mut ledger = Ledger::new(budget);
        ["one", "three", "", "one"].iter().for_each(|sent| ledger.sent(sent.as_bytes()));
        ledger
    }

    #[test]
    fn any_order_is_the_same_multiset() {
        let mut ledger = ledger(Budget::LOCAL);
        for received in ["three", "one", "one", ""] {
            assert_eq!(ledger.received(received.as_bytes()), Ok(()));
        }
        assert_eq!(ledger.settle(), Ok(()));
        assert!(!ledger.in_order());
    }

    #[test]
    fn what_was_not_sent_is_told_by_what_it_resembles() {
        let mut ledger = ledger(Budget::LOCAL);
        assert_eq!(told(ledger.received(b"thr")), "the beginning of one");
        assert_eq!(told(ledger.received(b"threeone")), "one with more behind it");
        assert_eq!(told(ledger.received(b"x")), "bytes that nobody sent");
    }

    #[test]
    fn the_budget_is_a_limit() {
        let mut strict = ledger(Budget { reordered: 0, ..Budget::LOCAL });
        assert_eq!(strict.received(b"three"), Ok(()));
        assert_eq!(told(strict.received(b"one")), "one out of order");
        assert_eq!(told(strict.received(b"three")), "one once more");
        assert_eq!(told(strict.settle()), "2 of 4 datagrams are missing");
        assert_eq!(ledger(Budget::OVERFLOW).settle(), Ok(()));
    }
}
