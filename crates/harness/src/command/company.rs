//! The agents that a run has with it.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

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

/// An agent of the program whose subjects are not known.
#[derive(Debug)]
pub(crate) struct Absent {
    pub(crate) agent: AgentCommand,
    pub(crate) why: String,
}

/// Adds the subjects of those of the program's own agents that are judged in whole runs, as far as
/// they tell them within `limit`; all are asked at once. The others come back.
pub(crate) fn ask(program: &mut Program, limit: Duration) -> Vec<Absent> {
    let until = Instant::now() + limit;
    let asked: Vec<_> = program.agents.iter().filter(|agent| !agent.is_aside()).cloned().collect();
    let answers = asked.iter().map(|agent| {
        let (answer, told) = mpsc::sync_channel(1);
        let agent = Arc::new(Agent::new(agent.clone()));
        // One that takes longer ends by itself: this process's end is that of its input.
        let asking = thread::Builder::new().name("agent-hello".to_owned());
        let asking = asking.spawn(move || drop(answer.send(agent.subjects())));
        asking.map(|_| told).map_err(|error| error.to_string())
    });
    let answers: Vec<_> = answers.collect();
    let mut absent = Vec::new();
    for (agent, answer) in asked.into_iter().zip(answers) {
        let left = until.saturating_duration_since(Instant::now());
        let late = |_| format!("no answer within {} ms", limit.as_millis());
        let answer = answer.and_then(|told| told.recv_timeout(left).map_err(late));
        match answer.and_then(|subjects| subjects) {
            Ok(subjects) => program.subjects.extend(subjects),
            Err(why) => absent.push(Absent { agent, why }),
        }
    }
    absent
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_is_told_and_not_waited_for() {
        let silent = ["sh", "-c", "while read -r line; do :; done"];
        let mut program = Program::new(Vec::new()).agents([
            AgentCommand::built_in("silent", silent),
            AgentCommand::built_in("nowhere", ["/no/such/agent"]),
            AgentCommand::built_in("aside", silent).on_request(),
        ]);
        let begun = Instant::now();
        let absent = ask(&mut program, Duration::from_millis(20));
        // The agent's own limit, which `run` keeps to, is far longer.
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let told: Vec<_> = absent.iter().map(|one| (one.agent.to_string(), &*one.why)).collect();
        assert_eq!(told[0], ("silent".to_owned(), "no answer within 20 ms"));
        assert_eq!(told[1].0, "nowhere");
        assert_eq!(told.len(), 2, "{told:?}");
    }
}
