//! Readiness: select, poll and epoll, each as itself, and a [`Selector`] over them.
//!
//! | | |
//! |---|---|
//! | [`Selector`] | which of many are ready, with data of the caller's type for each |
//! | [`Waker`] | makes a wait return, from another thread or a signal handler |
//! | [`select()`] | asks once about up to three lists of descriptors |
//! | [`Poll`] | a set of descriptors, each with the events asked for |
//! | `Epoll` | the set is the kernel's: level or edge triggered, one-shot, shared (Linux) |
//!
//! Nothing here keeps a socket: whatever has a descriptor (`AsFd`) can be waited for, and stays its
//! owner's. Take a descriptor out before closing it; each type says what happens otherwise.
//!
//! A timeout is an `Option<Duration>`: `None` waits as long as it takes, zero only looks. It is one
//! deadline for the whole call, so that signals don't prolong it, and is rounded up to what the
//! system counts in, never down to nothing.
//!
//! Errors are [`std::io::Error`]. The system's keep their number (`raw_os_error`); what is refused
//! before the system is asked has none, and its text says what to do.
//!
//! Source: Python `select` and `selectors`; POSIX.1-2024 `select`, `poll`; Linux `epoll(7)`.

mod backend;
mod engine;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod epoll;
mod events;
mod fd_set;
mod interest;
mod key;
mod poll;
mod positions;
mod select;
mod selector;
mod sys;
mod timeout;
mod waker;

pub use backend::Backend;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use epoll::{Epoll, EpollReady};
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use events::EpollEvents;
pub use events::PollEvents;
pub use fd_set::FD_SETSIZE;
pub use interest::{Interest, Ready};
pub use key::{Key, Keys};
pub use poll::Poll;
pub use select::{Selected, select};
pub use selector::Selector;
pub use waker::Waker;
