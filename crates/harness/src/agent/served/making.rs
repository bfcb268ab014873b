//! What the commands do that are about no socket, or make one.

use serde_json::Value;
use sockrates_core::Deadline;

use super::order::Making;
use super::outcome::{Failed, Outcome, named, nothing};
use super::table::{Socket, Table};

/// What comes of a command without a socket.
pub(super) fn perform(table: &Table, making: Making, until: Deadline) -> Outcome {
    match making {
        Making::Hello { proto: 1 } => return Ok(table.hello()),
        Making::Hello { proto } => {
            return Err(Failed::Text(format!("this agent speaks protocol 1, not {proto}")));
        }
        Making::Ping => {}
        Making::Reset => table.clear(),
        Making::Pair { subject, name, and } => {
            let subject = table.subject(&subject)?;
            table.make([&name, &and], || {
                let (a, b) = subject.pair()?;
                Ok([Socket::End(a), Socket::End(b)])
            })?;
        }
        Making::Listener { subject, name } => {
            let subject = table.subject(&subject)?;
            table.make([&name], || Ok([Socket::Listener(subject.listen()?)]))?;
        }
        Making::Client { subject, name, to } => client(table, &subject, &name, &to, until)?,
        Making::Socket { subject, name } => {
            let subject = table.subject(&subject)?;
            table.make([&name], || Ok([Socket::End(subject.socket()?)]))?;
        }
        Making::Unknown => return Err(Failed::Unsupported),
    }
    Ok(nothing(()))
}

fn client(
    table: &Table,
    subject: &str,
    name: &str,
    to: &Value,
    until: Deadline,
) -> Result<(), Failed> {
    let (subject, to) = (table.subject(subject)?, named(to)?);
    table.make([name], || Ok([Socket::End(subject.connect(&to, until)?)]))
}
