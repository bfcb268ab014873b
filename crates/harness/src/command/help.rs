//! The help.

/// Everything there is, for a program that is called `name`.
pub(crate) fn text(name: &str) -> String {
    format!(
        "\
usage: {name} [run] [OPTIONS]
       {name} list [PATTERN...]
       {name} explain ID-OR-NAME
       {name} smoke --agent COMMAND
       {name} summary [REPORT]
       {name} diff REPORT REPORT
       {name} judge TRANSCRIPT
       {name} merge REPORT... [--out DIR]
{HELP}"
    )
}

const HELP: &str = "
commands:
  run              judge the subjects; it need not be said
  list             the clauses of the patterns, or all; with --json for machines;
                   with --subjects or --mutants these instead (tcp-*)
  smoke            with --agent: a first acquaintance with an agent, for who writes one
  explain          what a clause demands, where that is written, who departs from it;
                   of a subject or a mutant, what is known of it
  summary          tell what a stored report says; without REPORT the last one
  diff             what is worse, better or else in the second report; fails if any is worse
  judge            judge a report or a trace that was stored again, without running anything
  merge            join the reports of all parts of a run that --shard has split

options:
  --subject NAME   judge this subject only (again for more; * stands for any characters)
  --agent COMMAND  judge the subjects of this program too, which speaks docs/agent-protocol.md
                   (again for more)
  --only PATTERN   run these clauses only (again for more). stream.eof is a group,
                   stream.eof.sticky one clause, *.deadline a group of streams and datagrams
  --skip PATTERN   leave these clauses out (again for more)
  --profile NAME   core: what is demanded; strict: what is recommended too; all (the default)
  --axis NAME      judge under this adversity (again for more; all for every one)
  --axes           with list: the axes, and what each leaves out
  --mutants        judge the mutants instead: each must fail exactly its clauses
  --interop        judge every client with every server that speaks its protocol; --subject takes
                   of one name its row and column, of several the cells among them
  --coverage       with list: from specifications to clauses, checks and mutants, and the holes in
                   that (exit 1 where one must not be)
  --bind ADDR      where this program's own sockets listen, instead of at the loopback address: for
                   an --agent on another host (ssh HOST ... agent ADDR-OF-HOST)
  --seed N         the seed that all random choices come from; without it a new one
  --repeat N       N rounds; a clause that differs from round to round is a flake
  --round N        the first of the rounds, from 0
  --baseline FILE  what is known to fail fails nothing; what is worse does
  --update-baseline
                   write what fails now to the baseline
  --shard K/N      run the K-th of N parts, each on a machine of its own, with one --seed for all;
                   merge joins the reports
  --jobs N         workers at a time; without it three for every two cores
  --limit SECS     how long a case may take before it is killed (10; mutants at first 1.5)
  --broken N       workers that a subject may break before the rest of it is not run (100)
  --out DIR        where the reports go (target/conformance; what is run in part goes to partial or
                   shard-K-of-N in there, what merge joins to merged, what --interop runs to
                   interop, so that the report of the whole stays)
  --help           this text
  --version        the version

reports: index.html, a page of everything; report.jsonl (each case as it ends; the last line proves
it whole), report.md, report.tap, junit.xml, badge.json, badge.svg; with --mutants: mutants.jsonl

exit codes:
   0  everything is permitted, or departs exactly as recorded, or is in the baseline
   1  regressions, flakes, or a mutant that is not caught by exactly its clauses; diff: it is worse
   2  usage
   3  no worker could be started
   4  nothing ran
   5  only stale: a recorded deviation, or a failure of the baseline, is no longer seen
   6  incomplete: cases were left out, or a report could not be written
  70  the judge itself is at fault
 130  interrupted
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_help_fits_a_terminal_and_names_every_option() {
        let text = super::text("conformance");
        assert!(text.lines().all(|line| line.chars().count() <= 99), "{text}");
        for option in crate::command::options::NAMES {
            assert!(text.contains(&format!("--{option}")), "{option}");
        }
    }
}
