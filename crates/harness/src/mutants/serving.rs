//! Servers that do one step wrongly.

mod bounds;
mod faults;
mod hooks;
mod orders;
mod places;
mod remains;
mod starts;
mod stops;

use crate::mem::{Conduct, Servers};
use crate::{Caps, Mutant, Subject};

pub(super) fn all() -> Vec<Mutant> {
    [
        starts::all(),
        orders::all(),
        faults::all(),
        hooks::all(),
        places::all(),
        bounds::all(),
        stops::all(),
        remains::all(),
    ]
    .concat()
}

/// A fault of a server: the step that is wrong is overridden in its [`Conduct`].
trait Wrong: Conduct {
    /// The mutant's name.
    const NAME: &'static str;
    /// The fault, in one line.
    const SAYS: &'static str;
    /// The clauses that must fail, all of them.
    const FAILS: &'static [&'static str];
}

/// The mutant with the fault `W`.
fn server<W: Wrong>() -> Mutant {
    let make = || Subject::server(Servers::<W>::new(W::NAME, Caps::NONE));
    Mutant { name: W::NAME, says: W::SAYS, make, fails: W::FAILS, under: &[] }
}

/// The mutant with the fault `W`, whose threads stand for processes.
fn process_server<W: Wrong>() -> Mutant {
    let make = || Subject::server(Servers::<W>::new(W::NAME, Caps::PROCESSES));
    Mutant { make, ..server::<W>() }
}

/// Lists what is to be said of a fault: its type, its name, what it is, what must fail.
macro_rules! wrong {
    ($fault:ident, $name:literal, $says:literal, $fails:expr) => {
        impl crate::mutants::serving::Wrong for $fault {
            const NAME: &'static str = $name;
            const SAYS: &'static str = $says;
            const FAILS: &'static [&'static str] = &$fails;
        }
    };
}
use wrong;
