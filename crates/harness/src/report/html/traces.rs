//! The trace of each case, small enough to be in the page: each different line once.
//!
//! Of what did not go well the clauses have a trace too, which is read without scripts.

use std::collections::HashMap;
use std::fmt::{self, Write};

use serde_json::json;

use super::escape::visible;
use super::{Page, article};
use crate::Verdict;
use crate::report::group::weight;

/// How many lines of a trace of what went well are shown at its begin and at its end.
const FIRST: usize = 8;
const LAST: usize = 4;

impl Page<'_> {
    /// Writes `{"lines":[LINE…],"cases":{"CLAUSE@SUBJECT":[PLACE…]}}`, where a negative place
    /// stands for so many lines that are left out.
    pub(super) fn write_traces(&self, out: &mut String) -> fmt::Result {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut lines = Vec::new();
        let mut cases = serde_json::Map::new();
        // Under several axes that of the worst is shown, as in the matrix.
        let mut groups: Vec<_> = self.groups.iter().filter(|it| it.worst().ran()).collect();
        groups.sort_by_key(|group| weight(group.worst()));
        for group in groups {
            let trace = group.worst().trace();
            let mut case = Vec::new();
            let (first, last) = match group.worst().verdict {
                Verdict::Ok => (FIRST, LAST),
                _ => (article::FIRST, article::LAST),
            };
            for (at, line) in trace.iter().enumerate() {
                let left_out = trace.len().saturating_sub(first + last);
                if left_out > 1 && (first..first + left_out).contains(&at) {
                    if at == first {
                        case.push(json!(-i64::try_from(left_out).unwrap_or(i64::MAX)));
                    }
                    continue;
                }
                // The numbers would make every line different.
                let line = line.strip_prefix("op ").and_then(|line| line.split_once(": "));
                let line = visible(line.map_or(&*trace[at], |(_, deed)| deed));
                case.push(json!(*places.entry(line).or_insert_with_key(|line| {
                    lines.push(line.clone());
                    lines.len() - 1
                })));
            }
            if !case.is_empty() {
                let name = format!("{}@{}", group.clause(), group.subject());
                cases.entry(name).or_insert_with(|| case.into());
            }
        }
        // Nothing in it ends the element that it stands in.
        let json = json!({ "lines": lines, "cases": cases }).to_string().replace('<', "\\u003c");
        writeln!(out, "<script id=traces type=application/json>{json}</script>")
    }
}
