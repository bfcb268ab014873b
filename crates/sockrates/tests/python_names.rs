//! The guide's tables hold every public name of Python's socket modules, each once.

#[path = "python_names/rows.rs"]
mod rows;

use std::process::Command;

use rows::{Name, Row, complaint, complaints, owners, rows, spans};

/// The names by where they are: CPython 3.11 and what 3.12 and 3.13 add, asked of them; what later
/// ones and other systems have besides, by the type stubs of the standard library. For those with a
/// star a row about their family will do.
const NAMES: &str = include_str!("python_names/names.txt");
/// Prints the names of the interpreter that runs it.
const SCRIPT: &str = include_str!("python_names/names.py");

const PAGES: &[(&str, &str)] = &[
    ("socket.md", include_str!("../src/guide/from_python/socket.md")),
    ("constants.md", include_str!("../src/guide/from_python/constants.md")),
    ("select.md", include_str!("../src/guide/from_python/select.md")),
    ("selectors.md", include_str!("../src/guide/from_python/selectors.md")),
    ("socketserver.md", include_str!("../src/guide/from_python/socketserver.md")),
];

fn guide() -> Vec<Row> {
    PAGES.iter().flat_map(|(page, markdown)| rows(page, markdown)).collect()
}

/// The stored names; of those sections alone that `section` takes.
fn names(section: impl Fn(&str) -> bool) -> Vec<Name> {
    let mut takes = false;
    let mut names = Vec::new();
    for line in NAMES.lines() {
        match line.strip_prefix("# ") {
            Some(title) => takes = section(title),
            None if takes => {
                let text = line.trim_end_matches(" *");
                names.push(Name { text, of_family: text != line });
            }
            None => {}
        }
    }
    names
}

#[test]
fn every_name_has_exactly_one_row() {
    let (guide, names) = (guide(), names(|_| true));
    let found = complaints(&guide.iter().collect::<Vec<_>>(), &names);
    assert!(found.is_empty(), "{} complaints:\n{}", found.len(), found.join("\n"));
    println!("{} names in {} rows", names.len(), guide.len());
}

#[test]
fn a_missing_row_and_a_row_too_many_are_seen() {
    let (guide, names) = (guide(), names(|_| true));
    let all: Vec<_> = guide.iter().collect();
    let owned: Vec<_> = names.iter().map(|name| (*name, owners(&all, name.text))).collect();
    for (missing, row) in guide.iter().enumerate() {
        let mut rest = all.clone();
        rest.remove(missing);
        let its = owned.iter().filter(|(_, owners)| owners.iter().any(|at| *at.0 == row.place));
        let its: Vec<_> = its.map(|(name, _)| *name).collect();
        let seen = |rows: &[&Row]| {
            its.iter().any(|name| complaint(*name, &owners(rows, name.text)).is_some())
        };
        assert!(seen(&rest), "without {}", row.place);
        rest.extend([row, row]);
        assert!(seen(&rest), "{} twice", row.place);
    }
    let made_up = rows("made_up.md", "# `socket`\n| `no_such_name()` | — | Not here: made up |");
    let with: Vec<_> = guide.iter().chain(&made_up).collect();
    assert_eq!(complaints(&with, &names), ["made_up.md:2: there is no socket.no_such_name"]);
}

/// Every name of ours in a row is a link, so that rustdoc proves that it is there; and a row
/// without one says why.
#[test]
fn every_row_links_to_what_is_here_or_says_why_nothing_is() {
    let mut wrong = Vec::new();
    for Row { place, here, differs, .. } in guide() {
        let links = here.matches("[`").count();
        if here == "—" {
            if !differs.starts_with("Not here: ") {
                wrong.push(format!("{place}: begin the last cell with \"Not here: \" and say why"));
            }
        } else if links == 0 || links != spans(&here).len() {
            wrong.push(format!("{place}: link every name of ours: {here}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The search finds the page by every name that has a row of its own.
#[test]
fn every_name_with_a_row_of_its_own_is_an_alias() {
    let pages = include_str!("../src/guide.rs");
    let last = |name: Name| name.text.rsplit('.').next().unwrap_or_default();
    // The page itself is called so.
    let is_page = |name: &str| pages.contains(&format!("{name} \"guide/from_python/{name}.md\""));
    let own = names(|_| true).into_iter().filter(|name| !name.of_family).map(last);
    let missing = own.filter(|name| !is_page(name) && !pages.contains(&format!("\"{name}\"")));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_stored_names_are_those_of_the_python_here() {
    let Ok(output) = Command::new("python3").args(["-c", SCRIPT]).output() else {
        println!("SKIPPED: no python3 here; install the package python3 to compare with CPython");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the script failed:\n{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let (first, listed) = printed.split_once('\n').expect("a line with the version");
    let mut words = first.split(' ').skip(1);
    let mut number = || words.next().and_then(|word| word.parse::<u32>().ok());
    let version = (number().expect("a major version"), number().expect("a minor version"));
    let live: Vec<_> = listed.lines().collect();
    assert!(live.len() > 400, "only {} names", live.len());

    let stored = names(|_| true);
    let has = |title: &str| {
        let minor = title.strip_prefix("3.").and_then(|minor| minor.parse::<u32>().ok());
        minor.is_some_and(|minor| (3, minor) <= version)
    };
    let told = names(has).into_iter().map(|name| name.text);
    let gone: Vec<_> = told.filter(|name| !live.contains(name)).collect();
    let is_new = |name: &&str| stored.iter().all(|stored| stored.text != *name);
    let new: Vec<_> = live.into_iter().filter(is_new).collect();
    // Which constants there are depends on the headers that it was built with, too.
    let is_constant = |name: &str| !name.split('.').skip(1).any(|word| word.contains(is_small));
    let guide = guide();
    let guide: Vec<_> = guide.iter().collect();
    let wrong_new = new.iter().filter(|name| owners(&guide, name).len() != 1);
    let wrong_gone = gone.iter().filter(|name| !is_constant(name));
    let wrong: Vec<_> = wrong_new.chain(wrong_gone).collect();
    println!("Python {version:?}: not stored: {new:?}; not there: {gone:?}");
    if ((3, 11)..=(3, 13)).contains(&version) && cfg!(target_os = "linux") {
        assert!(wrong.is_empty(), "not stored and in no row, or not in this Python: {wrong:?}");
    } else {
        println!("(another version or system than the names were taken from: told, no failure)");
    }
}

/// The Rust half of it is a doctest, which asserts the same lines.
#[test]
fn the_first_port_runs_in_python_too() {
    let page = include_str!("../src/guide/from_python.md");
    let program = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next());
    let run = Command::new("python3").args(["-c", program.expect("a program in Python")]).output();
    let Ok(output) = run else {
        println!("SKIPPED: no python3 here; install the package python3 to run the program");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "it failed:\n{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Welcome!\nHello Ada\nHello Grace\n");
}

fn is_small(c: char) -> bool {
    c.is_ascii_lowercase()
}
