//! The files that tidy looks at.

use std::path::Path;
use std::{fs, io};

/// A text file of the workspace.
#[derive(Debug)]
pub(super) struct File {
    /// From the root, with `/` between the parts.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    /// A file as a test plants it.
    #[cfg(test)]
    pub(super) fn planted(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// What follows the last dot of the name; empty where there is none.
    pub(super) fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    pub(super) fn is_rust(&self) -> bool {
        self.extension() == "rs"
    }
}

/// The folders with a leading dot that belong to the project.
const DOT_FOLDERS: [&str; 4] = [".cargo", ".ci", ".config", ".github"];

/// Every text file below `root`, sorted by path, without build results and hidden folders.
pub(super) fn read(root: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                let hidden = name.starts_with('.') && !DOT_FOLDERS.contains(&name.as_str());
                if name != "target" && !hidden {
                    folders.push(path);
                }
            // A link to a file is read as the file; a link to a folder could lead in circles.
            } else if fs::metadata(entry.path()).is_ok_and(|target| target.is_file()) {
                // What is not UTF-8 is no text of ours.
                if let Ok(text) = String::from_utf8(fs::read(entry.path())?) {
                    files.push(File { path, text });
                }
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_crate_is_found_and_build_results_are_not() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let files = read(root).unwrap();
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        assert!(paths.contains(&"xtask/src/tidy/tree.rs"));
        assert!(paths.contains(&".cargo/config.toml"));
        assert!(!paths.iter().any(|path| path.starts_with("target/") || path.starts_with(".git/")));
    }

    #[test]
    fn extensions() {
        assert_eq!(File::planted("a.b/c.rs", "").extension(), "rs");
        assert_eq!(File::planted(".ci/run", "").extension(), "");
    }
}
