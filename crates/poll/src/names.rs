//! Sets of bits, in words.

use std::fmt;

/// Writes the names of the bits that are set, and what has no name as a number.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    names: impl Iterator<Item = (&'static str, u32)>,
    bits: u32,
) -> fmt::Result {
    let mut left = bits;
    let mut between = "";
    for (name, bit) in names {
        if left & bit != 0 {
            write!(f, "{between}{name}")?;
            left &= !bit;
            between = "|";
        }
    }
    match left {
        0 if bits == 0 => f.write_str("NONE"),
        0 => Ok(()),
        unnamed => write!(f, "{between}{unnamed:#x}"),
    }
}
