//! The other side of the protocol: this program's own sockets, judged from elsewhere.
//!
//! | | |
//! |---|---|
//! | `order` | what a line asks for |
//! | `post` | where lines go |
//! | `workers` | the threads on which operations wait |
//! | `table` | the sockets, by their names |
//! | `offer` | what `hello` tells |
//! | `making`, `deeds` | what the commands do, without a socket and on one |
//! | `outcome` | what came of a command |

mod deeds;
mod making;
mod offer;
mod order;
mod outcome;
mod post;
mod table;
mod workers;

use std::io::{self, BufRead};
use std::net::IpAddr;
use std::process::ExitCode;
use std::sync::Arc;

use super::lines::{self, LINE_MAX, Line};
use crate::{Subject, TransportSubject, interop};
use order::{Command, Order};
use outcome::{Failed, Outcome};
use post::Post;
use table::Table;
use workers::{Job, Workers};

/// Serves `subjects` to a judge elsewhere until standard input ends: an agent, as
/// `docs/agent-protocol.md` describes it, on standard input and output. Of the subjects those
/// count that are transports. `name` is what the agent calls itself, of lower-case letters, digits
/// and hyphens: the judge sees a subject `tcp` of an agent `mine` as `mine-tcp`.
///
/// With `bind` the sockets of IP have that address instead of the loopback's, and nothing that has
/// another is served.
///
/// ```no_run
/// use sockrates_harness::{Caps, Subject, mem, serve_agent};
///
/// let mine = Subject::pair("stream", Caps::HALF_CLOSE, mem::stream_pair);
/// serve_agent("mine", "1.0", vec![mine], None);
/// ```
pub fn serve(name: &str, version: &str, subjects: Vec<Subject>, bind: Option<IpAddr>) -> ExitCode {
    bind.into_iter().for_each(interop::bind);
    let transports = subjects.into_iter().filter_map(|subject| match subject {
        Subject::Transport(transport) => Some(transport),
        _ => None,
    });
    let here = |subject: &Arc<dyn TransportSubject>| {
        bind.is_none_or(|bind| subject.any_addr().is_ok_and(|any| any.ip() == Some(bind)))
    };
    let table = Table::new(name, version, transports.filter(here).collect());
    attend(&mut io::stdin().lock(), &Workers::new(Arc::new(table), Post::new()))
}

/// Does what the lines say until they end.
fn attend(from: &mut impl BufRead, workers: &Workers) -> ExitCode {
    loop {
        let line = match lines::next(from, LINE_MAX) {
            Ok(Line::Whole(line)) => line,
            Ok(Line::End) => return ExitCode::SUCCESS,
            Ok(Line::Odd(line)) => {
                eprintln!("agent: `{line}` is no UTF-8 or over {LINE_MAX} bytes long");
                return ExitCode::FAILURE;
            }
            Err(error) => {
                eprintln!("agent: standard input cannot be read from: {error}");
                return ExitCode::FAILURE;
            }
        };
        match Order::read(&line) {
            Ok(order) if order.waits() => workers.hand_over(order),
            Ok(order) => workers.do_now(order),
            Err((Some(id), why)) => workers.refuse(id, Failed::Text(why)),
            Err((None, why)) => {
                eprintln!("agent: `{}` {why}", lines::beginning(&line));
                return ExitCode::FAILURE;
            }
        }
    }
}

/// What comes of a command.
fn perform(table: &Table, job: Job) -> Outcome {
    match job.command {
        Command::Of(making) => making::perform(table, making, job.until),
        Command::About { on, deed } => deeds::perform(table, &on, deed, job.until),
    }
}
