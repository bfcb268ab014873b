//! What becomes of an agent, and of what it has started, once `smoke` is done with it.
#![cfg(unix)]

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const CPYTHON: &str = include_str!("../../../agents/cpython/agent.py");

/// Where the agent begins, and where it leaves when its input has ended.
const BEGINS: &str = "if __name__ == \"__main__\":\n";
const LEAVES: &str = "os._exit(0)";

/// Longer than anything takes here, and the bound of it where it is wrong.
const LONG: Duration = Duration::from_secs(20);

#[test]
fn what_an_agent_has_started_ends_with_it() {
    // The child has the agent's output open, too, and hears of no end.
    let begins = "if os.fork() == 0: signal.alarm(60); threading.Event().wait()\n    held.close()";
    let Some((text, code, sent)) = smoke("starts", begins, LEAVES) else { return };
    assert_eq!(sent.as_deref(), Ok(""), "its child is still there\n{text}");
    assert!(text.contains("All is well"), "{text}");
    assert_eq!(code, Some(0));
}

#[test]
fn an_agent_that_ends_by_itself_has_the_time_to() {
    // Its output has ended long before it does: its own tidying takes that time, and nothing here
    // waits by it.
    let leaves = "os.close(1); time.sleep(0.2); held.sendall(b'done'); os._exit(0)";
    let Some((text, code, sent)) = smoke("tidies", "pass", leaves) else { return };
    assert_eq!(sent.as_deref(), Ok("done"), "{text}");
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn an_agent_that_stays_is_asked_to_end_before_it_is_forced() {
    let begins = "def asked(*_): held.sendall(b'asked'); os._exit(0)\n    \
                  signal.signal(signal.SIGTERM, asked)";
    let Some((text, code, sent)) = smoke("stays", begins, "threading.Event().wait()") else {
        return;
    };
    assert_eq!(sent.as_deref(), Ok("asked"), "{text}");
    assert!(text.contains("WRONG  exits when its input ends"), "{text}");
    assert_eq!(code, Some(1));
}

#[test]
fn how_an_agent_ends_is_heard_though_whoever_starts_us_ignores_it_of_theirs() {
    const IGNORES: &str = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); \
                           os.execv(sys.argv[1], sys.argv[1:])";
    if !has_python() {
        return;
    }
    let agent = concat!(env!("CARGO_MANIFEST_DIR"), "/../../agents/cpython/agent.py");
    let mut command = Command::new("python3");
    command.args(["-c", IGNORES, env!("CARGO_BIN_EXE_sockrates"), "smoke", "--agent"]);
    let run = command.arg(format!("python3 '{agent}'")).output().expect("python3 runs");
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(text.contains("All is well"), "{text}");
    assert_eq!(run.status.code(), Some(0));
}

fn has_python() -> bool {
    let has = Command::new("python3").arg("-V").output().is_ok_and(|run| run.status.success());
    if !has {
        eprintln!("skipped: there is no python3 here");
    }
    has
}

/// What `smoke` says of an agent that begins and leaves so, its exit code, and what the agent sent
/// here until all that have `held` were gone; none where there is no Python.
fn smoke(
    name: &str,
    begins: &str,
    leaves: &str,
) -> Option<(String, Option<i32>, Result<String, String>)> {
    if !has_python() {
        return None;
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("its address").port();
    let begins = format!(
        "{BEGINS}    import signal, time\n    \
         held = socket.create_connection(('127.0.0.1', {port}))\n    {begins}\n"
    );
    assert!(CPYTHON.contains(BEGINS) && CPYTHON.contains(LEAVES), "the agent is another one");
    let source = CPYTHON.replacen(BEGINS, &begins, 1).replacen(LEAVES, leaves, 1);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ends-{name}.py"));
    std::fs::write(&path, source).expect("a temporary file");
    let agent = format!("python3 '{}'", path.display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockrates"));
    let run = command.args(["smoke", "--agent", &agent]).output().expect("sockrates runs");
    let (mut line, _) = listener.accept().expect("the agent's line");
    line.set_read_timeout(Some(LONG)).expect("a timeout");
    let mut sent = String::new();
    let sent = line.read_to_string(&mut sent).map(|_| sent).map_err(|error| error.to_string());
    Some((String::from_utf8_lossy(&run.stdout).into_owned(), run.status.code(), sent))
}
