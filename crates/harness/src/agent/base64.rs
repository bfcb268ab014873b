//! Bytes as text: base64 of RFC 4648, section 4.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD: u8 = b'=';

/// The text of `bytes`.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    let groups = bytes.chunks_exact(3);
    let rest = groups.remainder();
    for group in groups {
        text.extend_from_slice(&letters([group[0], group[1], group[2]]));
    }
    if !rest.is_empty() {
        let mut four = letters([rest[0], rest.get(1).copied().unwrap_or_default(), 0]);
        four[rest.len() + 1..].fill(PAD);
        text.extend_from_slice(&four);
    }
    text.into_iter().map(char::from).collect()
}

fn letters([a, b, c]: [u8; 3]) -> [u8; 4] {
    let letter = |bits: u8| LETTERS[usize::from(bits & 63)];
    [letter(a >> 2), letter(a << 4 | b >> 4), letter(b << 2 | c >> 6), letter(c)]
}

/// The bytes of `text`; `None` where it is no base64, or lacks its padding.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let groups = text.as_bytes().chunks_exact(4);
    if !groups.remainder().is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let last = groups.len().saturating_sub(1);
    for (at, group) in groups.enumerate() {
        let pads = group.iter().rev().take_while(|letter| **letter == PAD).count();
        if pads > 2 || (pads > 0 && at != last) {
            return None;
        }
        let mut bits = 0;
        for letter in &group[..4 - pads] {
            bits = bits << 6 | value(*letter)?;
        }
        bits <<= 6 * pads as u32;
        bytes.extend_from_slice(&bits.to_be_bytes()[1..4 - pads]);
    }
    Some(bytes)
}

fn value(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    const VECTORS: [(&str, &str); 7] = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ];

    #[test]
    fn the_vectors_of_the_rfc_hold_both_ways() {
        for (bytes, text) in VECTORS {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), Some(all));
    }

    #[test]
    fn what_is_no_base64_is_none() {
        for text in ["Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm-v", "Zm9v\n", "é==="] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
