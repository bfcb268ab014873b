//! Two hosts: an agent on another one, which a network namespace stands for, with `ip netns exec`
//! in ssh's place.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Stdio};

const SOCKRATES: &str = env!("CARGO_BIN_EXE_sockrates");

/// The two hosts' addresses: of those kept for documentation (RFC 5737), which nobody has.
const HERE: &str = "192.0.2.1";
const THERE: &str = "192.0.2.2";

#[test]
fn clients_and_servers_meet_across_two_hosts() {
    let hosts = match Hosts::new() {
        Ok(hosts) => hosts,
        Err(why) => return println!("skipped: no network namespaces here: {why}"),
    };
    let out = format!("{}/two-hosts", env!("CARGO_TARGET_TMPDIR"));
    let agent = format!("ip netns exec {} '{SOCKRATES}' agent --bind {THERE}", hosts.there);
    let mut judge = hosts.command_here(SOCKRATES);
    judge.args(["--interop", "--bind", HERE, "--agent", &agent, "--out", &out, "--jobs", "1"]);
    judge.args(["--subject", "tcp-v4", "--subject", "udp-v4", "--subject", "sockrates-*"]);
    judge.args(["--only", "stream.eof.half", "--only", "stream.eof.sticky"]);
    judge.args(["--only", "stream.io.boundaries", "--only", "stream.reset.abort"]);
    judge.args(["--only", "datagram.message.boundaries", "--only", "datagram.address.source"]);
    let done = judge.output().expect("the judge runs");
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{text}{}", String::from_utf8_lossy(&done.stderr));
    let book = std::fs::read_to_string(Path::new(&out).join("report.jsonl")).expect("a book");
    for [client, server] in [["tcp-v4", "sockrates-tcp-v4"], ["sockrates-udp-v4", "udp-v4"]] {
        let pair = format!("\"subject\":\"{client}->{server}\"");
        let ok = book.lines().filter(|line| line.contains(&pair) && line.contains("\"ok\""));
        assert!(ok.count() > 1, "{pair} was not judged:\n{text}");
    }
    assert!(book.contains(&format!("{HERE}:")) && book.contains(&format!("{THERE}:")), "{text}");
}

/// Two namespaces with a wire between them, gone with this.
struct Hosts {
    here: String,
    there: String,
}

impl Hosts {
    fn new() -> Result<Self, String> {
        let id = std::process::id();
        let hosts = Self { here: format!("here-{id}"), there: format!("there-{id}") };
        let Self { here, there } = &hosts;
        ip(&format!("netns add {here}"))?;
        ip(&format!("netns add {there}"))?;
        ip(&format!("-n {here} link add wire type veth peer name wire netns {there}"))?;
        for (host, addr) in [(here, HERE), (there, THERE)] {
            ip(&format!("-n {host} addr add {addr}/24 dev wire"))?;
            ip(&format!("-n {host} link set wire up"))?;
            ip(&format!("-n {host} link set lo up"))?;
        }
        Ok(hosts)
    }

    /// A command on this side of the wire.
    fn command_here(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.here, program]).stdin(Stdio::null());
        command
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for host in [&self.here, &self.there] {
            // One that was not made cannot be taken away.
            let _ = ip(&format!("netns del {host}"));
        }
    }
}

fn ip(args: &str) -> Result<(), String> {
    let done = Command::new("ip").args(args.split(' ')).stdin(Stdio::null()).output();
    let done = done.map_err(|error| format!("ip: {error}"))?;
    match done.status.success() {
        true => Ok(()),
        false => Err(format!("ip {args}: {}", String::from_utf8_lossy(&done.stderr).trim())),
    }
}
