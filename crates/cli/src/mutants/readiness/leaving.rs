//! Back ends that leave something behind.

use std::os::unix::net::UnixDatagram;

use socket2::SockRef;
use sockrates_harness::Mutant;

use super::fault::Fault;
use super::faulty::mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![mutant::<Leaks>(), mutant::<Inherited>()]
}

struct Leaks;

impl Default for Leaks {
    fn default() -> Self {
        std::mem::forget(UnixDatagram::unbound());
        Self
    }
}

impl Fault for Leaks {
    const NAME: &'static str = "leaks";
    const SAYS: &'static str = "a descriptor of the back end stays open when it is dropped";
    const FAILS: &'static [&'static str] = &["readiness.api.descriptors"];
}

struct Inherited {
    _own: Option<UnixDatagram>,
}

impl Default for Inherited {
    fn default() -> Self {
        let own = UnixDatagram::unbound().ok();
        Self { _own: own.filter(|own| SockRef::from(own).set_cloexec(false).is_ok()) }
    }
}

impl Fault for Inherited {
    const NAME: &'static str = "inherited";
    const SAYS: &'static str = "a descriptor of the back end is left to programs that are started";
    const FAILS: &'static [&'static str] = &["readiness.api.close-on-exec"];
}
