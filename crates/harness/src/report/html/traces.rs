//! The traces of what went well, small enough to be in the page: each different line once.
//!
//! What did not go well has its trace in its clause, where it is read without scripts too.

use std::collections::HashMap;
use std::fmt::{self, Write};

use serde_json::json;

use super::Page;
use super::escape::visible;
use crate::Verdict;

/// How many lines of a trace are shown at its begin and at its end.
const FIRST: usize = 8;
const LAST: usize = 4;

impl Page<'_> {
    /// Writes `{"lines":[LINE…],"cases":{"CLAUSE@SUBJECT":[PLACE…]}}`, where a negative place
    /// stands for so many lines that are left out.
    pub(super) fn write_traces(&self, out: &mut String) -> fmt::Result {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut lines = Vec::new();
        let mut cases = serde_json::Map::new();
        for group in self.groups.iter().filter(|group| group.worst().verdict == Verdict::Ok) {
            let trace = group.worst().trace();
            let mut case = Vec::new();
            for (at, line) in trace.iter().enumerate() {
                let left_out = trace.len().saturating_sub(FIRST + LAST);
                if left_out > 1 && (FIRST..FIRST + left_out).contains(&at) {
                    if at == FIRST {
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
                // Under several axes the first is shown.
                let name = format!("{}@{}", group.clause(), group.subject());
                cases.entry(name).or_insert_with(|| case.into());
            }
        }
        // Nothing in it ends the element that it stands in.
        let json = json!({ "lines": lines, "cases": cases }).to_string().replace('<', "\\u003c");
        writeln!(out, "<script id=traces type=application/json>{json}</script>")
    }
}
