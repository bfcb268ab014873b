//! What a run got to: how often each operation came to what, and how many programs reached what
//! takes several steps to reach.

use std::collections::BTreeMap;
use std::fmt::Write;

use sockrates_core::Errno;

use super::operation::{Operation, Opt, Step};
use super::outcome::{Outcome, Value};

mod scenes;

use scenes::Scenes;
pub(crate) use scenes::{SCENES, Scene};

/// What the programs of a run got to, as our side tells it.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    programs: u32,
    /// By the name of the operation, then by what it came to.
    outcomes: BTreeMap<String, BTreeMap<String, u64>>,
    reached: BTreeMap<Scene, u32>,
}

impl Coverage {
    /// Counts a program, and what its steps came to.
    pub(crate) fn add(&mut self, steps: &[Step], outcomes: &[Outcome]) {
        self.programs += 1;
        let mut scenes = Scenes::default();
        for (step, outcome) in steps.iter().zip(outcomes) {
            let of_it = self.outcomes.entry(name(&step.operation)).or_default();
            *of_it.entry(class(&step.operation, outcome)).or_default() += 1;
            scenes.follow(&step.operation, outcome);
        }
        for scene in scenes.reached {
            *self.reached.entry(scene).or_default() += 1;
        }
    }

    /// In how many of a hundred programs `scene` was reached.
    pub(crate) fn share(&self, scene: Scene) -> f64 {
        let reached = self.reached.get(&scene).copied().unwrap_or(0);
        f64::from(reached) * 100.0 / f64::from(self.programs.max(1))
    }

    /// All of it, for people.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("reached, in how many of a hundred programs:\n");
        // Writing to a string cannot fail.
        for (scene, what) in SCENES {
            let _ = writeln!(text, "  {:>5.1}  {what}", self.share(scene));
        }
        text.push_str("what each operation came to, and how often:\n");
        for (name, outcomes) in &self.outcomes {
            let mut counts: Vec<_> = outcomes.iter().collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let mut line = format!("  {name:<20}");
            for (number, (class, count)) in counts.iter().enumerate() {
                let comma = if number + 1 < counts.len() { "," } else { "" };
                let next = format!(" {class} {count}{comma}");
                if line.len() + next.len() > LINE_MAX {
                    let _ = writeln!(text, "{line}");
                    line = " ".repeat(22);
                }
                line.push_str(&next);
            }
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

/// The operation's name, as in the file, with what makes it another: `recv peek`.
fn name(operation: &Operation) -> String {
    let fields = serde_json::to_value(operation).unwrap_or_default();
    let words = ["op", "kind", "family", "flag"].map(|field| fields[field].as_str());
    let words: Vec<_> = words.into_iter().flatten().filter(|word| *word != "plain").collect();
    words.join(" ")
}

/// What it came to, in a word.
fn class(operation: &Operation, outcome: &Outcome) -> String {
    let numbered = |code: i32| Errno::from_code(code).name().map(str::to_owned);
    let receives = match operation {
        Operation::Recv { len, .. } | Operation::RecvFrom { len, .. } => *len > 0,
        _ => false,
    };
    match (&outcome.value, operation) {
        _ if outcome.is_timeout() => "timeout".to_owned(),
        _ if outcome.class == "gaierror" => outcome.class.clone(),
        _ if !outcome.is_ok() => outcome.errno.and_then(numbered).unwrap_or(outcome.class.clone()),
        // A stream's end is no message: nobody is told to have sent it.
        (Value::Bytes(hex) | Value::Message(hex, None), _) if hex.is_empty() && receives => {
            "nothing".to_owned()
        }
        (
            Value::Number(code @ 1..),
            Operation::ConnectEx { .. } | Operation::GetOption { option: Opt::Error, .. },
        ) => i32::try_from(*code).ok().and_then(numbered).unwrap_or(code.to_string()),
        _ => "ok".to_owned(),
    }
}

const LINE_MAX: usize = 98;
