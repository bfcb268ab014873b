//! Who runs the cases: a few workers side by side, replaced when they break.

use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::axis::excluded;
use crate::process::{Finish, Interrupt, OrderLine, Worker};
use crate::runner::{Entry, Job, Plan};
use crate::{Raw, Record, Verdict, judge};

/// What the run may spend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many workers there are at a time.
    pub(crate) jobs: usize,
    /// How long a case may take.
    pub(crate) case: Duration,
    /// How many workers a subject may break before the rest of its cases is not run.
    pub(crate) broken: u32,
    /// A shorter time in which cases are tried in haste first, also those that measure time, beside
    /// many others. What passes there passes in peace; what is doubtful is run again alone.
    pub(crate) haste: Option<Duration>,
}

/// How the run ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Every case has its entry.
    Whole,
    /// Somebody wanted it to end.
    Interrupted,
    /// No worker could be started.
    NoWorker(io::Error),
}

/// A subject that has hung so often gets less time for the rest: it is failing anyway.
const PATIENT_HANGS: u32 = 3;
const IMPATIENCE: u32 = 5;

/// Runs every case of `plan` and hands each entry to `book` as it comes: cases beside each other,
/// then those that measure time, alone.
pub(crate) fn run(
    plan: &Plan<'_>,
    limits: Limits,
    interrupt: &Interrupt,
    mut book: impl FnMut(Entry),
) -> Outcome {
    let mut together = VecDeque::new();
    let mut alone = VecDeque::new();
    for job in &plan.jobs {
        let subject = plan.judged(job).subject;
        let missing = job.clause.needs.without(subject.caps());
        if !missing.is_empty() {
            let needs = missing.names().map(str::to_owned).collect();
            book(entry(plan, *job, Raw::Skipped { needs }.into()));
        } else if let Some(why) = job.axis.and_then(|axis| excluded(axis, job.clause, subject)) {
            book(entry(plan, *job, Raw::Excluded { why: why.to_owned() }.into()));
        } else if job.clause.timing && limits.haste.is_none() {
            alone.push_back(*job);
        } else {
            together.push_back(*job);
        }
    }
    let health = vec![Health::default(); plan.judged.len()];
    let floor = Floor {
        plan,
        limits,
        interrupt,
        queue: Mutex::default(),
        health: Mutex::new(health),
        start_error: Mutex::default(),
    };
    let hurry = Pace { limit: limits.haste.unwrap_or(limits.case), patient: false };
    floor.work(together, limits.jobs, hurry, &mut |entry| {
        if limits.haste.is_some() && is_doubtful(plan, &entry) {
            alone.push_back(entry.job);
        } else {
            book(entry);
        }
    });
    floor.work(alone, 1, Pace { limit: limits.case, patient: true }, &mut book);
    match floor.start_error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        _ if interrupt.raised() => Outcome::Interrupted,
        Some(error) => Outcome::NoWorker(error),
        None => Outcome::Whole,
    }
}

/// Whether haste alone may have led to this: a mutant fails where it should not, or does not where
/// it should, or time was measured.
fn is_doubtful(plan: &Plan<'_>, entry: &Entry) -> bool {
    let Job { clause, axis, .. } = entry.job;
    let failed = entry.verdict == Verdict::Regression;
    // What hangs and is meant to would only hang longer.
    let late = failed && clause.timing && !matches!(entry.raw, Raw::Hung { .. });
    match plan.judged(&entry.job).mutant {
        // A mutant whose clauses are not known yet is told quickly what it fails.
        Some(mutant) if mutant.is_known() => {
            failed != mutant.must_fail(axis).contains(&clause.id) || late
        }
        _ => late,
    }
}

fn entry(plan: &Plan<'_>, job: Job, done: Done) -> Entry {
    let Done { raw, took, record, complaints } = done;
    let judged = plan.judged(&job);
    let known = judged.known(&raw);
    let own = job.deviations(&known);
    let deviations = own.as_deref().unwrap_or(&known);
    let verdict = match judge(job.clause, deviations, std::env::consts::OS, &raw) {
        // What departs plainly may well keep to it under adversity.
        Verdict::Stale if job.axis.is_some() && own.is_none() => Verdict::Ok,
        verdict => verdict,
    };
    Entry { job, raw, record, verdict, took, complaints }
}

/// What came of a case, before it is judged.
struct Done {
    raw: Raw,
    took: Duration,
    record: Record,
    complaints: Vec<String>,
}

impl From<Raw> for Done {
    fn from(raw: Raw) -> Self {
        Self { raw, took: Duration::ZERO, record: Record::default(), complaints: Vec::new() }
    }
}

/// How long a case may take.
#[derive(Clone, Copy, Debug)]
struct Pace {
    limit: Duration,
    /// Whether that holds for a subject that hangs a lot, too.
    patient: bool,
}

/// How a subject has treated its workers.
#[derive(Clone, Copy, Debug, Default)]
struct Health {
    broken: u32,
    hung: u32,
}

struct Floor<'a> {
    plan: &'a Plan<'a>,
    limits: Limits,
    interrupt: &'a Interrupt,
    queue: Mutex<VecDeque<Job>>,
    health: Mutex<Vec<Health>>,
    start_error: Mutex<Option<io::Error>>,
}

impl Floor<'_> {
    /// Runs `jobs` on so many workers until each has its entry.
    fn work(&self, jobs: VecDeque<Job>, workers: usize, pace: Pace, book: &mut impl FnMut(Entry)) {
        let workers = workers.min(jobs.len());
        *lock(&self.queue) = jobs;
        thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            for _ in 0..workers {
                let tell = tell.clone();
                let place = Place { floor: self, pace, worker: None, last: None, tell };
                scope.spawn(move || place.work());
            }
            drop(tell);
            told.into_iter().for_each(book);
        });
    }

    /// Why the rest is not run, where it is not.
    fn stopped(&self, job: &Job) -> Option<String> {
        if self.interrupt.raised() {
            return Some("interrupted".to_owned());
        }
        if let Some(error) = lock(&self.start_error).as_ref() {
            return Some(error.to_string());
        }
        let Health { broken, .. } = lock(&self.health)[job.judged];
        (broken >= self.limits.broken)
            .then(|| format!("the subject is dead: it has broken {broken} workers"))
    }

    fn limit(&self, job: &Job, pace: Pace) -> Duration {
        let Health { hung, .. } = lock(&self.health)[job.judged];
        let patient = pace.patient || hung < PATIENT_HANGS;
        if patient { pace.limit } else { pace.limit / IMPATIENCE }
    }

    /// In haste many a case only seems to hang, and is run again in peace.
    fn note_broken(&self, job: &Job, hung: bool, pace: Pace) {
        let seems_to = hung && self.limits.haste.is_some() && !pace.patient;
        let health = &mut lock(&self.health)[job.judged];
        health.broken += u32::from(!seems_to);
        health.hung += u32::from(hung);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A worker's place: at most one worker at a time.
struct Place<'a> {
    floor: &'a Floor<'a>,
    pace: Pace,
    worker: Option<Worker>,
    /// The entry of the last case, held back until its worker has survived it.
    last: Option<Entry>,
    tell: mpsc::Sender<Entry>,
}

impl Place<'_> {
    fn work(mut self) {
        loop {
            let Some(job) = lock(&self.floor.queue).pop_front() else { break };
            let mut done = match self.floor.stopped(&job) {
                Some(why) => Raw::NotRun { why }.into(),
                None => self.perform(&job).unwrap_or_else(|error| self.give_up(error).into()),
            };
            done.complaints = self.worker.as_mut().map(Worker::complaints).unwrap_or_default();
            self.hand_in();
            self.last = Some(entry(self.floor.plan, job, done));
            let broken = matches!(
                self.last.as_ref().map(|entry| &entry.raw),
                Some(Raw::Hung { .. } | Raw::Crashed { .. } | Raw::HarnessError { .. })
            );
            if broken {
                self.worker = None;
                self.hand_in();
            }
        }
        if let Some(worker) = self.worker.take() {
            match worker.finish() {
                Ok(None) => {}
                Ok(Some(how)) => self.blame_last(how),
                Err(error) => self.blame_last(error.to_string()),
            }
        }
        self.hand_in();
    }

    /// Runs one case, on a fresh worker where there is none or it has gone since the last case.
    fn perform(&mut self, job: &Job) -> io::Result<Done> {
        let floor = self.floor;
        let judged = floor.plan.judged(job);
        let order = OrderLine {
            case: job.case,
            roster: judged.roster,
            subject: judged.name.to_owned(),
            clause: job.clause.id.to_owned(),
            axis: job.axis,
            seed: job.seed,
            recipe: judged.subject.ends().and_then(|ends| ends.recipe()).cloned(),
            seats: judged.cell.map(|cell| cell.seats.clone()),
        };
        let limit = floor.limit(job, self.pace);
        for _ in 0..2 {
            let worker = match &mut self.worker {
                Some(worker) => worker,
                none => none.insert(Worker::start(floor.interrupt)?),
            };
            match worker.run(&order, limit, floor.interrupt)? {
                Finish::Ended { raw, took, record } => {
                    return Ok(Done { took, record, ..raw.into() });
                }
                Finish::Broken { raw, record } => {
                    let hung = matches!(raw, Raw::Hung { .. });
                    floor.note_broken(job, hung, self.pace);
                    let took = if hung { limit } else { Duration::ZERO };
                    return Ok(Done { took, record, ..raw.into() });
                }
                Finish::Unbegun { how } => {
                    self.worker = None;
                    self.blame_last(how);
                }
                Finish::Interrupted => {
                    self.worker = None;
                    return Ok(Raw::NotRun { why: "interrupted".to_owned() }.into());
                }
            }
        }
        Err(io::Error::other("a worker ended before it began its first case"))
    }

    /// No worker can be started, or the pipes to it do not work: nothing more is run.
    fn give_up(&mut self, error: io::Error) -> Raw {
        self.worker = None;
        let why = error.to_string();
        lock(&self.floor.start_error).get_or_insert(error);
        Raw::NotRun { why }
    }

    /// The worker ended after the last case and before the next: that was the last one's doing.
    fn blame_last(&mut self, how: String) {
        let Some(last) = self.last.take() else { return };
        self.floor.note_broken(&last.job, false, self.pace);
        let at = "after the case had ended".to_owned();
        let raw = Raw::Crashed { how, at };
        let Entry { job, took, record, complaints, .. } = last;
        let done = Done { raw, took, record, complaints };
        self.last = Some(entry(self.floor.plan, job, done));
    }

    fn hand_in(&mut self) {
        if let Some(entry) = self.last.take() {
            // The receiver lives as long as the scope of the places.
            let _ = self.tell.send(entry);
        }
    }
}
