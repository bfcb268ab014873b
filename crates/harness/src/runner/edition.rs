//! Which catalogue this is.

use crate::catalogue;

/// A short name of everything the catalogue says: two programs with the same judge alike.
pub(crate) fn edition() -> String {
    let mut hash = Hash::new();
    for clause in catalogue::all() {
        hash.add(clause.id);
        hash.add(clause.level.word());
        hash.add(clause.says);
        clause.needs.names().for_each(|name| hash.add(name));
        clause.permits.iter().for_each(|variant| hash.add(variant));
    }
    hash.name()
}

/// FNV-1a of several texts: the same with every version of the standard library.
#[derive(Debug)]
pub(crate) struct Hash(u64);

impl Hash {
    /// Of none yet.
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Of one more.
    pub(crate) fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// As it is written.
    pub(crate) fn name(&self) -> String {
        format!("{:016x}", self.0)
    }
}
