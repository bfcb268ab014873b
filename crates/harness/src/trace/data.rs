//! The bytes of an operation, as a trace keeps them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The bytes that an operation moved: a few as they are, more as their number and a digest.
///
/// The digest is a polynomial over the field of 2^61 - 1 elements, so that the digest of two pieces
/// together follows from theirs: what was sent in one piece and received in three is compared
/// without the bytes. It finds faults, not forgers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Data {
    /// The bytes themselves, at most [`Data::SHORT`] of them.
    Bytes(Vec<u8>),
    /// More bytes than that.
    Digest {
        /// How many.
        len: usize,
        /// Their digest.
        hash: u64,
    },
}

/// 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;

/// Any element that generates a large part of the field.
const BASE: u64 = 0x0d1f_37b9_5ac2_e6f1;

impl Data {
    /// How many bytes are kept as they are.
    pub const SHORT: usize = 24;

    /// What a trace keeps of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.len() <= Self::SHORT {
            return Self::Bytes(bytes.to_vec());
        }
        Self::Digest { len: bytes.len(), hash: hash_of(bytes) }
    }

    /// How many bytes they are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Digest { len, .. } => *len,
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The digest of the bytes.
    #[must_use]
    pub fn hash(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => hash_of(bytes),
            Self::Digest { hash, .. } => *hash,
        }
    }
}

/// The digest of `first` with `then`, of which there are `len` bytes, behind it.
pub(crate) fn joined(first: u64, then: u64, len: usize) -> u64 {
    add(times(first, power(len as u64)), then)
}

/// How many bytes are digested at a time.
const BLOCK: usize = 8;

/// The powers of the base, from its zeroth.
const POWERS: [u64; BLOCK + 1] = {
    let mut powers = [1; BLOCK + 1];
    let mut at = 1;
    while at <= BLOCK {
        powers[at] = times(powers[at - 1], BASE);
        at += 1;
    }
    powers
};

/// Every byte of a run goes through here, mostly in builds without optimisation, in which each
/// closure, conversion and checked product of 128 bits is a call: hence the plain arithmetic.
fn hash_of(bytes: &[u8]) -> u64 {
    let (blocks, tail) = bytes.as_chunks::<BLOCK>();
    let mut hash = 0;
    for block in blocks {
        // The halves of the weights apart: sums of these few fit into 64 bits.
        let (mut low, mut high, mut at) = (0, 0, 0);
        while at < BLOCK {
            // One more than the byte, so that zeros count.
            let (value, weight) = (block[at] as u64 + 1, POWERS[BLOCK - 1 - at]);
            low += value * (weight & 0xffff_ffff);
            high += value * (weight >> 32);
            at += 1;
        }
        let block = low as u128 + ((high as u128) << 32);
        hash = folded((hash as u128).wrapping_mul(POWERS[BLOCK] as u128) + block);
    }
    for byte in tail {
        hash = add(times(hash, BASE), *byte as u64 + 1);
    }
    hash
}

fn power(mut exponent: u64) -> u64 {
    let (mut result, mut square) = (1, BASE);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

const fn times(one: u64, other: u64) -> u64 {
    // Both are below 2^61.
    folded((one as u128).wrapping_mul(other as u128))
}

const fn add(one: u64, other: u64) -> u64 {
    folded(one as u128 + other as u128)
}

/// The remainder by the prime, of anything below 2^124.
const fn folded(value: u128) -> u64 {
    let once = (value as u64 & PRIME) + (value >> 61) as u64;
    let twice = (once & PRIME) + (once >> 61);
    if twice >= PRIME { twice - PRIME } else { twice }
}

impl From<Data> for String {
    fn from(data: Data) -> Self {
        data.to_string()
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::Digest { len, hash } => write!(f, "{len}#{hash:x}"),
        }
    }
}

impl TryFrom<String> for Data {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refuse = || format!("`{text}` is neither bytes in hexadecimal nor LENGTH#DIGEST");
        let digits = |text| match str::bytes(text).all(|byte| byte.is_ascii_hexdigit()) {
            true => Ok(text),
            false => Err(refuse()),
        };
        if let Some((len, hash)) = text.split_once('#') {
            let len: usize = len.parse().map_err(|_| refuse())?;
            let hash = u64::from_str_radix(digits(hash)?, 16).map_err(|_| refuse())?;
            if len <= Self::SHORT || hash >= PRIME {
                return Err(refuse());
            }
            return Ok(Self::Digest { len, hash });
        }
        if !text.len().is_multiple_of(2) || text.len() > 2 * Self::SHORT {
            return Err(refuse());
        }
        let pairs = digits(&text)?.as_bytes().chunks(2);
        let byte = |pair: &[u8]| {
            let digits = std::str::from_utf8(pair).map_err(|_| refuse())?;
            u8::from_str_radix(digits, 16).map_err(|_| refuse())
        };
        pairs.map(byte).collect::<Result<_, _>>().map(Self::Bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digests_of_pieces_make_the_digest_of_the_whole(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
            at in any::<prop::sample::Index>(),
        ) {
            let (first, then) = bytes.split_at(at.index(bytes.len() + 1));
            let (one, other, whole) = (hash_of(first), hash_of(then), hash_of(&bytes));
            prop_assert_eq!(joined(one, other, then.len()), whole);
        }

        #[test]
        fn a_digest_is_the_polynomial_of_its_bytes(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let prime = u128::from(PRIME);
            let step = |hash: u128, byte: &u8| {
                (hash * u128::from(BASE) % prime + u128::from(*byte) + 1) % prime
            };
            prop_assert_eq!(u128::from(hash_of(&bytes)), bytes.iter().fold(0, step));
        }

        #[test]
        fn what_is_written_is_read_again(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let data = Data::of(&bytes);
            prop_assert_eq!(Data::try_from(data.to_string()), Ok(data));
        }
    }

    #[test]
    fn zeros_count() {
        assert_ne!(hash_of(&[0; 30]), hash_of(&[0; 31]));
    }

    #[test]
    fn what_is_no_data_is_refused() {
        for text in ["0", "zz", "é", "+1", "3#ff", "x#ff", "99#", "99#ffffffffffffffff", "99#-1"] {
            assert!(Data::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert!(Data::try_from("00".repeat(25)).is_err());
    }
}
