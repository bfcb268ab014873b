//! The agents that a run has with it.

use std::sync::Arc;

use super::exit::Exit;
use super::{Done, Program, say};
use crate::AgentCommand;
use crate::agent::{self, Agent};
use crate::process::Interrupt;
use crate::runner::Selection;

/// Adds the subjects of the program's own agents, where their interpreters are there, and of those
/// that were asked for.
///
/// # Errors
/// Where one that was asked for cannot be used, or has a name that is taken.
pub(crate) fn invite(
    program: &mut Program,
    selection: &Selection,
    asked: &[AgentCommand],
) -> Result<(), Done> {
    let own = std::mem::take(&mut program.agents);
    let asked: Vec<_> = asked.iter().map(|command| command.clone().knowing(&own)).collect();
    for command in asked.into_iter().chain(own) {
        if command.is_optional() && !is_wanted(&command, selection) {
            continue;
        }
        let optional = command.is_optional();
        let subjects = match Arc::new(Agent::new(command.clone())).subjects() {
            Ok(subjects) => subjects,
            Err(why) if optional => {
                say(&format!("agent {command}: skipped, for {why}\n"));
                continue;
            }
            Err(why) => return Err(Done::Usage(format!("agent `{command}`: {why}"))),
        };
        for subject in subjects {
            let is_known = program.subjects.iter().any(|known| known.name() == subject.name());
            if is_known && optional {
                say(&format!(
                    "{} of agent {command}: left out for the one given\n",
                    subject.name()
                ));
                continue;
            }
            if is_known {
                let taken = format!("agent `{command}`: there is a subject {}", subject.name());
                return Err(Done::Usage(format!(
                    "{taken} already; let its hello say another name"
                )));
            }
            program.subjects.push(subject);
        }
    }
    Ok(())
}

/// The program's own agents that are judged in whole runs.
pub(crate) fn own(program: &Program) -> impl Iterator<Item = &AgentCommand> {
    program.agents.iter().filter(|agent| !agent.is_aside())
}

/// Gets to know agents, and tells what is wrong with them.
pub(crate) fn smoke(agents: &[AgentCommand]) -> Result<Exit, Done> {
    let interrupt = Interrupt::watch()
        .map_err(|error| Done::Usage(format!("signals cannot be watched: {error}")))?;
    let visited = agents.iter().take_while(|_| !interrupt.raised());
    let well = visited.filter(|agent| agent::smoke(agent, interrupt, &mut say)).count();
    Ok(match well {
        _ if interrupt.raised() => Exit::Interrupted,
        well if well == agents.len() => Exit::Ok,
        _ => Exit::Regressions,
    })
}

/// Whether a name that was asked for may be of this agent's.
fn is_wanted(command: &AgentCommand, selection: &Selection) -> bool {
    let called = command.to_string();
    let names = &selection.subjects;
    if command.is_aside() {
        return names.iter().any(|name| name.starts_with(&called));
    }
    names.is_empty() || names.iter().any(|name| name.contains('*') || name.starts_with(&called))
}
