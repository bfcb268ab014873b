//! Who is ready: select, poll, epoll and the selector over them.
//!
//! On one thread: a byte is sent to one of many local sockets, waited for and read, then to the
//! next one. The others are silent.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use polling::PollMode;
use sockrates_poll::{
    Epoll, EpollEvents, EpollReady, Interest, Poll, PollEvents, Selector, select,
};

use crate::contest::{Contest, Cost, Goal, Pair, Side, Work, side};
use crate::peer::readiness::{Ends, Mio, Wait};
use crate::raw::readiness::{Polling, RawEpoll, RawPoll, RawSelect};

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    [100, 1000].into_iter().flat_map(among).collect()
}

fn among(count: usize) -> Vec<Contest> {
    let contest = |ours, peer, goal, sides: fn(&Ends) -> Pair| Contest {
        group: "readiness",
        case: format!("send a byte, wait, read it, 1 of {count}"),
        ours,
        peer,
        goal,
        work: Work::Elements(1),
        cost: Cost::Time,
        start: Box::new(move || Ok(sides(&Ends::new(count)?))),
    };
    vec![
        contest("select()", "libc select", None, |ends| Pair {
            ours: turns(ends, |ends| OurSelect(ends.clone())),
            peer: turns(ends, RawSelect::new),
        }),
        contest("Poll", "libc poll", None, |ends| Pair {
            ours: turns(ends, OurPoll::new),
            peer: turns(ends, RawPoll::new),
        }),
        contest("Epoll", "libc epoll", None, |ends| Pair {
            ours: turns(ends, OurEpoll::new),
            peer: turns(ends, RawEpoll::new),
        }),
        contest("Selector", "libc epoll", None, |ends| Pair {
            ours: turns(ends, OurSelector::new),
            peer: turns(ends, RawEpoll::new),
        }),
        contest("Selector", "mio", None, |ends| Pair {
            ours: turns(ends, OurSelector::new),
            peer: turns(ends, Mio::new),
        }),
        contest("Selector", "polling", Some(Goal::AtLeast(1.5)), |ends| Pair {
            ours: turns(ends, OurSelector::new),
            peer: turns(ends, |ends| Polling::new(ends, PollMode::Oneshot)),
        }),
        // What there is to be had.
        contest("libc epoll", "polling", None, |ends| Pair {
            ours: turns(ends, RawEpoll::new),
            peer: turns(ends, |ends| Polling::new(ends, PollMode::Oneshot)),
        }),
        contest("Selector", "polling, tuned: level-triggered", None, |ends| Pair {
            ours: turns(ends, OurSelector::new),
            peer: turns(ends, |ends| Polling::new(ends, PollMode::Level)),
        }),
        contest("Selector, edges", "mio", None, |ends| Pair {
            ours: turns(ends, OurSelector::edges),
            peer: turns(ends, Mio::new),
        }),
        contest("Selector, edges", "polling, tuned: edges", None, |ends| Pair {
            ours: turns(ends, OurSelector::edges),
            peer: turns(ends, |ends| Polling::new(ends, PollMode::Edge)),
        }),
        contest("Selector, edges", "polling", None, |ends| Pair {
            ours: turns(ends, OurSelector::edges),
            peer: turns(ends, |ends| Polling::new(ends, PollMode::Oneshot)),
        }),
    ]
}

/// Gives each end its turn.
fn turns<W: Wait + 'static>(ends: &Ends, wait: impl FnOnce(&Ends) -> W) -> Side {
    let (ends, mut wait, mut next) = (ends.clone(), wait(ends), 0);
    side(move || {
        ends.turn(next, &mut wait);
        next = (next + 1) % ends.near().len();
    })
}

struct OurSelect(Ends);

impl Wait for OurSelect {
    fn wait(&mut self) -> usize {
        let read: Vec<BorrowedFd<'_>> = self.0.near().iter().map(AsFd::as_fd).collect();
        select(&read, &[], &[], None).expect("select").read[0]
    }
}

struct OurPoll {
    poll: Poll,
    ready: Vec<(i32, PollEvents)>,
    /// The number of each descriptor.
    numbers: Vec<usize>,
}

impl OurPoll {
    fn new(ends: &Ends) -> Self {
        let (mut poll, mut numbers) = (Poll::new(), Vec::new());
        for (number, end) in ends.near().iter().enumerate() {
            poll.register(end, PollEvents::IN).expect("register");
            let fd = end.as_raw_fd().unsigned_abs() as usize;
            numbers.resize(numbers.len().max(fd + 1), 0);
            numbers[fd] = number;
        }
        Self { poll, ready: Vec::new(), numbers }
    }
}

impl Wait for OurPoll {
    fn wait(&mut self) -> usize {
        self.poll.poll_into(&mut self.ready, None).expect("poll");
        self.numbers[self.ready[0].0.unsigned_abs() as usize]
    }
}

struct OurEpoll {
    epoll: Epoll,
    ready: EpollReady,
}

impl OurEpoll {
    fn new(ends: &Ends) -> Self {
        let epoll = Epoll::new().expect("an epoll");
        for (end, number) in ends.near().iter().zip(0..) {
            epoll.register(end, EpollEvents::IN, number).expect("register");
        }
        Self { epoll, ready: EpollReady::new(1024) }
    }
}

impl Wait for OurEpoll {
    fn wait(&mut self) -> usize {
        self.epoll.poll(&mut self.ready, None).expect("poll");
        self.ready.iter().next().expect("one that is ready").0 as usize
    }
}

struct OurSelector(Selector<usize>);

impl OurSelector {
    fn new(ends: &Ends) -> Self {
        Self::interested(ends, Interest::READ)
    }

    /// One that is told of each byte once, as mio's.
    fn edges(ends: &Ends) -> Self {
        Self::interested(ends, Interest::READ.edge())
    }

    fn interested(ends: &Ends, interest: Interest) -> Self {
        let mut selector = Selector::new().expect("a selector");
        for (number, end) in ends.near().iter().enumerate() {
            let entered = selector.register(end, interest, number);
            entered.expect("register");
        }
        Self(selector)
    }
}

impl Wait for OurSelector {
    fn wait(&mut self) -> usize {
        self.0.select(None).expect("select");
        *self.0.next_ready().expect("one that is ready").0.data
    }
}
