//! What a table of the page is about: a kind of subject, or the clients and servers of a protocol.

use crate::interop::Matrix;
use crate::report::Report;

/// The kinds of subjects, as they follow each other.
const KINDS: [(&str, &str); 5] = [
    ("stream", "Streams"),
    ("datagram", "Datagrams"),
    ("framing", "Framings"),
    ("readiness", "Readiness"),
    ("server", "Servers"),
];

/// A table's subjects, under a title.
pub(super) struct Section<'r> {
    /// Its id in the page.
    pub(super) id: String,
    pub(super) title: &'r str,
    pub(super) names: Vec<&'r str>,
    /// Who met whom, where clients were judged with servers.
    pub(super) matrix: Option<Matrix<'r>>,
}

impl<'r> Section<'r> {
    /// All sections of `report`, in order.
    pub(super) fn all(report: &'r Report) -> Vec<Self> {
        let of_kind = |(kind, title): (&str, &'static str)| {
            let own = report.header.subjects.iter();
            let own = own.filter(|subject| subject.is == kind && subject.between.is_none());
            let names: Vec<_> = own.map(|subject| &*subject.name).collect();
            let id = format!("kind-{kind}");
            (!names.is_empty()).then_some(Self { id, title, names, matrix: None })
        };
        let of_protocol = |(at, matrix): (usize, Matrix<'r>)| {
            let own = report.header.subjects.iter().filter(|subject| {
                subject.between.as_ref().is_some_and(|it| it.protocol == matrix.protocol)
            });
            let names = own.map(|subject| &*subject.name).collect();
            let (id, title) = (format!("protocol-{}", at + 1), matrix.protocol);
            Self { id, title, names, matrix: Some(matrix) }
        };
        let protocols = Matrix::all(report).into_iter().enumerate().map(of_protocol);
        KINDS.into_iter().filter_map(of_kind).chain(protocols).collect()
    }

    /// What one of its columns is.
    pub(super) fn noun(&self) -> &'static str {
        if self.matrix.is_some() { "pair" } else { "subject" }
    }
}
