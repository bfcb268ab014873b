//! The test that the oracle writes of a divergence compiles, and passes where nothing diverges.
#![cfg(target_os = "linux")]

#[rustfmt::skip]
#[path = "oracle/repro.rs"]
mod repro;

/// What was found is told though it cannot be kept.
#[test]
fn a_divergence_is_told_where_its_files_cannot_be_written() {
    use std::process::{Command, Stdio};

    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if python.is_err() {
        println!("skipped: there is no python3");
        return;
    }
    // A file is no folder.
    let args = ["oracle", "--seed", "1", "--plant", "shutdown-unconnected", "--out"];
    let oracle = Command::new(env!("CARGO_BIN_EXE_sockrates"))
        .args(args)
        .arg(env!("CARGO_BIN_EXE_sockrates"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&oracle.stdout);
    assert!(told.contains("DIVERGENCE") && told.contains("cannot be written"), "{told}");
    assert_eq!(oracle.status.code(), Some(1));
}
