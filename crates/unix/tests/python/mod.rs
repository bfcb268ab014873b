//! CPython, run beside the Rust code.

use std::collections::BTreeMap;
use std::process::Command;

/// What a script prints, one `key: value` a line. `None`, and a line that says so, where there is
/// no CPython 3.
pub(crate) fn run(script: &str) -> Option<BTreeMap<String, String>> {
    let Ok(output) = Command::new("python3").args(["-c", script]).output() else {
        println!("SKIPPED: no python3 here; install the package python3 to compare with CPython");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the script failed:\n{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let pairs = printed.lines().filter_map(|line| line.split_once(": "));
    Some(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}
