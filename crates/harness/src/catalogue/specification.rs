//! The documents that clauses cite.

use std::fmt;

/// A document, or a family of them that is read as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Specification {
    /// POSIX, by its edition.
    Posix(&'static str),
    /// A Request for Comments, by its number.
    Rfc(u32),
    /// The Linux manual pages.
    Linux,
    /// Python's documentation and PEPs.
    Python,
    /// Rust's standard library.
    Rust,
    /// Go's standard library.
    Go,
    /// The documents of formats and other systems.
    Other,
    /// Programs whose behaviour is cited, not their words.
    Program,
    /// This project's own contracts.
    Own,
}

impl Specification {
    /// The document that `source` names, and the place in it.
    pub(crate) fn of(source: &'static str) -> (Self, &'static str) {
        let (first, rest) = source.split_once(' ').unwrap_or((source, ""));
        match first {
            "Linux" => (Self::Linux, rest),
            "Python" => (Self::Python, rest),
            "PEP" => (Self::Python, source),
            "Rust" => (Self::Rust, rest),
            "Go" => (Self::Go, rest),
            "CPython" => (Self::Program, source),
            "RFC" => {
                let (number, section) = rest.split_once(' ').unwrap_or((rest, ""));
                number.parse().map_or((Self::Other, source), |number| (Self::Rfc(number), section))
            }
            _ if first.starts_with("sockrates-") => (Self::Own, source),
            _ => match first.strip_prefix("POSIX.1-") {
                Some(edition) => (Self::Posix(edition), rest),
                None => (Self::Other, source),
            },
        }
    }

    /// Whether whoever cites it is expected to give its words: not those of our own contracts,
    /// which are in this repository, nor of programs.
    pub(crate) fn is_quoted(&self) -> bool {
        !matches!(self, Self::Own | Self::Program)
    }
}

impl fmt::Display for Specification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Posix(edition) => write!(f, "POSIX.1-{edition}"),
            Self::Rfc(number) => write!(f, "RFC {number}"),
            Self::Linux => f.write_str("Linux manual pages"),
            Self::Python => f.write_str("Python documentation"),
            Self::Rust => f.write_str("Rust standard library"),
            Self::Go => f.write_str("Go standard library"),
            Self::Other => f.write_str("Other documents"),
            Self::Program => f.write_str("Programs"),
            Self::Own => f.write_str("Own contracts"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Specification::{Linux, Other, Own, Posix, Python, Rfc};
    use super::*;

    #[test]
    fn sources_name_documents_and_places() {
        for (source, expected) in [
            ("POSIX.1-2024 recv", (Posix("2024"), "recv")),
            ("RFC 9293 3.6.1", (Rfc(9293), "3.6.1")),
            ("RFC 768", (Rfc(768), "")),
            ("Linux tcp(7)", (Linux, "tcp(7)")),
            ("PEP 475", (Python, "PEP 475")),
            ("sockrates-core Transport, law 1", (Own, "sockrates-core Transport, law 1")),
            ("DWARF 5 7.6", (Other, "DWARF 5 7.6")),
        ] {
            assert_eq!(Specification::of(source), expected, "{source}");
        }
    }
}
