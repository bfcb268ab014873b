//! A clause of the contract, as data.

use crate::Caps;

/// One thing that a socket layer has to do, kept apart from the code that checks it.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// The id: words that say what it is about (`stream.eof.sticky`). Never reused once retired.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What must hold, in one line.
    pub says: &'static str,
    /// Where it is written.
    pub cites: &'static [Cite],
    /// What a subject must be able to do for it to be judged.
    pub needs: Caps,
    /// The outcomes that satisfy it. One that asks for a single behaviour has one, "holds".
    pub permits: &'static [&'static str],
    /// Which subjects it is about.
    pub about: About,
    /// Whether it measures time against an upper bound, and so runs alone.
    pub timing: bool,
}

/// How binding a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The specification demands it.
    Must,
    /// The specification recommends it.
    Should,
    /// Several outcomes are permitted; which one is seen is recorded.
    Observe,
}

/// Which subjects a clause is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Transports of bytes.
    Stream,
    /// Transports of messages.
    Datagram,
    /// Transports of either kind.
    Transport,
    /// Framings of every format.
    Framing,
    /// Framings of one format, by its name.
    Format(&'static str),
    /// Readiness back ends.
    Readiness,
    /// Servers of connections.
    Server,
    /// Servers of datagrams.
    DatagramServer,
}

/// A place in a specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cite {
    /// The document and section: "POSIX.1-2024 shutdown", "RFC 9293 3.6.1".
    pub source: &'static str,
    /// Its words, where they are short; empty where they are not quoted.
    pub quote: &'static str,
}

/// A place in a specification, with its words ("" where they are not quoted).
#[must_use]
pub const fn cite(source: &'static str, quote: &'static str) -> Cite {
    Cite { source, quote }
}

impl Clause {
    /// What the specification demands.
    #[must_use]
    pub const fn must(about: About, id: &'static str, says: &'static str) -> Self {
        Self {
            id,
            level: Level::Must,
            says,
            cites: &[],
            needs: Caps::NONE,
            permits: &["holds"],
            about,
            timing: false,
        }
    }

    /// What the specification recommends.
    #[must_use]
    pub const fn should(about: About, id: &'static str, says: &'static str) -> Self {
        Self { level: Level::Should, ..Self::must(about, id, says) }
    }

    /// What is left open: any of `permits` may be seen.
    #[must_use]
    pub const fn observe(
        about: About,
        id: &'static str,
        says: &'static str,
        permits: &'static [&'static str],
    ) -> Self {
        Self { level: Level::Observe, permits, ..Self::must(about, id, says) }
    }

    /// The same, with its sources.
    #[must_use]
    pub const fn cites(self, cites: &'static [Cite]) -> Self {
        Self { cites, ..self }
    }

    /// The same, only for subjects that can do `needs`.
    #[must_use]
    pub const fn needs(self, needs: Caps) -> Self {
        Self { needs, ..self }
    }

    /// The same, with these outcomes permitted instead of the one, "holds".
    #[must_use]
    pub const fn permits(self, permits: &'static [&'static str]) -> Self {
        Self { permits, ..self }
    }

    /// The same, run alone because it holds time against an upper bound.
    #[must_use]
    pub const fn timing(self) -> Self {
        Self { timing: true, ..self }
    }

    /// The group: the id without its last word.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.id.rsplit_once('.').map_or(self.id, |(group, _)| group)
    }
}

impl Level {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Observe => "observe",
        }
    }
}
