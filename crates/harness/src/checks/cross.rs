//! The checks of the clauses cross.*: what every transport owes the process that it runs in.

pub(crate) mod capability;
pub(crate) mod errno;
pub(crate) mod process;
