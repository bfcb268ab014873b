//! Framing as one writes it by hand on std: a decoder over `BufRead` into a `Vec`, an encoder onto
//! the end of a `Vec`. Each holds the same maximum as the framing beside it, or it would win by
//! trusting the peer.

use std::io::{self, BufRead, BufReader, Read};

use crate::wire::Wire;

/// Bytes that have arrived, read as one reads a socket.
pub type Arrived = BufReader<Wire>;

/// The longest body.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Takes one frame off `wire` and leaves its body in `body`; `false` at the end.
pub type Decode = fn(wire: &mut Arrived, body: &mut Vec<u8>) -> io::Result<bool>;

/// Appends the frame that carries `body`.
pub type Encode = fn(body: &[u8], wire: &mut Vec<u8>);

/// Four bytes of length, big-endian.
pub fn decode_length(wire: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<bool> {
    if wire.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let mut length = [0; 4];
    wire.read_exact(&mut length)?;
    read_body(wire, body, u64::from(u32::from_be_bytes(length)))
}

/// Four bytes of length, big-endian.
pub fn encode_length(body: &[u8], wire: &mut Vec<u8>) {
    wire.extend_from_slice(&(body.len() as u32).to_be_bytes());
    wire.extend_from_slice(body);
}

/// The length in groups of seven bits, the lowest first.
pub fn decode_leb128(wire: &mut Arrived, body: &mut Vec<u8>) -> io::Result<bool> {
    if wire.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let mut length = 0;
    for shift in (0..64).step_by(7) {
        let mut byte = [0];
        wire.read_exact(&mut byte)?;
        length |= u64::from(byte[0] & 0x7F) << shift;
        if byte[0] < 0x80 {
            return read_body(wire, body, length);
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

/// The length in groups of seven bits, the lowest first.
pub fn encode_leb128(body: &[u8], wire: &mut Vec<u8>) {
    let mut length = body.len();
    while length >= 0x80 {
        wire.push(length as u8 | 0x80);
        length >>= 7;
    }
    wire.push(length as u8);
    wire.extend_from_slice(body);
}

/// A line that ends in LF.
pub fn decode_line(wire: &mut Arrived, body: &mut Vec<u8>) -> io::Result<bool> {
    read_to(wire, body, b'\n')
}

/// A line that ends in LF.
pub fn encode_line(body: &[u8], wire: &mut Vec<u8>) {
    assert!(!body.contains(&b'\n'));
    wire.extend_from_slice(body);
    wire.push(b'\n');
}

/// The length in decimal digits, a colon, the body, a comma.
pub fn decode_netstring(wire: &mut Arrived, body: &mut Vec<u8>) -> io::Result<bool> {
    if !read_to(wire, body, b':')? {
        return Ok(false);
    }
    let digits = std::str::from_utf8(body).ok().and_then(|digits| digits.parse().ok());
    read_body(wire, body, digits.ok_or(io::ErrorKind::InvalidData)?)?;
    let mut comma = [0];
    wire.read_exact(&mut comma)?;
    if comma == *b"," { Ok(true) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// The length in decimal digits, a colon, the body, a comma.
pub fn encode_netstring(body: &[u8], wire: &mut Vec<u8>) {
    io::Write::write_fmt(wire, format_args!("{}:", body.len())).expect("a Vec takes all");
    wire.extend_from_slice(body);
    wire.push(b',');
}

/// Consistent overhead byte stuffing: no zero but the one that ends a frame.
pub fn decode_cobs(wire: &mut Arrived, body: &mut Vec<u8>) -> io::Result<bool> {
    if !read_to(wire, body, 0)? {
        return Ok(false);
    }
    // In place: what is decoded is never longer than what it is decoded from.
    let (mut from, mut to) = (0, 0);
    while let Some(&code) = body.get(from) {
        let run = from + 1..from + usize::from(code);
        if run.end > body.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        from = run.end;
        let len = run.len();
        body.copy_within(run, to);
        to += len;
        if code < 0xFF && from < body.len() {
            body[to] = 0;
            to += 1;
        }
    }
    body.truncate(to);
    Ok(true)
}

/// Consistent overhead byte stuffing: no zero but the one that ends a frame.
pub fn encode_cobs(body: &[u8], wire: &mut Vec<u8>) {
    let mut code_at = wire.len();
    wire.push(1);
    for (index, &byte) in body.iter().enumerate() {
        if byte != 0 {
            wire.push(byte);
            wire[code_at] += 1;
        }
        if byte == 0 || (wire[code_at] == 0xFF && index + 1 < body.len()) {
            code_at = wire.len();
            wire.push(1);
        }
    }
    wire.push(0);
}

/// RFC 1055: END around each frame, END and ESC inside it escaped.
pub fn decode_slip(wire: &mut Arrived, body: &mut Vec<u8>) -> io::Result<bool> {
    // The ENDs of two frames leave an empty one in between.
    loop {
        if !read_to(wire, body, SLIP_END)? {
            return Ok(false);
        }
        if !body.is_empty() {
            break;
        }
    }
    // In place: what is decoded is never longer than what it is decoded from.
    let (mut from, mut to) = (0, 0);
    loop {
        let run = body[from..].iter().position(|&byte| byte == SLIP_ESC);
        let end = run.map_or(body.len(), |len| from + len);
        body.copy_within(from..end, to);
        to += end - from;
        if run.is_none() {
            break;
        }
        body[to] = match body.get(end + 1) {
            Some(&SLIP_ESC_END) => SLIP_END,
            Some(&SLIP_ESC_ESC) => SLIP_ESC,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        to += 1;
        from = end + 2;
    }
    body.truncate(to);
    Ok(true)
}

/// RFC 1055: END around each frame, END and ESC inside it escaped.
pub fn encode_slip(body: &[u8], wire: &mut Vec<u8>) {
    wire.push(SLIP_END);
    for &byte in body {
        match byte {
            SLIP_END => wire.extend_from_slice(&[SLIP_ESC, SLIP_ESC_END]),
            SLIP_ESC => wire.extend_from_slice(&[SLIP_ESC, SLIP_ESC_ESC]),
            byte => wire.push(byte),
        }
    }
    wire.push(SLIP_END);
}

const SLIP_END: u8 = 0xC0;
const SLIP_ESC: u8 = 0xDB;
const SLIP_ESC_END: u8 = 0xDC;
const SLIP_ESC_ESC: u8 = 0xDD;

/// Reads a body of `length` bytes.
fn read_body(wire: &mut impl BufRead, body: &mut Vec<u8>, length: u64) -> io::Result<bool> {
    if length > BODY_BYTES_MAX as u64 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    body.resize(length as usize, 0);
    wire.read_exact(body)?;
    Ok(true)
}

/// Reads up to `end`, which is dropped, but no more than stuffing can make of the longest body.
fn read_to(wire: &mut Arrived, body: &mut Vec<u8>, end: u8) -> io::Result<bool> {
    body.clear();
    wire.take(2 * BODY_BYTES_MAX as u64 + 1).read_until(end, body)?;
    match body.pop() {
        None => Ok(false),
        Some(last) if last == end => Ok(true),
        Some(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}
