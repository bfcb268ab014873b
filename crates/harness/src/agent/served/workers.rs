//! The threads on which operations wait: one for each that is open, kept for the next.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use sockrates_core::Deadline;

use super::order::{Command, Order};
use super::outcome::{Failed, Outcome};
use super::perform;
use super::post::Post;
use super::table::Table;
use crate::agent::process::lock;
use crate::thread_state;

/// How many operations may wait at a time. A case has a handful.
const MOST: usize = 1024;

/// What is to be done by the moment that its command's time is over.
pub(super) struct Job {
    id: u64,
    pub(super) until: Deadline,
    pub(super) command: Command,
}

/// The threads, the sockets that they work on, and whom they tell.
#[derive(Clone, Debug)]
pub(super) struct Workers {
    table: Arc<Table>,
    post: Arc<Post>,
    crew: Arc<Mutex<Crew>>,
}

#[derive(Debug, Default)]
struct Crew {
    idle: Vec<Sender<Job>>,
    all: usize,
}

impl From<Order> for Job {
    fn from(Order { id, until, command }: Order) -> Self {
        Self { id, until, command }
    }
}

impl Workers {
    pub(super) fn new(table: Arc<Table>, post: Post) -> Self {
        Self { table, post: Arc::new(post), crew: Arc::default() }
    }

    /// Does an order at once.
    pub(super) fn do_now(&self, order: Order) {
        let id = order.id;
        self.post.answer(id, perform(&self.table, order.into()));
    }

    /// Says that nothing came of the command `id`.
    pub(super) fn refuse(&self, id: u64, why: Failed) {
        self.post.answer(id, Err(why));
    }

    /// Has a thread do an order: one that is idle, or a new one.
    pub(super) fn hand_over(&self, order: Order) {
        let id = order.id;
        let idle = lock(&self.crew).idle.pop();
        let worker = match idle.map_or_else(|| self.fresh(), Ok) {
            Ok(worker) => worker,
            Err(why) => return self.refuse(id, Failed::Text(why)),
        };
        if worker.send(order.into()).is_err() {
            self.refuse(id, Failed::Text("the thread for it has gone".to_owned()));
        }
    }

    fn fresh(&self) -> Result<Sender<Job>, String> {
        {
            let mut crew = lock(&self.crew);
            if crew.all == MOST {
                return Err(format!("{MOST} operations wait already"));
            }
            crew.all += 1;
        }
        let (worker, jobs) = mpsc::channel();
        let (workers, own) = (self.clone(), worker.clone());
        let labour = move || workers.labour(&own, &jobs);
        let begun = thread::Builder::new().name("agent-operation".to_owned()).spawn(labour);
        begun.map(|_| worker).map_err(|error| format!("no thread for it: {error}"))
    }

    fn labour(&self, own: &Sender<Job>, jobs: &Receiver<Job>) {
        let thread = thread_state::current().and_then(|id| id.parse().ok());
        while let Ok(job) = jobs.recv() {
            let id = job.id;
            self.post.started(id, thread);
            let outcome: Outcome = perform(&self.table, job);
            // Idle before the answer is out, so that whoever hears it finds this thread.
            lock(&self.crew).idle.push(own.clone());
            self.post.answer(id, outcome);
        }
    }
}
