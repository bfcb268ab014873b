//! Commands that the program brings with it.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

/// A command of the program's own: its name, what it does in a line, and what does it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guest {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) run: fn(Vec<OsString>) -> ExitCode,
}

/// What `args` come to where their first word is one of `guests`.
pub(crate) fn entered(guests: &[Guest], args: &[OsString]) -> Option<ExitCode> {
    let (name, rest) = args.split_first()?;
    let guest = guests.iter().find(|guest| OsStr::new(guest.name) == name)?;
    Some((guest.run)(rest.to_vec()))
}

/// Their part of the help, for a program that is called `name`.
pub(crate) fn text(name: &str, guests: &[Guest]) -> String {
    let mut text = String::new();
    for guest in guests {
        let summary = format!("  {:<16} {}\n", guest.name, guest.summary);
        text.push_str(&summary);
    }
    if !text.is_empty() {
        text.insert_str(0, &format!("\nfurther commands (`{name} COMMAND --help` says more):\n"));
    }
    text
}
