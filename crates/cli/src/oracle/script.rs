//! A program as source that reproduces it alone: a Rust test, a Python script.

use std::fmt::Write;

use super::hunt::Found;

mod python;
mod rust;

pub(crate) use python::python;
pub(crate) use rust::rust;

/// Where the program comes from, and how the sides differ.
fn origin(seed: u64, found: &Found, comment: &str) -> String {
    let mut text = String::new();
    let at = found.comparison.divergence.unwrap_or(0);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{comment} Found by `oracle --seed {seed}`, case {}.", found.case);
    let _ = writeln!(text, "{comment} Operation {at} comes to:");
    for (side, outcomes) in
        [("sockrates", &found.comparison.ours), ("CPython", &found.comparison.theirs)]
    {
        if let Some(outcome) = outcomes.get(at) {
            let _ = writeln!(text, "{comment}   {side}: {outcome}");
        }
    }
    text
}
