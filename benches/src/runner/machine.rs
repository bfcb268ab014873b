//! Where the figures come from, without which they mean nothing.

use std::fmt;
use std::fs;
use std::process::Command;

use serde::Serialize;

/// A machine, and what runs on it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Machine {
    /// The operating system and its release.
    pub kernel: String,
    /// The processor's name.
    pub cpu: String,
    /// How many threads run at a time.
    pub cores: usize,
    /// How the processor's frequency is governed, where the system tells.
    pub governor: Option<String>,
    /// How many threads wanted to run over the last minute, where the system tells.
    pub load: Option<f64>,
    /// When the run began, where the system tells: "2026-11-22 03:10 UTC".
    pub date: Option<String>,
    /// The compiler.
    pub rustc: String,
    /// What is compared with, and its version.
    pub peers: Vec<(String, String)>,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let read = |path| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
        let release = read("/proc/sys/kernel/osrelease").unwrap_or_default();
        let cpu = read("/proc/cpuinfo").and_then(|text| cpu_name(&text));
        let load = read("/proc/loadavg").and_then(|text| text.split(' ').next()?.parse().ok());
        let mut peers = versions(include_str!("../../../Cargo.lock"), &PEERS);
        let python = first_line("python3", &["--version"]);
        peers.extend(python.map(|line| ("CPython".to_owned(), line.replace("Python ", ""))));
        Self {
            kernel: format!("{} {release}", std::env::consts::OS).trim_end().to_owned(),
            cpu: cpu.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            load,
            date: first_line("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            rustc: first_line("rustc", &["--version"])
                .unwrap_or_else(|| "unknown rustc".to_owned()),
            peers,
        }
    }

    /// What to say where others use the machine at the same time.
    #[must_use]
    pub fn busy(&self) -> Option<String> {
        let load = self.load.filter(|load| *load > self.cores as f64 * BUSY)?;
        Some(format!(
            "warning: the load of the last minute is {load:.1} on {} cores: ratios hold, since \
             both sides meet it, but spread more; absolute figures are too slow",
            self.cores
        ))
    }
}

/// A build that has just ended leaves about as much.
const BUSY: f64 = 0.75;

/// Whose versions are told, by their packages' names.
const PEERS: [&str; 8] =
    ["libc", "socket2", "rustix", "tokio", "tokio-util", "mio", "polling", "quinn-udp"];

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {} cores", self.kernel, self.cpu, self.cores)?;
        if let Some(governor) = &self.governor {
            write!(f, ", governor {governor}")?;
        }
        if let Some(load) = self.load {
            write!(f, ", load {load:.2}")?;
        }
        if let Some(date) = &self.date {
            write!(f, ", {date}")?;
        }
        write!(f, "\n{}", self.rustc)?;
        for (name, version) in &self.peers {
            write!(f, ", {name} {version}")?;
        }
        Ok(())
    }
}

fn cpu_name(cpuinfo: &str) -> Option<String> {
    let (_, name) = cpuinfo.lines().find(|line| line.starts_with("model name"))?.split_once(':')?;
    Some(name.trim().to_owned())
}

/// The last version of each package that the lock file has.
fn versions(lock: &str, names: &[&str]) -> Vec<(String, String)> {
    let version = |name: &&str| {
        let entry = lock.rfind(&format!("\nname = \"{name}\"\nversion = \""))?;
        let version = lock[entry..].split('"').nth(3)?;
        Some(((*name).to_owned(), version.to_owned()))
    };
    names.iter().filter_map(version).collect()
}

fn first_line(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        let lock = "[[package]]\nname = \"mio\"\nversion = \"1.2.4\"\n\n[[package]]\n\
                    name = \"rustix\"\nversion = \"0.38.1\"\n\n[[package]]\n\
                    name = \"rustix\"\nversion = \"1.1.6\"\n";
        let pair = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        let found = versions(lock, &["mio", "rustix", "polling"]);
        assert_eq!(found, [pair("mio", "1.2.4"), pair("rustix", "1.1.6")]);
        assert!(versions(include_str!("../../../Cargo.lock"), &["libc"])[0].1.starts_with("0.2."));
    }

    #[test]
    fn a_busy_machine_is_told() {
        let quiet = Machine { cores: 2, load: Some(1.0), ..Machine::default() };
        assert_eq!(quiet.busy(), None);
        assert_eq!(Machine { load: None, ..quiet.clone() }.busy(), None);
        let busy = Machine { load: Some(2.3), ..quiet }.busy().unwrap();
        assert!(busy.starts_with("warning: the load of the last minute is 2.3 on 2 cores"));
    }

    #[test]
    fn the_processor_has_a_name() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\n";
        assert_eq!(cpu_name(text).as_deref(), Some("Some CPU @ 2.00GHz"));
        assert_eq!(cpu_name("Processor: ARM"), None);
    }
}
