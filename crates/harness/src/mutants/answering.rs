//! Servers of datagrams that do one step wrongly.

mod failing;
mod serving;
mod stopping;

use crate::mem::{DatagramConduct, DatagramServers};
use crate::{Caps, Mutant, Subject};

pub(super) fn all() -> Vec<Mutant> {
    [serving::all(), failing::all(), stopping::all()].concat()
}

/// A fault of a server of datagrams: the step that is wrong is overridden in its
/// [`DatagramConduct`].
trait Wrong: DatagramConduct {
    /// The mutant's name.
    const NAME: &'static str;
    /// The fault, in one line.
    const SAYS: &'static str;
    /// The clauses that must fail, all of them.
    const FAILS: &'static [&'static str];
}

/// The mutant with the fault `W`.
fn server<W: Wrong>() -> Mutant {
    let make = || Subject::server(DatagramServers::<W>::new(W::NAME, Caps::NONE));
    Mutant { name: W::NAME, says: W::SAYS, make, fails: W::FAILS, under: &[] }
}

/// The mutant with the fault `W`, whose thread stands for processes.
fn process_server<W: Wrong>() -> Mutant {
    let make = || Subject::server(DatagramServers::<W>::new(W::NAME, Caps::PROCESSES));
    Mutant { make, ..server::<W>() }
}

/// Lists what is to be said of a fault: its type, its name, what it is, what must fail.
macro_rules! wrong {
    ($fault:ident, $name:literal, $says:literal, $fails:expr) => {
        impl crate::mutants::answering::Wrong for $fault {
            const NAME: &'static str = $name;
            const SAYS: &'static str = $says;
            const FAILS: &'static [&'static str] = &$fails;
        }
    };
}
use wrong;
