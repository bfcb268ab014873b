//! `smoke`: a first acquaintance with an agent, one small exchange after the other, for who writes
//! one. What is wrong is told in words: what was sent, expected and answered, and what to mend.

mod datagrams;
mod manners;
mod sockets;
mod streams;
mod undeclared;
mod visit;

use std::time::Duration;

use sockrates_core::Kind;

use super::AgentCommand;
use super::client::{Answer, Client, Unmet};
use super::process::Place;
use super::subject::{Offer, offers};
use crate::Caps;
use crate::process::Interrupt;
use visit::{Fault, Visit};

/// One exchange, or a few that belong together.
#[derive(Clone, Copy)]
struct Step {
    /// What an agent does that does it well.
    title: &'static str,
    /// What it has to declare for this.
    needs: Caps,
    /// What to do where it does it otherwise.
    mend: &'static str,
    run: fn(&Visit<'_>) -> Result<(), Fault>,
}

/// How long an agent may take to exit when its input ends.
const EXIT: Duration = Duration::from_secs(2);

/// Visits an agent, telling `say` what comes of each step. Returns whether all was well. An
/// interrupt ends the visit after the step.
pub(crate) fn smoke(
    command: &AgentCommand,
    interrupt: &Interrupt,
    say: &mut dyn FnMut(&str),
) -> bool {
    say(&format!("agent {command}\n"));
    let (client, hello) = match Client::start(command, Place::Leads) {
        Ok(started) => started,
        Err(unmet) => return not_met(unmet, say),
    };
    let (name, offers) = match offers(&hello).and_then(checked) {
        Ok(offers) => offers,
        Err(why) => return not_met(Unmet::Unclear(why), say),
    };
    say(&format!("  ok     says hello: {}\n", introduced(&name, &hello)));
    let mut faults: Vec<&str> = Vec::new();
    for Kept { name: subject, kind, caps } in &offers {
        say(&format!("\n{name}-{subject}\n"));
        let visit = Visit::new(&client, subject, *kind, *caps);
        let of_kind = if *kind == Kind::Stream { streams::STEPS } else { datagrams::STEPS };
        for step in [manners::STEPS, sockets::STEPS, of_kind, undeclared::STEPS].concat() {
            if interrupt.raised() {
                say("\ninterrupted\n");
                return false;
            }
            if faults.contains(&step.title) {
                say(&format!("  -      {}: wrong already\n", step.title));
            } else if !caps.contains(step.needs) {
                say(&format!("  -      {}: needs {}\n", step.title, step.needs.without(*caps)));
            } else if let Err(fault) = (step.run)(&visit) {
                say(&told(step, &fault));
                faults.push(step.title);
            } else {
                say(&format!("  ok     {}\n", step.title));
            }
            if !client.lives() {
                let why = client.broken().unwrap_or("answers no ping".to_owned());
                say(&format!("\nIt {why}\nNothing more can be asked of it.\n"));
                return false;
            }
        }
    }
    say("\n");
    let faults = faults.len() + usize::from(!leaves(&client, &offers[0], say));
    say(&match faults {
        0 => format!("\nAll is well. Now: run --agent '{command}' --subject '{name}-*'\n"),
        1 => "\n1 fault. docs/agent-protocol.md is the contract.\n".to_owned(),
        _ => format!("\n{faults} faults. docs/agent-protocol.md is the contract.\n"),
    });
    faults == 0
}

/// One of its kinds of socket.
struct Kept {
    name: String,
    kind: Kind,
    caps: Caps,
}

fn checked((name, offers): (String, Vec<Offer>)) -> Result<(String, Vec<Kept>), String> {
    let known = |offer: Offer| {
        let said = |fault| format!("its hello {fault}");
        let (kind, caps) = (offer.kind().map_err(said)?, offer.caps().map_err(said)?);
        Ok(Kept { name: offer.name, kind, caps })
    };
    Ok((name, offers.into_iter().map(known).collect::<Result<_, String>>()?))
}

fn not_met(unmet: Unmet, say: &mut dyn FnMut(&str)) -> bool {
    let (title, mend) = match unmet {
        Unmet::NotStarted(_) => (
            "starts",
            "say how to start it from here, arguments included, in one pair of quotes: --agent \
             'python3 path/to/agent.py'",
        ),
        Unmet::Ended(_) => (
            "says hello",
            "start it by hand and give it the line above: it has to answer, and go on until its \
             input ends",
        ),
        Unmet::Unclear(_) => (
            "says hello",
            "answer the first line with one line, and flush it; see `hello` in \
             docs/agent-protocol.md",
        ),
    };
    let asked = match unmet {
        Unmet::NotStarted(_) => "",
        _ => {
            "         sent      {\"id\":1,\"cmd\":\"hello\",\"proto\":1}\n\
             \x20        expected  {\"id\":1,\"ok\":{\"proto\":1,\"name\":…,\"subjects\":[…]}}\n"
        }
    };
    let came = String::from(unmet);
    say(&format!(
        "  WRONG  {title}\n{asked}         came      {came}\n         mend      {mend}\n"
    ));
    false
}

fn introduced(name: &str, hello: &Answer) -> String {
    let text = |field: &str| hello.get(field).and_then(|value| value.as_str()).unwrap_or("?");
    format!("{name} {} on {}", text("version"), text("os"))
}

fn told(step: Step, fault: &Fault) -> String {
    format!(
        "  WRONG  {}\n         sent      {}\n         expected  {}\n         \
         came      {}\n         mend      {}\n",
        step.title,
        fault.sent,
        fault.expected,
        fault.came,
        fault.mend.as_deref().unwrap_or(step.mend)
    )
}

/// Ends its input while a receive is blocked.
fn leaves(client: &Client, kept: &Kept, say: &mut dyn FnMut(&str)) -> bool {
    let visit = Visit::new(client, &kept.name, kept.kind, kept.caps);
    let step = Step {
        title: "exits when its input ends, though a receive is blocked",
        needs: Caps::NONE,
        mend: "end the whole process when there are no more lines, whatever its threads do",
        run: visit::block,
    };
    let ended = (step.run)(&visit).map(|()| client.ends(EXIT));
    let fault = match ended {
        Ok(true) => {
            say(&format!("  ok     {}\n", step.title));
            return true;
        }
        Ok(false) => Fault {
            sent: "(the end of its standard input)".to_owned(),
            expected: "that it exits".to_owned(),
            came: format!("it still ran {} s later", EXIT.as_secs()),
            mend: None,
        },
        Err(fault) => fault,
    };
    say(&told(step, &fault));
    false
}
