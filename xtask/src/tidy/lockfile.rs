//! Cargo.lock belongs to the repository: everybody builds and judges the same code.

use std::path::Path;
use std::process::{Command, Stdio};

use super::Complaint;
use super::tree::File;

const REMEDY: &str = "commit Cargo.lock, and take it out of .gitignore";

pub(super) fn check(root: &Path, files: &[File]) -> Vec<Complaint> {
    let mut complaints: Vec<_> = check_files(files).into_iter().collect();
    if complaints.is_empty() && root.join(".git").exists() && !tracked(root) {
        complaints.push(Complaint::of_file("Cargo.lock", "is not committed", REMEDY));
    }
    complaints
}

/// What the files alone tell: that it is there and not ignored.
fn check_files(files: &[File]) -> Option<Complaint> {
    if !files.iter().any(|file| file.path == "Cargo.lock") {
        return Some(Complaint::of_file("Cargo.lock", "is missing", REMEDY));
    }
    let ignore = files.iter().find(|file| file.path == ".gitignore")?;
    let names = |line: &str| matches!(line.trim(), "Cargo.lock" | "/Cargo.lock" | "*.lock");
    let line = ignore.text.lines().position(names)?;
    Some(Complaint::of_line(".gitignore", line + 1, "ignores Cargo.lock", REMEDY))
}

/// Whether git knows the file; a missing git says nothing against it.
fn tracked(root: &Path) -> bool {
    let git = Command::new("git")
        .args(["ls-files", "--error-unmatch", "Cargo.lock"])
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    git.map_or(true, |status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_ignored_lock_file_is_caught() {
        assert!(check_files(&[]).unwrap().what.contains("missing"));
        let lock = || File::planted("Cargo.lock", "");
        assert_eq!(check_files(&[lock()]), None);
        let ignore = File::planted(".gitignore", "/target\nCargo.lock\n");
        assert_eq!(check_files(&[lock(), ignore]).unwrap().line, Some(2));
    }
}
