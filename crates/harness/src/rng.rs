//! Numbers that look random and are the same for the same seed, everywhere.

use crate::Axis;

/// SplitMix64: small, and good enough to choose sizes and bytes with.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The sequence of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is 1 or more.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next_u64() % end as u64) as usize
    }

    /// So many bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            bytes.extend_from_slice(&self.next_u64().to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    }
}

/// The seed of one case: the same root, clause, axis and round always give the same.
#[must_use]
pub fn case_seed(root: u64, clause: &str, axis: Option<Axis>, round: u32) -> u64 {
    let axis = axis.map_or("", Axis::name);
    // FNV-1a: the hash must not change between versions of the standard library.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ root;
    for byte in clause.bytes().chain(axis.bytes()).chain(round.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}
