//! The line that runs something again: pasted into a shell, it meets the same subjects.

use crate::report::{Finding, Header, Listed, Report};

impl Report {
    /// The line that runs a case again.
    pub(crate) fn again(&self, finding: &Finding) -> String {
        let Header { program, seed, mutants, .. } = &self.header;
        let mutants = if *mutants { " --mutants" } else { "" };
        let round = match finding.round {
            0 => String::new(),
            round => format!(" --round {round}"),
        };
        let axis = finding.axis.map(|axis| format!(" --axis {axis}")).unwrap_or_default();
        let (subject, clause) = (&finding.subject, &finding.clause);
        let is_it = |it: &&Listed| it.name == *subject;
        let guests = self.header.guests(self.header.subjects.iter().filter(is_it));
        let of_two = self.header.subjects.iter().any(|it| is_it(&it) && it.between.is_some());
        let interop = if of_two { " --interop" } else { "" };
        // The `>` of a client and a server would mean something to a shell.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
        let subject = match subject.chars().all(plain) {
            true => subject.clone(),
            false => quoted(subject),
        };
        format!(
            "{program} run{mutants}{interop}{guests} --subject {subject} --only {clause}{axis} \
             --seed {seed}{round}"
        )
    }

    /// The line that runs a clause again, on everybody.
    pub(crate) fn again_on_all(&self, clause: &str) -> String {
        let Header { program, seed, subjects, .. } = &self.header;
        let guests = self.header.guests(subjects);
        let interop = subjects.iter().any(|subject| subject.between.is_some());
        let interop = if interop { " --interop" } else { "" };
        format!("{program} run{interop}{guests} --only {clause} --seed {seed}")
    }
}

impl Header {
    /// What the command line says of where these subjects are, with a blank before each word.
    fn guests<'a>(&'a self, subjects: impl IntoIterator<Item = &'a Listed>) -> String {
        let mut agents: Vec<&str> = Vec::new();
        for agent in subjects.into_iter().flat_map(|subject| &subject.agents) {
            if !agents.contains(&agent.as_str()) {
                agents.push(agent);
            }
        }
        let bind = self.bind.iter().map(|bind| format!(" --bind {bind}"));
        bind.chain(agents.into_iter().map(|agent| format!(" --agent {}", quoted(agent)))).collect()
    }
}

/// A word that a shell takes as it is.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_for_a_shell() {
        assert_eq!(quoted("a->b"), "'a->b'");
        assert_eq!(quoted("python3 'my agent.py'"), r"'python3 '\''my agent.py'\'''");
    }
}
