//! A worker, seen from inside.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Instant;

use super::message::{Answer, OrderLine, Roster};
use super::unix;
use crate::agent::Crew;
use crate::interop::{Seat, Seats};
use crate::runner::edition;
use crate::{Event, Mutant, Order, Raw, Subject, TransportSubject, catalogue, run_case};

/// Runs the cases that stdin brings until it ends.
pub(crate) fn serve(subjects: &[Subject], mutants: &[Mutant]) -> ExitCode {
    match serve_stdio(subjects, mutants) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve_stdio(subjects: &[Subject], mutants: &[Mutant]) -> io::Result<()> {
    let (orders, answers) = unix::take_stdio()?;
    let answers = Answers(Arc::new(Mutex::new(answers)));
    answers.send(&Answer::Ready(edition()));
    let busy = Arc::new(AtomicBool::new(false));
    let (hand_over, orders_in) = mpsc::channel();
    let listening = Arc::clone(&busy);
    std::thread::Builder::new()
        .name("orders".to_owned())
        .spawn(move || listen(orders, &listening, &hand_over))?;
    let crew = Crew::default();
    let mut cast = Cast { subjects, mutants, mutant: None, cell: None, crew };
    for order in orders_in {
        answers.send(&Answer::Begin(order.case));
        let begun = Instant::now();
        let raw = cast.perform(&order, &answers);
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        busy.store(false, Ordering::SeqCst);
        answers.send(&Answer::End { case: order.case, raw, micros });
    }
    Ok(())
}

/// Takes orders until stdin ends. If that is in the middle of a case, the parent is gone, and what
/// it started goes with it.
fn listen(orders: File, busy: &AtomicBool, hand_over: &mpsc::Sender<OrderLine>) {
    for line in BufReader::new(orders).lines() {
        let Ok(line) = line else { break };
        match serde_json::from_str(&line) {
            Ok(order) => {
                busy.store(true, Ordering::SeqCst);
                if hand_over.send(order).is_err() {
                    return;
                }
            }
            Err(error) => eprintln!("worker: not an order: {error}: {line}"),
        }
    }
    if busy.load(Ordering::SeqCst) {
        unix::end_own_group();
    }
}

#[derive(Clone)]
struct Answers(Arc<Mutex<File>>);

impl Answers {
    /// One write a line, so that nothing of it is left behind when the process ends.
    fn send(&self, answer: &Answer) {
        let Ok(mut line) = serde_json::to_vec(answer) else { return };
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody is left to tell when the parent is gone; the end of stdin ends this process.
        let _ = file.write_all(&line);
    }
}

/// The subjects, and the mutant that was played last.
struct Cast<'a> {
    subjects: &'a [Subject],
    mutants: &'a [Mutant],
    mutant: Option<(&'static str, Subject)>,
    cell: Option<(Seats, Subject)>,
    crew: Crew,
}

impl Cast<'_> {
    fn perform(&mut self, order: &OrderLine, answers: &Answers) -> Raw {
        let unknown = |what: &str, name: &str| Raw::HarnessError {
            why: format!("a worker was asked for {what} `{name}`, which it does not have"),
        };
        let Some(clause) = catalogue::find(&order.clause) else {
            return unknown("the clause", &order.clause);
        };
        let Some(subject) = self.subject(order) else {
            return unknown("the subject", &order.subject);
        };
        let answers = answers.clone();
        let announce = Box::new(move |event: &Event| answers.send(&Answer::Step(event.clone())));
        let OrderLine { axis, seed, .. } = *order;
        run_case(&Order { subject, clause, axis, seed, isolated: true }, announce)
    }

    fn subject(&mut self, order: &OrderLine) -> Option<&Subject> {
        if let Some(seats) = &order.seats {
            return self.cell(seats);
        }
        if let Some(recipe) = &order.recipe {
            return self.crew.subject(recipe).ok();
        }
        if order.roster == Roster::Subjects {
            return self.subjects.iter().find(|subject| subject.name() == order.subject);
        }
        if self.mutant.as_ref().is_none_or(|(name, _)| *name != order.subject) {
            let mutant = self.mutants.iter().find(|mutant| mutant.name == order.subject)?;
            self.mutant = Some((mutant.name, (mutant.make)()));
        }
        self.mutant.as_ref().map(|(_, subject)| subject)
    }

    fn cell(&mut self, seats: &Seats) -> Option<&Subject> {
        if self.cell.as_ref().is_none_or(|(last, _)| last != seats) {
            let (client, server) = (self.seated(&seats.client)?, self.seated(&seats.server)?);
            self.cell = Some((seats.clone(), seats.meet(client, server)));
        }
        self.cell.as_ref().map(|(_, subject)| subject)
    }

    fn seated(&mut self, seat: &Seat) -> Option<Arc<dyn TransportSubject>> {
        let subject = match &seat.recipe {
            Some(recipe) => self.crew.subject(recipe).ok(),
            None => self.subjects.iter().find(|subject| subject.name() == seat.subject),
        };
        match subject? {
            Subject::Transport(subject) => Some(Arc::clone(subject)),
            _ => None,
        }
    }
}
