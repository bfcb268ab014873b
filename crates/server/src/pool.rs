//! Threads that work off jobs.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sockrates_poll::Waker;

use crate::isolate;

/// Threads that work off jobs: started when there is a job and nobody free, kept for the next one
/// (handing a job over costs a seventh of starting a thread), gone after [`IDLE_MAX`] without one.
///
/// There is never a job without a thread that will take it, so that the queue is as bounded as what
/// puts jobs in.
pub(crate) struct Pool<J> {
    shared: Arc<Shared<J>>,
    threads: HashMap<usize, JoinHandle<()>>,
    next: usize,
    name: String,
}

struct Shared<J> {
    state: Mutex<State<J>>,
    work: Condvar,
    run: Box<dyn Fn(J) + Send + Sync>,
    /// Wakes the thread that puts jobs in.
    waker: Waker,
}

struct State<J> {
    queue: VecDeque<J>,
    /// Jobs in the queue or being done.
    busy: usize,
    /// Threads that have not left.
    threads: usize,
    /// Those that have, and are to be joined.
    left: Vec<usize>,
    /// Whether to wake when a job or a thread ends.
    alert: bool,
    closing: bool,
}

impl<J: Send + 'static> Pool<J> {
    pub(crate) fn new(name: &str, waker: Waker, run: impl Fn(J) + Send + Sync + 'static) -> Self {
        let state = State {
            queue: VecDeque::new(),
            busy: 0,
            threads: 0,
            left: Vec::new(),
            alert: false,
            closing: false,
        };
        let (state, work, run) = (Mutex::new(state), Condvar::new(), Box::new(run));
        let shared = Arc::new(Shared { state, work, run, waker });
        Self { shared, threads: HashMap::new(), next: 0, name: name.to_owned() }
    }

    /// How many jobs are not done. With `alert`, the next one that ends wakes.
    pub(crate) fn busy(&self, alert: bool) -> usize {
        let mut state = self.shared.lock();
        state.alert = alert;
        state.busy
    }

    /// Has `job` done.
    ///
    /// # Errors
    /// Where no thread could be started: the job comes back if there is none at all, and waits for
    /// one that is busy if there is.
    pub(crate) fn submit(&mut self, job: J) -> Result<(), (io::Error, Option<J>)> {
        let mut state = self.shared.lock();
        state.busy += 1;
        state.queue.push_back(job);
        if state.threads >= state.busy {
            // One waits, or is on its way to look for the next job.
            drop(state);
            self.shared.work.notify_one();
            return Ok(());
        }
        state.threads += 1;
        let left = std::mem::take(&mut state.left);
        drop(state);
        self.join(left);
        self.start().map_err(|error| {
            let mut state = self.shared.lock();
            state.threads -= 1;
            let waits = state.threads > 0;
            let back = if waits { None } else { state.queue.pop_back() };
            state.busy -= usize::from(back.is_some());
            (error, back)
        })
    }

    fn start(&mut self) -> io::Result<()> {
        let (number, shared) = (self.next, self.shared.clone());
        let name = format!("{}-{number}", self.name);
        let thread = thread::Builder::new().name(name).spawn(move || shared.work_off(number))?;
        self.next += 1;
        self.threads.insert(number, thread);
        Ok(())
    }

    /// Lets the threads go, each when it has nothing left to do, and tells how many have not gone
    /// yet; each that goes wakes.
    pub(crate) fn dismiss(&mut self) -> usize {
        let mut state = self.shared.lock();
        (state.closing, state.alert) = (true, true);
        let (remaining, left) = (state.threads, std::mem::take(&mut state.left));
        drop(state);
        self.shared.work.notify_all();
        self.join(left);
        remaining
    }

    /// Joins threads that have nothing to do but end.
    fn join(&mut self, left: Vec<usize>) {
        for thread in left.iter().filter_map(|number| self.threads.remove(number)) {
            // A panic has been told by the job's own isolation.
            let _ = thread.join();
        }
    }
}

impl<J> Shared<J> {
    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work_off(&self, number: usize) {
        while let Some(job) = self.next(number) {
            let _ = isolate::catch(|| (self.run)(job));
            let mut state = self.lock();
            state.busy -= 1;
            self.tell(state);
        }
    }

    /// The next job; `None` where thread `number` is to end, which is settled by then, so that no
    /// job is left to it.
    fn next(&self, number: usize) -> Option<J> {
        let mut state = self.lock();
        let mut patient = true;
        loop {
            if let Some(job) = state.queue.pop_front() {
                return Some(job);
            }
            if state.closing || !patient {
                state.threads -= 1;
                state.left.push(number);
                self.tell(state);
                return None;
            }
            let waited = self.work.wait_timeout(state, IDLE_MAX);
            let (after, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = after;
            patient = !timeout.timed_out();
        }
    }

    /// Wakes who waits for a job or a thread to end.
    fn tell(&self, state: MutexGuard<'_, State<J>>) {
        let alert = state.alert;
        drop(state);
        if alert {
            self.waker.wake();
        }
    }
}

const IDLE_MAX: Duration = Duration::from_secs(10);
