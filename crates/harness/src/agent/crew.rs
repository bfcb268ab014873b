//! The agents of one process, each started once.

use std::sync::Arc;

use super::subject::{Agent, Recipe};
use crate::Subject;

/// The agents that a worker has started, and the subject that it judged last.
#[derive(Debug, Default)]
pub(crate) struct Crew {
    agents: Vec<(Vec<String>, Arc<Agent>)>,
    last: Option<(Recipe, Subject)>,
}

impl Crew {
    /// The subject that `recipe` makes.
    ///
    /// # Errors
    /// What is wrong with the recipe.
    pub(crate) fn subject(&mut self, recipe: &Recipe) -> Result<&Subject, String> {
        if self.last.as_ref().is_none_or(|(last, _)| last != recipe) {
            let subject = self.agent(recipe).subject(recipe.clone())?;
            self.last = Some((recipe.clone(), subject));
        }
        self.last.as_ref().map(|(_, subject)| subject).ok_or_else(String::new)
    }

    fn agent(&mut self, recipe: &Recipe) -> Arc<Agent> {
        if let Some((_, agent)) = self.agents.iter().find(|(words, _)| *words == recipe.words) {
            return Arc::clone(agent);
        }
        let agent = Arc::new(Agent::of(recipe));
        self.agents.push((recipe.words.clone(), Arc::clone(&agent)));
        agent
    }
}
