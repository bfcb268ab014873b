//! Transports that can do what they do not declare, or only seem to.

use sockrates_core::{Endpoint, Recv, RecvBuf, RecvFlags, Result, Shutdown};

use super::call::How;
use super::fault::Fault;
use super::subject::stream;
use crate::mem::MemStream;
use crate::{Caps, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<HalfClosePretended>(),
        stream::<FlagsUndeclared>(),
        stream::<ModesUndeclared>(),
        stream::<OptionsUndeclared>(),
        stream::<FlagsIgnored>(),
    ]
}

#[derive(Default)]
struct HalfClosePretended;

impl Fault<MemStream> for HalfClosePretended {
    const NAME: &'static str = "half-close-pretended";
    const SAYS: &'static str = "it has no half-close, and says of one that it succeeded";
    const FAILS: &'static [&'static str] =
        &["stream.eof.unsupported", "cross.capability.operations"];
    const LACKS: Caps = Caps::HALF_CLOSE.and(Caps::SHUTDOWN);

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        match how {
            Shutdown::Write => Ok(()),
            _ => end.shutdown(how),
        }
    }
}

#[derive(Default)]
struct FlagsUndeclared;

impl Fault<MemStream> for FlagsUndeclared {
    const NAME: &'static str = "flags-undeclared";
    const SAYS: &'static str = "it peeks and fills buffers, and does not declare it";
    const FAILS: &'static [&'static str] = &["cross.capability.flags"];
    const LACKS: Caps = Caps::PEEK.and(Caps::WAITALL);
}

#[derive(Default)]
struct ModesUndeclared;

impl Fault<MemStream> for ModesUndeclared {
    const NAME: &'static str = "modes-undeclared";
    const SAYS: &'static str = "it has timeouts, and does not declare them";
    const FAILS: &'static [&'static str] = &["cross.capability.waiting"];
    const LACKS: Caps = Caps::TIMEOUT.and(Caps::DEADLINE);
}

#[derive(Default)]
struct OptionsUndeclared;

impl Fault<MemStream> for OptionsUndeclared {
    const NAME: &'static str = "options-undeclared";
    const SAYS: &'static str = "it takes options that it does not declare";
    const FAILS: &'static [&'static str] = &["cross.capability.options"];
    const LACKS: Caps = Caps::BUFFERS.and(Caps::LINGER);
}

#[derive(Default)]
struct FlagsIgnored;

impl Fault<MemStream> for FlagsIgnored {
    const NAME: &'static str = "flags-ignored";
    const SAYS: &'static str = "it takes flags that it does not declare, and ignores them";
    const FAILS: &'static [&'static str] = &["cross.capability.flags"];
    const LACKS: Caps = Caps::PEEK.and(Caps::WAITALL);

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.without(RecvFlags::PEEK | RecvFlags::WAITALL).recv(end, buf)
    }
}
