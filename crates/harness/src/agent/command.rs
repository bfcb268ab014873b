//! How an agent is started.

use std::fmt;

use crate::Deviation;

/// The program of an agent and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCommand {
    words: Vec<String>,
    called: String,
    optional: bool,
    deviations: Vec<(&'static str, &'static [Deviation])>,
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
        Ok(Self { words, called: line.to_owned(), optional: false, deviations: Vec::new() })
    }

    /// An agent that a program brings: left out, and said to be, where its program is not there.
    /// `called` stands for its words in messages.
    #[must_use]
    pub fn built_in(called: &str, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { words, called: called.to_owned(), optional: true, deviations: Vec::new() }
    }

    /// The same, with the known departures of a kind of socket, by the name that the agent's
    /// `hello` gives it ("tcp-v4").
    #[must_use]
    pub fn departing(mut self, subject: &'static str, known: &'static [Deviation]) -> Self {
        self.deviations.push((subject, known));
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

    /// The known departures of a kind of socket.
    pub(super) fn deviations(&self, subject: &str) -> Vec<Deviation> {
        let fitting = self.deviations.iter().filter(|(name, _)| *name == subject);
        fitting.flat_map(|(_, known)| known.iter().copied()).collect()
    }

    pub(super) fn of_words(words: Vec<String>, called: String) -> Self {
        Self { words, called, optional: false, deviations: Vec::new() }
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
