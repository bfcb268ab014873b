//! A part of a run, for one of several machines.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The `number`th of `of` parts, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Shard {
    /// Which.
    pub(crate) number: u32,
    /// Of how many.
    pub(crate) of: u32,
}

impl Shard {
    /// Whether this part has the cases of `clause` on `subject`. All rounds of them are in one
    /// part, so that what differs from round to round is seen there.
    pub(crate) fn takes(self, subject: &str, clause: &str) -> bool {
        // FNV-1a, and SplitMix64's last steps: the same on every machine and in every version.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in subject.bytes().chain([0]).chain(clause.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (hash ^ (hash >> 31)) % u64::from(self.of) == u64::from(self.number - 1)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_case_is_in_one_part(
            subject in any::<String>(),
            clause in any::<String>(),
            of in 1..99_u32,
        ) {
            let parts = (1..=of).map(|number| Shard { number, of });
            prop_assert_eq!(parts.filter(|part| part.takes(&subject, &clause)).count(), 1);
        }
    }

    /// The parts of one run may be made by programs of different builds.
    #[test]
    fn a_case_is_in_the_same_part_everywhere() {
        let part = |clause: &str| {
            (1..=8).find(|number| Shard { number: *number, of: 8 }.takes("tcp-v4", clause))
        };
        let clauses = ["stream.eof.sticky", "stream.io.intact", "stream.conn.refused"];
        assert_eq!(clauses.map(part), [Some(3), Some(3), Some(7)]);
    }
}
