//! The checks of the clauses framing.length.*

use super::vector::{announce_too_much, are_malformed, are_wires};
use crate::checks::checks;
use crate::expect::{holds, saw};
use crate::{Case, Observation, Stop};

const MAX: usize = 200;

/// How a length is written.
#[derive(Clone, Copy)]
struct Form {
    width: usize,
    little: bool,
    inclusive: bool,
}

impl Form {
    /// The form that the subject's variant tells.
    fn of(case: &Case<'_>) -> Result<Self, Stop> {
        let mut words = case.framing_subject()?.variant().split('-');
        let width = match words.next() {
            Some("u8") => 1,
            Some("u16") => 2,
            Some("u24") => 3,
            Some("u32") => 4,
            Some("u64") => 8,
            _ => return Err(Stop::HarnessError("the variant does not tell the width".to_owned())),
        };
        let rest: Vec<&str> = words.collect();
        Ok(Self { width, little: rest.contains(&"le"), inclusive: rest.contains(&"inclusive") })
    }

    /// The header whose number is `number`.
    fn header(self, number: u64) -> Vec<u8> {
        let mut bytes = number.to_be_bytes()[8 - self.width..].to_vec();
        if self.little {
            bytes.reverse();
        }
        bytes
    }

    /// How much the number counts besides the body.
    fn counted(self) -> u64 {
        if self.inclusive { self.width as u64 } else { 0 }
    }

    /// The header of a body of `len` bytes.
    fn of_body(self, len: usize) -> Vec<u8> {
        self.header(len as u64 + self.counted())
    }
}

fn header(case: &Case<'_>) -> Observation {
    let (form, mut framing) = (Form::of(case)?, case.framing(MAX)?);
    for len in [1, 2, 127, 128, MAX] {
        let body = vec![b'x'; len];
        let wire = [form.of_body(len), body.clone()].concat();
        are_wires(&mut framing, &[(&body, &wire)])?;
    }
    holds()
}

fn wide(case: &Case<'_>) -> Observation {
    const LEN: usize = 0x1234;
    let (form, mut framing) = (Form::of(case)?, case.framing(2 * LEN)?);
    if framing.max() < LEN {
        return saw("one byte");
    }
    let body = vec![b'x'; LEN];
    let wire = [form.of_body(LEN), body.clone()].concat();
    are_wires(&mut framing, &[(&body, &wire)])?;
    holds()
}

fn zero(case: &Case<'_>) -> Observation {
    let (form, mut framing) = (Form::of(case)?, case.framing(MAX)?);
    are_wires(&mut framing, &[(b"", &form.of_body(0))])?;
    holds()
}

fn inclusive(case: &Case<'_>) -> Observation {
    let (form, mut framing) = (Form::of(case)?, case.framing(MAX)?);
    if !form.inclusive {
        return saw("not counted");
    }
    for less in 0..form.counted() {
        are_malformed(&mut framing, &[&form.header(less)])?;
    }
    holds()
}

fn largest(case: &Case<'_>) -> Observation {
    let (form, mut framing) = (Form::of(case)?, case.framing(MAX)?);
    let largest = u64::MAX >> (64 - 8 * form.width);
    let announced = largest - form.counted();
    announce_too_much(&mut framing, &[(&form.header(largest), announced)])?;
    announce_too_much(&mut framing, &[(&form.of_body(MAX + 1), MAX as u64 + 1)])?;
    holds()
}

checks!("framing.length" { header, wide, zero, inclusive, largest });
