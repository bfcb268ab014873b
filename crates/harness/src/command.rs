//! The command line of a judge: everything that a program made of subjects can do.

use std::process::ExitCode;

use crate::{Mutant, Order, Subject, Verdict, case_seed, catalogue, is_about, judge, run_case};

/// A program that judges: its subjects, and the mutants that prove its checks.
///
/// ```no_run
/// use sockrates_harness::{Caps, Program, Subject, mem};
///
/// fn main() -> std::process::ExitCode {
///     Program::new(vec![Subject::pair("mine", Caps::HALF_CLOSE, mem::stream_pair)]).main()
/// }
/// ```
#[derive(Debug)]
pub struct Program {
    subjects: Vec<Subject>,
    mutants: Vec<Mutant>,
}

impl Program {
    /// A program that judges `subjects`.
    #[must_use]
    pub fn new(subjects: Vec<Subject>) -> Self {
        Self { subjects, mutants: Vec::new() }
    }

    /// The same, with the mutants that `--mutants` runs.
    #[must_use]
    pub fn mutants(self, mutants: impl IntoIterator<Item = Mutant>) -> Self {
        Self { mutants: mutants.into_iter().collect(), ..self }
    }

    /// Does what this process's arguments ask for.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let args: Vec<String> = std::env::args().skip(1).collect();
        let word = |name: &str| {
            let at = args.iter().position(|arg| arg == name)?;
            args.get(at + 1).cloned()
        };
        let (subject, only) = (word("--subject"), word("--only"));
        let made: Vec<Subject> = self.mutants.iter().map(|mutant| (mutant.make)()).collect();
        let mutants = args.iter().any(|arg| arg == "--mutants");
        let subjects = if mutants { &made } else { &self.subjects };
        let mut failed = 0;
        for judged in subjects.iter().filter(|s| subject.as_ref().is_none_or(|n| n == s.name())) {
            let clauses = catalogue::all()
                .filter(|clause| is_about(clause, judged))
                .filter(|clause| only.as_ref().is_none_or(|only| clause.id.starts_with(only)));
            for clause in clauses {
                let seed = case_seed(1, clause.id, 0);
                let order = Order { subject: judged, clause, seed, isolated: false };
                let raw = run_case(&order, Box::new(|_| ()));
                let verdict = judge(clause, judged.deviations(), std::env::consts::OS, &raw);
                if verdict == Verdict::Regression {
                    failed += 1;
                    println!("{} {}: {raw:#?}", judged.name(), clause.id);
                }
            }
        }
        println!("thin line: {failed} regressions");
        ExitCode::from(u8::from(failed > 0))
    }
}
