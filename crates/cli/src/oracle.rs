//! The differential oracle: the same random program run by `sockrates-socket` and by CPython at the
//! same time, and what each call comes to compared.
//!
//! | | |
//! |---|---|
//! | `operation` | what a program is made of |
//! | `reference` | which operations are no gamble, and what each brings about |
//! | `generation`, `shrinking` | programs, from a seed; smaller ones |
//! | `ours`, `ports`, `python` and `driver.py`, `settling` | the two sides, and what they wait for |
//! | `sides`, `difference` | what differs, and which of that is meant |
//! | `hunt` | the run |
//! | `coverage` | what a run got to |
//! | `planted` | faults that it has to find |
//! | `command`, `table`, `program_file`, `script` | what people see of it |

mod command;
mod coverage;
mod difference;
mod generation;
mod hunt;
mod operation;
mod ours;
mod outcome;
mod planted;
mod ports;
mod program_file;
mod python;
mod reference;
mod script;
mod settling;
mod shrinking;
mod sides;
mod table;
#[cfg(test)]
mod tests;

pub use command::{SUMMARY, run};
