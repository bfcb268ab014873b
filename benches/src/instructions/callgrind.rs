//! This program under callgrind, which says how many instructions ran between two laps.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use super::Count;
use super::probe::{self, Probe};

/// The word that makes this program run the probes.
const PROBE: &str = "probe";

pub(super) fn count(probes: &[Probe]) -> Result<Vec<Count>, String> {
    let folder = std::env::temp_dir().join(format!("sockrates-bench-{}", process::id()));
    let counted = fs::create_dir_all(&folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))
        .and_then(|()| count_in(&folder, probes));
    // Nothing depends on its being gone.
    let _ = fs::remove_dir_all(&folder);
    counted
}

fn count_in(folder: &Path, probes: &[Probe]) -> Result<Vec<Count>, String> {
    let own = std::env::current_exe().map_err(|error| format!("no path of its own: {error}"))?;
    let out = folder.join("out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-line=no"])
        .arg(format!("--dump-before=*{}*", probe::LAP))
        .arg(format!("--callgrind-out-file={}", out.display()))
        .args([own.as_os_str(), PROBE.as_ref()])
        .stdin(Stdio::null())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(MISSING.to_owned()),
        Err(error) => return Err(format!("valgrind cannot be started: {error}")),
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        // What is not between these marks is the program's own.
        let last = said.lines().rev().find(|line| !line.starts_with("=="));
        let last = last.or(said.lines().last()).unwrap_or_default();
        return Err(format!("valgrind failed ({}): {last}", output.status));
    }
    let laps = laps(&out)?;
    counts(probes, &laps)
}

const MISSING: &str = "valgrind is missing; a package of that name has it (apt, dnf, pacman, brew)";

/// The instructions up to each lap since the one before.
fn laps(out: &Path) -> Result<Vec<u64>, String> {
    let mut laps = Vec::new();
    loop {
        let mut path = out.as_os_str().to_owned();
        path.push(format!(".{}", laps.len() + 1));
        let path = PathBuf::from(path);
        match fs::read_to_string(&path) {
            Ok(text) => laps.push(total(&text).ok_or("what callgrind wrote has another form")?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(laps),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        }
    }
}

fn total(text: &str) -> Option<u64> {
    let line = text.lines().rev().find_map(|line| line.strip_prefix("totals: "))?;
    line.split(' ').next()?.parse().ok()
}

/// The instructions of one call: what more calls take more, so that what comes once cancels out.
fn counts(probes: &[Probe], laps: &[u64]) -> Result<Vec<Count>, String> {
    // Each side of a probe laps before and after few calls, then before and after many.
    let sides = probes.iter().map(|probe| 1 + usize::from(probe.libc.is_some())).sum::<usize>();
    // The end of the program is written as one more.
    if laps.len() < 4 * sides {
        return Err(format!("callgrind saw {} laps of {}", laps.len(), 4 * sides));
    }
    let mut sides = laps.chunks_exact(4);
    let mut side = |probe: &Probe| {
        let laps = sides.next().unwrap_or(&[0; 4]);
        let more = laps[3] as f64 - laps[1] as f64;
        more / (probe.times[1] - probe.times[0]) as f64
    };
    let counts = probes.iter().map(|probe| {
        let ours = side(probe);
        let libc = probe.libc.is_some().then(|| side(probe));
        Count { name: probe.name.to_owned(), ours, libc }
    });
    Ok(counts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_once_cancels_out() {
        let make = || -> Box<dyn probe::Calls> { unreachable!("it is not called") };
        let probes = [None, Some(make as probe::Make)].map(|libc| Probe {
            name: "call",
            times: [20, 120],
            ours: make,
            libc,
        });
        let sides = probes.iter().flat_map(|probe| {
            let sides = 1 + usize::from(probe.libc.is_some());
            std::iter::repeat_n(probe.times, sides)
        });
        // Seven instructions a call, and a hundred for the rest.
        let laps = |[few, many]: [usize; 2]| [9999, 100 + 7 * few, 9, 100 + 7 * many];
        let laps: Vec<u64> = sides.flat_map(laps).map(|lap| lap as u64).collect();
        let counts = counts(&probes, &laps).unwrap();
        assert!(counts.iter().all(|count| count.ours == 7.0));
        assert!(counts.iter().filter_map(|count| count.libc).all(|libc| libc == 7.0));
        assert!(super::counts(&probes, &laps[1..]).is_err());
    }

    #[test]
    fn the_total_is_found() {
        assert_eq!(total("version: 1\n\nfn=(1)\n0 5\ntotals: 12345\n"), Some(12345));
        assert_eq!(total("version: 1\n"), None);
    }
}
