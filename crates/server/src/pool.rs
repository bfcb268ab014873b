//! Threads that work off jobs.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sockrates_poll::Waker;

use crate::isolate;

/// Threads that work off jobs: started when there is a job and nobody free, kept for the next one
/// (handing a job over costs a sixth of starting a thread), gone after [`IDLE_MAX`] without one.
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
    idle_max: Duration,
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
        Self::patient(name, waker, IDLE_MAX, run)
    }

    /// One whose threads wait `idle_max` for the next job.
    fn patient(
        name: &str,
        waker: Waker,
        idle_max: Duration,
        run: impl Fn(J) + Send + Sync + 'static,
    ) -> Self {
        let state = State {
            queue: VecDeque::new(),
            busy: 0,
            threads: 0,
            left: Vec::new(),
            alert: false,
            closing: false,
        };
        let (state, work, run) = (Mutex::new(state), Condvar::new(), Box::new(run));
        let shared = Arc::new(Shared { state, work, run, waker, idle_max });
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
            let waited = self.work.wait_timeout(state, self.idle_max);
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn pool(idle_max: Duration) -> (Pool<u32>, mpsc::Receiver<u32>) {
        let (sender, done) = mpsc::channel();
        let sender = Mutex::new(sender);
        let run = move |job| {
            sender.lock().unwrap().send(job).unwrap();
            assert_ne!(job % 7, 0, "some jobs fail");
        };
        (Pool::patient("pool", Waker::new().unwrap(), idle_max, run), done)
    }

    #[test]
    fn no_job_is_left_to_a_thread_that_goes() {
        // They go at once, so that every job meets one that is about to.
        for idle_max in [Duration::ZERO, Duration::from_micros(20)] {
            let (mut pool, done) = pool(idle_max);
            for job in 0..2000 {
                assert!(pool.submit(job).is_ok());
                assert_eq!(done.recv_timeout(LONG), Ok(job));
            }
        }
    }

    #[test]
    fn threads_that_are_not_needed_go() {
        let (mut pool, done) = pool(Duration::from_millis(1));
        (0..8).for_each(|job| assert!(pool.submit(job).is_ok()));
        assert_eq!(done.iter().take(8).count(), 8);
        let until = Instant::now() + LONG;
        while pool.shared.lock().threads > 0 {
            assert!(Instant::now() < until, "threads stay");
            thread::yield_now();
        }
        assert!(pool.submit(9).is_ok());
        assert_eq!(done.recv_timeout(LONG), Ok(9));
        assert_eq!(pool.threads.len(), 1, "those that went were joined");
    }

    #[test]
    fn there_are_no_more_threads_than_jobs() {
        let (mut pool, done) = pool(LONG);
        for job in 0..500 {
            assert!(pool.submit(job).is_ok());
            assert_eq!(done.recv_timeout(LONG), Ok(job));
            while pool.busy(false) > 0 {
                thread::yield_now();
            }
        }
        assert_eq!(pool.next, 1);
        while pool.dismiss() > 0 {
            thread::yield_now();
        }
        assert!(pool.threads.is_empty());
    }
}
