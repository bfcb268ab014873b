//! The command line of the agent.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::IpAddr;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};
use sockrates_harness::serve_agent;

use super::NAME;
use crate::subjects;

/// What the command does, in a line.
pub const SUMMARY: &str = "let a judge elsewhere judge this program's sockets";

/// Does what `args`, without the command's own name, ask for.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    match wanted(args) {
        Ok(Wanted::Help) => {
            // A reader that has gone away is no fault.
            let _ = io::stdout().lock().write_all(HELP.as_bytes());
            ExitCode::SUCCESS
        }
        Ok(Wanted::Agent { bind }) => {
            serve_agent(NAME, env!("CARGO_PKG_VERSION"), subjects::spoken(), bind)
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            ExitCode::from(USAGE)
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Agent { bind: Option<IpAddr> },
    Help,
}

fn wanted(args: Vec<OsString>) -> Result<Wanted, lexopt::Error> {
    let mut bind = None;
    let mut parser = Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("bind") => bind = Some(parser.value()?.parse()?),
            Arg::Long("help") | Arg::Short('h') => return Ok(Wanted::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Wanted::Agent { bind })
}

const USAGE: u8 = 2;

const HELP: &str = "\
usage: agent [--bind ADDRESS]

Makes sockets as a judge elsewhere tells it to and says what came of each operation: an agent, by
docs/agent-protocol.md, on standard input and output. It ends when standard input does. From here:

  sockrates run --agent 'ssh host sockrates agent' --subject 'sockrates-*'
  sockrates run --interop --bind HERE --agent 'ssh host sockrates agent --bind THERE' \\
      --subject tcp-v4 --subject sockrates-tcp-v4

  --bind ADDRESS   where its sockets listen and bind, instead of the loopback; only kinds of socket
                   that have such addresses are served
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_bind_to_is_read_and_nothing_else_is_taken() {
        let wanted = |args: &[&str]| wanted(args.iter().map(OsString::from).collect());
        assert_eq!(wanted(&[]).unwrap(), Wanted::Agent { bind: None });
        let bind = Some(IpAddr::from([192, 0, 2, 2]));
        assert_eq!(wanted(&["--bind", "192.0.2.2"]).unwrap(), Wanted::Agent { bind });
        assert_eq!(wanted(&["--help"]).unwrap(), Wanted::Help);
        assert!(wanted(&["--bind", "host"]).is_err());
        assert!(wanted(&["--subject", "tcp-v4"]).is_err());
        assert!(wanted(&["tcp-v4"]).is_err());
    }
}
