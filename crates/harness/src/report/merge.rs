//! The reports of a run's parts, joined.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::Exit;
use crate::report::{Header, Report, Shard};

impl Report {
    /// The report of the whole run, of the reports of its parts; their names are for the error,
    /// which says why they are not one run's.
    pub(crate) fn merge(parts: Vec<(String, Self)>) -> Result<Self, String> {
        let Some((_, first)) = parts.first() else {
            return Err("there is no report to merge".to_owned());
        };
        check_alike(&parts)?;
        check_shards(&parts)?;
        let mut header = Header { shard: None, ..first.header.clone() };
        header.planned = parts.iter().map(|(_, part)| part.header.planned).sum();
        header.kernel = joined(parts.iter().map(|(_, part)| &*part.header.kernel));
        let begun = parts.iter().map(|(_, part)| &part.header.begun);
        header.begun = begun.min().cloned().unwrap_or_default();
        let millis = parts.iter().map(|(_, part)| part.took().as_millis()).max().unwrap_or(0);
        let exits: Vec<Exit> = parts.iter().map(|(_, part)| Exit::of_stored(part)).collect();
        let findings = parts.into_iter().flat_map(|(_, part)| part.findings).collect();
        let mut report = Self::new(header, findings, None);
        let took = std::time::Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        // That its baseline was stale is not in a part's cases.
        let exit = match Exit::of_whole(&report) {
            Exit::Ok if exits.contains(&Exit::Stale) => Exit::Stale,
            exit => exit,
        };
        report.end(true, took, exit as u8);
        Ok(report)
    }
}

/// What all parts of one run have in common.
fn traits(header: &Header) -> [(&'static str, String); 8] {
    let subjects: Vec<&str> = header.subjects.iter().map(|it| &*it.name).collect();
    [
        ("schema", header.schema.to_string()),
        ("version", header.harness.clone()),
        ("catalogue", header.catalogue.edition.clone()),
        ("system", format!("{} {}", header.os, header.arch)),
        ("seed", header.seed.clone()),
        ("list of subjects", subjects.join(", ")),
        ("plan", header.plan.clone()),
        ("kind", if header.mutants { "mutants" } else { "subjects" }.to_owned()),
    ]
}

fn check_alike(parts: &[(String, Report)]) -> Result<(), String> {
    let (first, one) = &parts[0];
    for (name, other) in &parts[1..] {
        for ((what, mine), (_, theirs)) in traits(&one.header).iter().zip(traits(&other.header)) {
            if *mine != theirs {
                return Err(format!(
                    "{name} is of another run than {first}: its {what} is {theirs}, not {mine}"
                ));
            }
        }
    }
    Ok(())
}

fn check_shards(parts: &[(String, Report)]) -> Result<(), String> {
    let mut seen: BTreeMap<Shard, &str> = BTreeMap::new();
    for (name, part) in parts {
        if part.findings.len() != part.header.planned || part.footer.is_none() {
            return Err(format!(
                "{name} is incomplete: it has {} of {} cases{}; run this part again",
                part.findings.len(),
                part.header.planned,
                if part.footer.is_none() { " and no footer" } else { "" }
            ));
        }
        // A run that was not split is the only part of itself.
        let shard = part.header.shard.unwrap_or(Shard { number: 1, of: 1 });
        if let Some(other) = seen.insert(shard, name) {
            return Err(format!("{other} and {name} are both part {shard}"));
        }
    }
    let of: BTreeSet<u32> = seen.keys().map(|shard| shard.of).collect();
    let [of] = of.iter().copied().collect::<Vec<_>>()[..] else {
        let parts: Vec<_> = seen.keys().map(ToString::to_string).collect();
        return Err(format!("the parts are of different splits: {}", parts.join(", ")));
    };
    let missing = (1..=of).filter(|number| !seen.contains_key(&Shard { number: *number, of }));
    let missing: Vec<_> = missing.map(|number| format!("{number}/{of}")).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("the set is incomplete: {} is missing", missing.join(", ")))
}

/// The different ones of `names`, in order.
fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
