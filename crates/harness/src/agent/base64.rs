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
    String::from_utf8(text).unwrap_or_default()
}

fn letters([a, b, c]: [u8; 3]) -> [u8; 4] {
    let (ab, bc) = ((a << 4 | b >> 4) & 63, (b << 2 | c >> 6) & 63);
    let (a, c) = (a >> 2, c & 63);
    [LETTERS[a as usize], LETTERS[ab as usize], LETTERS[bc as usize], LETTERS[c as usize]]
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
        let (mut pads, mut bits, mut place) = (0, 0, 0);
        while place < 4 {
            let value = VALUES[group[place] as usize];
            if group[place] == PAD && place >= 2 && at == last {
                pads += 1;
            } else if value == NONE || pads > 0 {
                return None;
            }
            bits = bits << 6 | (value & 63) as u32;
            place += 1;
        }
        let [_, one, two, three] = bits.to_be_bytes();
        bytes.extend_from_slice(&[one, two, three][..3 - pads]);
    }
    Some(bytes)
}

/// What stands for no value.
const NONE: u8 = u8::MAX;

/// The value of each letter.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut at = 0;
    while at < LETTERS.len() {
        values[LETTERS[at] as usize] = at as u8;
        at += 1;
    }
    values
};

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
