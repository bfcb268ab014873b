//! How an agent is started.

use std::fmt;

use crate::Deviation;

/// The program of an agent and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCommand {
    words: Vec<String>,
    called: String,
    optional: bool,
    /// Whether nobody meets it who does not ask for it.
    aside: bool,
    records: Vec<Record>,
}

/// What an agent of this name is known to do otherwise on a kind of its sockets.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    agent: String,
    subject: &'static str,
    known: &'static [Deviation],
}

impl AgentCommand {
    /// A command line: words between blanks, in which `'…'` and `"…"` keep blanks and `\` the next
    /// character. No shell reads it, and nothing else has a meaning.
    ///
    /// # Errors
    /// What is wrong with it: a quote that does not end, or no word.
    ///
    /// ```
    /// use sockrates_harness::AgentCommand;
    /// let agent = AgentCommand::parse("python3 'my agent.py'")?;
    /// assert_eq!(agent.words(), ["python3", "my agent.py"]);
    /// assert!(AgentCommand::parse("python3 'agent.py").is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn parse(line: &str) -> Result<Self, String> {
        let words = split(line)?;
        if words.is_empty() {
            return Err("an agent needs a command: the program that speaks the protocol".to_owned());
        }
        Ok(Self::of_words(words, line.to_owned()))
    }

    /// An agent that a program brings: left out, and said to be, where its program is not there.
    /// `called` stands for its words in messages.
    #[must_use]
    pub fn built_in(called: &str, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { optional: true, ..Self::of_words(words, called.to_owned()) }
    }

    /// The same, left out of runs that do not name its subjects.
    #[must_use]
    pub fn on_request(self) -> Self {
        Self { aside: true, ..self }
    }

    /// The same, with the known departures of a kind of socket, by the name that the agent's
    /// `hello` gives it ("tcp-v4").
    #[must_use]
    pub fn departing(mut self, subject: &'static str, known: &'static [Deviation]) -> Self {
        self.records.push(Record { agent: self.called.clone(), subject, known });
        self
    }

    /// The program and its arguments.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether it is no error that its program is not there.
    pub(crate) fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether it is left out unless its subjects are named.
    pub(crate) fn is_aside(&self) -> bool {
        self.aside
    }

    /// The same, knowing what is known of `others`: an agent that calls itself as one of them is
    /// that one, started in another way.
    #[must_use]
    pub(crate) fn knowing(mut self, others: &[Self]) -> Self {
        self.records.extend(others.iter().flat_map(|other| other.records.clone()));
        self
    }

    /// The known departures of a kind of socket of the agent that calls itself so.
    pub(super) fn deviations(&self, agent: &str, subject: &str) -> Vec<Deviation> {
        let fits = |record: &&Record| record.agent == agent && record.subject == subject;
        self.records.iter().filter(fits).flat_map(|record| record.known).copied().collect()
    }

    /// All known departures of the agent that it is meant to be, by the names of its subjects: what
    /// can be told without starting it.
    pub(crate) fn known(&self) -> impl Iterator<Item = (String, &Deviation)> {
        self.records.iter().flat_map(|record| {
            let name = format!("{}-{}", record.agent, record.subject);
            record.known.iter().map(move |known| (name.clone(), known))
        })
    }

    /// Whether a subject of this name may be one of its own.
    pub(crate) fn may_have(&self, subject: &str) -> bool {
        subject.strip_prefix(&self.called).is_some_and(|rest| rest.starts_with('-'))
    }

    pub(super) fn of_words(words: Vec<String>, called: String) -> Self {
        Self { words, called, optional: false, aside: false, records: Vec::new() }
    }
}

impl fmt::Display for AgentCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.called)
    }
}

fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            quote @ ('\'' | '"') => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next() {
                        Some(end) if end == quote => break,
                        Some('\\') if quote == '"' => word.extend(letters.next()),
                        Some(letter) => word.push(letter),
                        None => return Err(format!("the {quote} in `{line}` does not end")),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            blank if blank.is_whitespace() => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn splits(line: &str, words: &[&str]) {
        assert_eq!(split(line).unwrap(), words, "{line}");
    }

    #[test]
    fn words_stand_between_blanks_and_quotes_keep_them() {
        splits("  a  b\tc ", &["a", "b", "c"]);
        splits("a 'b c' \"d e\"", &["a", "b c", "d e"]);
        splits("a''b \"\"", &["ab", ""]);
        splits(r#"a\ b 'c\' "d\"e""#, &["a b", r"c\", "d\"e"]);
        splits("a $HOME | b", &["a", "$HOME", "|", "b"]);
    }

    #[test]
    fn what_starts_nothing_is_refused() {
        assert!(AgentCommand::parse("  ").unwrap_err().contains("needs a command"));
        assert!(AgentCommand::parse("a 'b").unwrap_err().contains("does not end"));
    }
}
