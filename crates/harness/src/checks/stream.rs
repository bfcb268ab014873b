//! The checks of the clauses stream.*

pub(crate) mod concurrent;
pub(crate) mod conn;
pub(crate) mod deadline;
pub(crate) mod eof;
pub(crate) mod io;
pub(crate) mod listen;
pub(crate) mod option;
pub(crate) mod path;
pub(in crate::checks) mod pattern;
pub(crate) mod reset;
pub(crate) mod state;
