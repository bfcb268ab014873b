//! `run --interop`: judges every client with every server.

use super::exit::Exit;
use super::judgement::{check_clauses, conclude, conduct, fresh_seed};
use super::nearest::unknown;
use super::options::Options;
use super::{Done, Program, say};
use crate::interop::{self, Cell};
use crate::runner::{Judged, Plan, Selection, word_fits};

/// Judges clients with servers.
pub(crate) fn run(program: &Program, options: &Options) -> Result<Exit, Done> {
    let wanted = &options.selection;
    check_clauses(wanted)?;
    let (cells, left_out) = interop::cells(&program.subjects, &wanted.subjects);
    left_out.line().iter().for_each(|line| say(&format!("{line}\n")));
    check_cells(&cells, &wanted.subjects)?;
    let seed = options.seed.unwrap_or_else(fresh_seed);
    let clauses = Selection { subjects: Vec::new(), ..wanted.clone() };
    let mut plan =
        Plan::new(cells.iter().map(Judged::cell), &clauses, seed, options.rounds.clone());
    plan.keep(interop::is_across);
    let plan = plan.part(options.shard);
    let ended = conduct(program, options, &plan, "report.jsonl")?;
    conclude(options, ended)
}

/// Each name means somebody who has somebody to talk to.
fn check_cells(cells: &[Cell], wanted: &[String]) -> Result<(), Done> {
    for name in wanted {
        let means = |cell: &Cell| {
            let names = [cell.subject.name(), &cell.between.client, &cell.between.server];
            names.iter().any(|known| word_fits(name, known))
        };
        if !cells.iter().any(means) {
            let names = cells.iter().map(|cell| cell.between.client.as_str());
            let remedy = "with --interop a subject needs another one that speaks its protocol";
            return Err(Done::Usage(unknown("client or server", name, names, remedy)));
        }
    }
    Ok(())
}
