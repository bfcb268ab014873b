//! The checks of the clauses framing.lines.*

use sockrates_core::FrameErrorKind;

use super::reader::read;
use super::vector::{are_malformed, are_received, are_refused, are_wires, comes_back, goes_on};
use crate::checks::checks;
use crate::expect::{fail, holds, saw};
use crate::{Case, Observation, Stop};

const MAX: usize = 20;

/// Whether CR LF is the only end of a line, as the subject's variant tells.
fn is_crlf(case: &Case<'_>) -> Result<bool, Stop> {
    match case.framing_subject()?.variant() {
        "lf" => Ok(false),
        "crlf" => Ok(true),
        _ => Err(Stop::HarnessError("the variant tells neither lf nor crlf".to_owned())),
    }
}

fn end(case: &Case<'_>) -> Observation {
    let end: &[u8] = if is_crlf(case)? { b"\r\n" } else { b"\n" };
    let mut framing = case.framing(MAX)?;
    for line in [&b""[..], b"x", b"a line"] {
        are_wires(&mut framing, &[(line, &[line, end].concat())])?;
    }
    holds()
}

fn cr_lf(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    are_received(&mut framing, &[(b"a line\r\n", b"a line"), (b"\r\n", b"")])?;
    let longest = [b'x'; MAX];
    are_received(&mut framing, &[(&[&longest[..], b"\r\n"].concat(), &longest)])?;
    holds()
}

fn lone_lf(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    if is_crlf(case)? {
        are_malformed(&mut framing, &[b"\n", b"a line\n"])?;
        return saw("malformed");
    }
    are_received(&mut framing, &[(b"\n", b""), (b"a line\n", b"a line")])?;
    saw("ends a line")
}

fn lone_cr(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    if is_crlf(case)? {
        are_malformed(&mut framing, &[b"a\rb\r\n", b"\rb\r\n", b"a\r\r\n"])?;
        return saw("malformed");
    }
    are_received(&mut framing, &[(b"a\rb\n", b"a\rb"), (b"\rb\n", b"\rb"), (b"a\r\r\n", b"a\r")])?;
    saw("data")
}

fn inside(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    are_refused(&framing, &[b"\n", b"a\nb", b"a\n", b"a\r\nb", b"a\r"])?;
    for line in [&b"a\rb"[..], b"\rb", b"\r\rb"] {
        if comes_back(&mut framing, line)? == is_crlf(case)? {
            return fail(
                "a CR alone is refused where it is malformed, and only there",
                "it is not",
            );
        }
    }
    holds()
}

fn discarded(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    for len in [MAX + 1, MAX + 2, MAX + 3, 4 * MAX] {
        goes_on(&mut framing, &[&vec![b'x'; len][..], b"\r\n"].concat(), b"next")?;
    }
    if is_crlf(case)? {
        goes_on(&mut framing, b"a\rb\r\n", b"next")?;
        goes_on(&mut framing, b"a line\n", b"next")?;
        goes_on(&mut framing, b"\n", b"next")?;
    }
    holds()
}

fn unterminated(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let reading = read(&mut framing, [&b"first\r\nlast"[..]], true)?;
    let too_long = |kind: &FrameErrorKind| matches!(kind, FrameErrorKind::TooLong { .. });
    if reading.errors.iter().any(|error| too_long(&error.kind)) {
        return fail("a short line is not too long", "it is");
    }
    match reading.frames.as_slice() {
        [first] if first == b"first" && reading.left == b"last" => saw("cut short"),
        [first, last] if first == b"first" && last == b"last" => saw("a line"),
        _ => fail("the first line, and the last or what is left of it", "something else"),
    }
}

checks!("framing.lines" { end, cr_lf, lone_lf, lone_cr, inside, discarded, unterminated });
