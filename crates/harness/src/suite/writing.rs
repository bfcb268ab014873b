//! Writes the lists of the suites from the catalogue, and holds them to it.

use crate::{About, Clause, catalogue};

const COLUMNS: usize = 100;

const HEAD: &str = "\
//! The lists of the suites: a name for each clause of the catalogue.
//!
//! Written by the test in `writing.rs`, not by hand: run it with `INSTA_UPDATE=always`.
";

#[test]
fn the_lists_are_those_of_the_catalogue() {
    let wanted = lists();
    if include_str!("lists.rs") == wanted {
        return;
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/suite/lists.rs");
        std::fs::write(path, &wanted).expect("the lists are written");
        return;
    }
    panic!("src/suite/lists.rs is behind: run this test again with INSTA_UPDATE=always");
}

fn lists() -> String {
    let stream = |clause: &Clause| matches!(clause.about, About::Stream | About::Transport);
    let datagram = |clause: &Clause| matches!(clause.about, About::Datagram | About::Transport);
    let framing = |clause: &Clause| clause.about == About::Framing;
    let readiness = |clause: &Clause| clause.about == About::Readiness;
    let server = |clause: &Clause| clause.about == About::Server;
    let datagram_server = |clause: &Clause| clause.about == About::DatagramServer;
    let mut out = HEAD.to_owned();
    out.push_str(&suite("stream", "streams, for a transport of bytes", &[("", &stream)]));
    out.push_str(&suite("datagram", "datagrams, for a transport of messages", &[("", &datagram)]));
    let mut formats = Vec::new();
    for clause in catalogue::all() {
        if let About::Format(format) = clause.about
            && !formats.contains(&format)
        {
            formats.push(format);
        }
    }
    let of: Vec<_> = formats
        .iter()
        .map(|format| (*format, move |clause: &Clause| clause.about == About::Format(format)))
        .collect();
    let mut arms: Vec<Arm<'_>> = vec![("", &framing)];
    arms.extend(of.iter().map(|(format, is)| (*format, is as &dyn Fn(&Clause) -> bool)));
    out.push_str(&suite("framing", "framings", &arms));
    out.push_str(&suite("readiness", "readiness, for a back end", &[("", &readiness)]));
    out.push_str(&suite("server", "servers of connections", &[("", &server)]));
    let about = "servers of datagrams";
    out.push_str(&suite("datagram_server", about, &[("", &datagram_server)]));
    out
}

type Arm<'a> = (&'a str, &'a dyn Fn(&Clause) -> bool);

/// A macro with an arm for the subject alone (""), and one for each format named after it.
fn suite(name: &str, about: &str, arms: &[Arm<'_>]) -> String {
    let mut out = format!("\n/// A `#[test]` for each clause about {about}.\n///\n");
    if arms.len() > 1 {
        out.push_str(
            "/// With a format's name after the subject also for each clause of that format.\n",
        );
        out.push_str("///\n");
    }
    out.push_str(
        "/// Two suites in one file need a module each. See [`suite`](mod@crate::suite).\n",
    );
    out.push_str(&format!("#[macro_export]\nmacro_rules! {name}_suite {{\n"));
    for (format, takes) in arms {
        match *format {
            "" => {
                out.push_str("    ($subject:expr) => {\n");
                out.push_str("        $crate::suite_tests! { $subject;\n");
            }
            format => {
                let format = format.replace('-', "_");
                out.push_str(&format!("    ($subject:expr, {format}) => {{\n"));
                out.push_str(&format!("        $crate::{name}_suite!($subject);\n"));
                out.push_str("        $crate::suite_modules! {\n");
            }
        }
        out.push_str(&groups(takes));
        out.push_str("        }\n    };\n");
    }
    out.push_str("}\n");
    out
}

fn groups(takes: &dyn Fn(&Clause) -> bool) -> String {
    let mut out = String::new();
    let clauses: Vec<_> = catalogue::all().filter(|clause| takes(clause)).collect();
    for group in clauses.chunk_by(|one, other| one.group() == other.group()) {
        let id = group[0].group();
        out.push_str(&format!("            \"{id}\" {} {{\n", id.replace(['.', '-'], "_")));
        let words = group.iter().map(|clause| clause.id[id.len() + 1..].replace('-', "_"));
        out.push_str(&wrapped(words, 16));
        out.push_str("            }\n");
    }
    out
}

/// Words in indented lines of at most [`COLUMNS`].
fn wrapped(words: impl Iterator<Item = String>, indent: usize) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in words {
        if !line.is_empty() && indent + line.len() + 1 + word.len() > COLUMNS {
            out.push_str(&format!("{:indent$}{line}\n", ""));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        out.push_str(&format!("{:indent$}{line}\n", ""));
    }
    out
}
