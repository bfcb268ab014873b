//! What is told at the end: a table, a page, and the same for machines.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::machine::Machine;
use super::plot;
use super::rounds::Outcome;
use super::row::{self, Better, HEADS, Row, Verdict};
use crate::contest::{Cost, Goal, Work};
use crate::group;
use crate::instructions::{Count, EXTRA_MAX};

/// All that a run found out.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where.
    pub machine: Machine,
    /// How long each contest took, and what was chosen.
    pub settings: String,
    /// The contests, in order.
    pub rows: Vec<Row>,
    /// Instructions, or why none were counted.
    pub counts: Result<Vec<Count>, String>,
}

impl Report {
    /// The rows of a group.
    fn of_group(&self, group: &str) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.group == group).collect()
    }

    /// How many rows had this verdict.
    #[must_use]
    pub fn with(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|row| row.verdict() == Some(verdict)).count()
    }

    /// How many contests broke.
    #[must_use]
    pub fn failed(&self) -> usize {
        let failed = |row: &&Row| matches!(row.outcome, Outcome::Failed(_));
        self.rows.iter().filter(failed).count()
    }

    /// How many calls take more instructions than the goal has it.
    #[must_use]
    pub fn over(&self) -> usize {
        let counts = self.counts.as_deref().unwrap_or_default();
        counts.iter().filter(|count| count.meets_goal() == Some(false)).count()
    }

    /// Everything in a sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let skipped = |row: &&Row| matches!(row.outcome, Outcome::Skipped(_));
        let [met, near, short, missed] =
            [Verdict::Met, Verdict::MetWithinNoise, Verdict::MissedWithinNoise, Verdict::Missed]
                .map(|verdict| self.with(verdict));
        format!(
            "{} contest{}, {} with a goal: {met} met, {near} met within the noise, {short} missed \
             within the noise, {missed} missed; {} skipped, {} failed",
            self.rows.len(),
            if self.rows.len() == 1 { "" } else { "s" },
            self.rows.iter().filter(|row| row.goal.is_some()).count(),
            self.rows.iter().filter(skipped).count(),
            self.failed()
        )
    }

    /// The table for a terminal.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::new();
        for group in group::NAMES {
            let rows: Vec<_> = self.of_group(group).into_iter().map(Row::cells).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{group}");
            let lines: Vec<Vec<&str>> = std::iter::once(HEADS.to_vec())
                .chain(rows.iter().map(|cells| cells.iter().map(String::as_str).collect()))
                .collect();
            columns(&lines, &mut text);
        }
        text.push('\n');
        match &self.counts {
            Ok(counts) if counts.is_empty() => {}
            Ok(counts) => {
                text.push_str("user instructions (callgrind)\n");
                let cells: Vec<_> = counts.iter().map(Count::cells).collect();
                let lines: Vec<Vec<&str>> = std::iter::once(Count::HEADS.to_vec())
                    .chain(cells.iter().map(|cells| cells.iter().map(String::as_str).collect()))
                    .collect();
                columns(&lines, &mut text);
                text.push('\n');
            }
            Err(reason) => {
                let _ = writeln!(text, "user instructions: SKIPPED: {reason}\n");
            }
        }
        text
    }

    /// The page.
    #[must_use]
    pub fn markdown(&self) -> String {
        let machine = self.machine.to_string().replace('\n', "  \n");
        let mut text = format!("# Ours beside its peers\n\n**{}.**\n\n", self.summary());
        let _ = write!(text, "{machine}  \n{}\n\n", self.settings);
        if let Some(busy) = self.machine.busy() {
            let _ = write!(text, "**{busy}**\n\n");
        }
        let _ = writeln!(text, "{LEGEND}");
        for group in group::NAMES {
            let rows = self.of_group(group);
            if rows.is_empty() {
                continue;
            }
            let _ = write!(text, "\n## {group}\n\n");
            if rows.iter().any(|row| row.ratio().is_some()) {
                let _ = write!(text, "![ratios of {group} beside their goals]({group}.svg)\n\n");
            }
            markdown_line(&HEADS, &mut text);
            markdown_line(&["---"; HEADS.len()], &mut text);
            for row in rows {
                markdown_line(&row.cells().each_ref().map(String::as_str), &mut text);
            }
        }
        match &self.counts {
            Ok(counts) if counts.is_empty() => {}
            Ok(counts) => {
                let _ = write!(text, "\n## User instructions\n\nBy callgrind; the goal of a call ");
                let _ = write!(text, "is libc's and {EXTRA_MAX} more.\n\n");
                markdown_line(&Count::HEADS, &mut text);
                markdown_line(&["---"; Count::HEADS.len()], &mut text);
                for count in counts {
                    markdown_line(&count.cells().each_ref().map(String::as_str), &mut text);
                }
            }
            Err(reason) => {
                let _ = write!(text, "\n## User instructions\n\nSKIPPED: {reason}\n");
            }
        }
        text
    }

    /// Everything for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let rows: Vec<_> = self.rows.iter().map(row_json).collect();
        let counts = match &self.counts {
            Ok(counts) => json!(counts),
            Err(reason) => json!({ "skipped": reason }),
        };
        json!({
            "version": 1,
            "machine": self.machine,
            "settings": self.settings,
            "rows": rows,
            "instructions": counts,
        })
    }

    /// Writes the page, the file for machines and the plots into `folder`, and returns the names.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut files = vec![
            ("report.md".to_owned(), self.markdown()),
            ("report.json".to_owned(), format!("{:#}\n", self.json())),
        ];
        for group in group::NAMES {
            if let Some(svg) = plot::svg(group, &self.of_group(group), &self.machine) {
                files.push((format!("{group}.svg"), svg));
            }
        }
        fs::create_dir_all(folder)?;
        for (name, text) in &files {
            fs::write(folder.join(name), text)?;
        }
        Ok(files.into_iter().map(|(name, _)| name).collect())
    }
}

const LEGEND: &str = "\
- **ratio**: ours in units of the peer's, the median of all rounds; in a round both take turns in
  one process. The true median lies *within* the interval with a confidence of 95 %.
- **better**: *higher* ratios, which are of speed, or *lower* ones, which are of cost: processor
  time or memory.
- **verdict**: *within the noise* where the goal lies inside of the interval.
- **rounds**: how many were kept, of how many. Where both sides are one thread, rounds in which
  others ran in its place are left out, though at least seven are kept.
- **figures**: the time of one iteration, and what it moves in a second. Where the case says CPU,
  the processor time of the serving side; memory without what the kernel holds. They belong to this
  machine and its hour.";

fn columns(lines: &[Vec<&str>], text: &mut String) {
    let widths: Vec<_> = (0..lines[0].len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    for line in lines {
        let mut padded = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(padded, "  {cell:<width$}");
        }
        let _ = writeln!(text, "{}", padded.trim_end());
    }
}

fn markdown_line(cells: &[&str], text: &mut String) {
    for cell in cells {
        let _ = write!(text, "| {} ", cell.replace('|', "\\|").replace('\n', " "));
    }
    text.push_str("|\n");
}

fn row_json(row: &Row) -> Value {
    let goal = match row.goal {
        None => Value::Null,
        Some(Goal::AtLeast(least)) => json!({ "at_least": least }),
        Some(Goal::AtMost(most)) => json!({ "at_most": most }),
    };
    let direction = match row.better() {
        Better::Higher => "speed",
        Better::Lower => "cost",
    };
    let work = match row.work {
        Work::Bytes(bytes) => json!({ "bytes": bytes }),
        Work::Elements(elements) => json!({ "elements": elements }),
    };
    let mut value = json!({
        "group": row.group,
        "case": row.case,
        "ours": row.ours,
        "peer": row.peer,
        "measures": match row.cost {
            Cost::Time => "time",
            Cost::Cpu => "cpu",
            Cost::Memory => "memory",
        },
        "work": work,
        "goal": goal,
        "verdict": row.verdict().map(Verdict::word),
    });
    match (&row.outcome, row.ratio()) {
        (Outcome::Ran(rounds), Some(ratio)) => {
            let [ours, peer] = match row.cost {
                Cost::Time | Cost::Cpu => ["ours_ns", "peer_ns"],
                Cost::Memory => ["ours_bytes", "peer_bytes"],
            };
            (value[ours], value[peer]) = (json!(rounds.ours_ns), json!(rounds.peer_ns));
            value["ratio"] = json!({
                "of": direction,
                "median": ratio.median,
                "quartiles": ratio.quartiles,
                "confidence_95": ratio.confidence,
                "rounds": rounds.ratios.len(),
                "left_out": rounds.left_out,
            });
        }
        (Outcome::Ran(_), None) => {}
        (Outcome::Skipped(reason), _) => value["skipped"] = json!(reason),
        (Outcome::Failed(reason), _) => value["failed"] = json!(reason),
    }
    value
}

/// One line as a contest is done.
#[must_use]
pub(super) fn line(row: &Row) -> String {
    let name = format!("{}: {}, {} / {}", row.group, row.case, row.ours, row.peer);
    let Some(ratio) = row.ratio() else { return format!("{name}: {}", row.word()) };
    let [low, high] = ratio.confidence;
    let verdict = match row.goal {
        None => format!(", {} is better", row.better().word()),
        Some(goal) => format!(", goal {}: {}", row::goal(goal), row.word()),
    };
    format!("{name}: {:.3} ({low:.3}..{high:.3}){verdict}", ratio.median)
}

#[cfg(test)]
mod tests;
