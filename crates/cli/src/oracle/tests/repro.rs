//! What is written of a divergence: that it can be read, compiled and run alone.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::{env, fs};

use super::super::generation::steps;
use super::super::hunt::Found;
use super::super::operation::{Flag, Operation, Opt, Place, Slot, Timeout};
use super::super::planted::{Fault, Planted};
use super::super::sides::{Make, Pace, Sides};
use super::super::{command, program_file, script};
use super::{pair, six, sockets, tcp, udp};

/// `operations` as they come to with `make`; `None` where there is no CPython.
fn carried_out(make: &Make, operations: &[Operation]) -> Option<Found> {
    let gamble = (1..=operations.len()).find(|&most| steps(&operations[..most]).is_none());
    let Some(steps) = steps(operations) else { panic!("operation {gamble:?} is a gamble") };
    let comparison = Sides::start(make).ok()?.compare(&steps, Pace::Patient).unwrap();
    Some(Found { case: 3, before: steps.len(), steps, comparison })
}

#[test]
fn a_divergence_is_written_so_that_it_can_be_read_again() {
    let make: Make = Arc::new(|| Box::new(Planted::new(Fault::BroadcastUnknown)));
    let program = [udp(0), Operation::Bind { slot: 0, to: Place::Broadcast }];
    let Some(found) = carried_out(&make, &program) else { return };
    assert_eq!(found.comparison.divergence, Some(1));

    let path = env::temp_dir().join(format!("oracle-{}.jsonl", std::process::id()));
    fs::write(&path, program_file::text(1, &found).unwrap()).unwrap();
    let read = program_file::read(&path);
    let replay = |more: &[&str]| {
        let args = ["--replay".into(), path.clone().into()];
        command::run(args.into_iter().chain(more.iter().map(Into::into)).collect())
    };
    let sound = replay(&[]);
    let faulty = replay(&["--plant", "broadcast-unknown"]);
    fs::write(&path, "{\"oracle\":9,\"seed\":1,\"case\":1}\n").unwrap();
    let refused = program_file::read(&path).unwrap_err().to_string();
    fs::remove_file(&path).unwrap();
    assert_eq!(read.unwrap(), found.steps);
    assert_eq!((sound, faulty), (ExitCode::SUCCESS, ExitCode::FAILURE));
    assert!(refused.contains("line 1: format 9"), "{refused}");

    let rust = script::rust(1, &found);
    let asserted = "assert_eq!(said(s0.bind((\"<broadcast>\", 0)).map(done)), \"ok\");";
    assert!(rust.contains(asserted), "{rust}");
}

/// `tests/oracle/repro.rs` is compiled and run with the tests of this crate.
#[test]
fn the_rust_test_is_the_one_that_is_compiled() {
    let Some(found) = carried_out(&sockets(), &everything()) else { return };
    assert_eq!(found.comparison.divergence, None);
    let written = script::rust(1, &found);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/repro.rs");
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&path, &written).unwrap();
    }
    let compiled = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == compiled, "write it anew with INSTA_UPDATE=always");
}

#[test]
fn the_python_script_comes_to_the_same_alone() {
    let Some(found) = carried_out(&sockets(), &everything()) else { return };
    let run = Command::new("python3").args(["-c", &script::python(1, &found)]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert_eq!(said.lines().count(), found.steps.len(), "{said}");
    for ((number, line), outcome) in said.lines().enumerate().zip(&found.comparison.theirs) {
        let errno = outcome.errno.map_or("None".to_owned(), |errno| errno.to_string());
        let expected = match outcome.is_ok() {
            true => format!("{number} ok "),
            false => format!("{number} {} {errno}", outcome.class),
        };
        let line = line.replace("OverflowError", "ValueError");
        assert!(line.starts_with(&expected), "{line:?} is not {expected:?}");
    }
}

/// Every operation, so that each is written.
fn everything() -> Vec<Operation> {
    let recv = |slot, len, flag| Operation::Recv { slot, len, flag };
    let recv_from = |slot, len, flag| Operation::RecvFrom { slot, len, flag };
    let at = |slot: Slot| Place::Of(slot);
    let bind = |slot, to| Operation::Bind { slot, to };
    let mut all = pair();
    all.extend([
        Operation::Send { slot: 1, len: 3 },
        recv(2, 10, Flag::Peek),
        recv(2, 3, Flag::WaitAll),
        Operation::SendAll { slot: 2, len: 10 },
        recv_from(1, 4, Flag::Plain),
        recv(1, 10, Flag::DontWait),
        Operation::Dup { slot: 1, into: 3 },
        Operation::GetSockName { slot: 3 },
        Operation::GetPeerName { slot: 1 },
        Operation::Shutdown { slot: 1, how: 1 },
        recv(2, 10, Flag::Plain),
        Operation::SetTimeout { slot: 0, timeout: Timeout::Short },
        Operation::Accept { slot: 0, into: 4 },
        Operation::SetTimeout { slot: 0, timeout: Timeout::Nan },
        Operation::SetBlocking { slot: 0, on: false },
        Operation::GetTimeout { slot: 0 },
        Operation::Close { slot: 1 },
        Operation::Close { slot: 3 },
        Operation::Send { slot: 1, len: 1 },
    ]);
    all.extend([udp(5), bind(5, Place::Loopback), bind(5, Place::PortTooLarge)]);
    all.extend([
        Operation::SendTo { slot: 5, len: 10, to: at(5) },
        recv(5, 20, Flag::Trunc),
        six(6),
        bind(6, Place::OtherFamily),
        Operation::ConnectEx { slot: 6, to: Place::OtherFamily },
        bind(6, Place::Loopback),
        Operation::ConnectEx { slot: 6, to: at(6) },
        Operation::Send { slot: 6, len: 1 },
        recv(6, 10, Flag::Plain),
    ]);
    for option in [Opt::Error, Opt::Type, Opt::AcceptConn, Opt::KeepAlive, Opt::Broadcast] {
        all.push(Operation::GetOption { slot: 0, option });
    }
    all.push(Operation::GetOption { slot: 2, option: Opt::NoDelay });
    all.push(Operation::SetOption { slot: 2, option: Opt::KeepAlive, value: 1 });
    all.extend([
        tcp(7),
        Operation::Connect { slot: 7, to: at(0) },
        Operation::Accept { slot: 0, into: 4 },
        Operation::SendAllSlowly { slot: 7, reader: 4 },
    ]);
    all
}
