//! Messages a second over sockets, one way and there and back.
//!
//! Frames are a length of four bytes and a body, the same on both sides, over blocking sockets (but
//! tokio's, which has its own). One way is two threads, one at each end: the sender feeds and
//! flushes at the end of a round, the receiver holds each frame to its length. There and back sends
//! one message at a time. TCP is without Nagle's delay.

use std::io::{Read, Write};

use sockrates_core::{Mode, Transport};

use crate::contest::{Contest, Cost, Goal, Pair, Side, Start, Work};
use crate::ends;

mod by_std;
mod by_tokio;
mod other_end;
mod ours;

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    let goals = [(16, 4.0, 1.6), (64, 2.0, 1.8), (1024, 1.7, 4.0), (BODY_BYTES_MAX, 1.08, 1.3)];
    for (len, tokio, std) in goals {
        let tcp = About { link: Link::Tcp, len, spin: 0 };
        contests.push(tcp.one_way(Peer::TokioTuned, Some(tokio)));
        contests.push(tcp.one_way(Peer::TokioBest, None));
        contests.push(tcp.one_way(Peer::TokioDefault, None));
        contests.push(tcp.one_way(Peer::Std, Some(std)));
        contests.push(tcp.one_way(Peer::StdBest, None));
    }
    // Whoever receives faster than the other sends waits for each packet.
    let spinning = About { link: Link::Tcp, len: 1024, spin: SPIN_TRIES };
    contests.push(spinning.one_way(Peer::TokioTuned, None));
    contests.push(spinning.one_way(Peer::TokioBest, None));
    for len in [64, BODY_BYTES_MAX] {
        let unix = About { link: Link::Unix, len, spin: 0 };
        contests.push(unix.one_way(Peer::TokioTuned, None));
        contests.push(unix.one_way(Peer::Std, None));
    }
    for link in [Link::Tcp, Link::Unix] {
        let about = About { link, len: 64, spin: 0 };
        contests.push(about.there_and_back(Peer::TokioTuned));
        contests.push(about.there_and_back(Peer::Std));
    }
    contests
}

/// What carries the frames.
#[derive(Clone, Copy)]
enum Link {
    Tcp,
    Unix,
}

/// Who stands beside.
#[derive(Clone, Copy)]
enum Peer {
    /// tokio-util's `Framed` with 64 KiB to receive and to collect.
    TokioTuned,
    /// The same with as much to collect as ours: a little less than a packet carries.
    TokioBest,
    /// The same as it comes.
    TokioDefault,
    /// `BufReader` and `BufWriter` as they come.
    Std,
    /// The same with as much to receive and to collect as ours.
    StdBest,
}

impl Peer {
    /// How it is set up; `None` is as it comes.
    fn room(self) -> Option<Room> {
        match self {
            Self::TokioTuned => Some(Room { receive: 64 * 1024, collect: 64 * 1024 }),
            Self::TokioBest | Self::StdBest => {
                Some(Room { receive: 64 * 1024, collect: 63 * 1024 })
            }
            Self::TokioDefault | Self::Std => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::TokioTuned => "tokio-util Framed, 64 KiB both ways, current_thread",
            Self::TokioBest => "tokio-util Framed, 64 KiB in and 63 KiB out, current_thread",
            Self::TokioDefault => "tokio-util Framed, 8 KiB as it comes, current_thread",
            Self::Std => "std BufReader and BufWriter, 8 KiB as they come",
            Self::StdBest => "std BufReader and BufWriter, 64 KiB in and 63 KiB out",
        }
    }
}

/// What somebody receives into and collects before it is sent, in bytes.
#[derive(Clone, Copy)]
struct Room {
    receive: usize,
    collect: usize,
}

/// What a contest is about.
#[derive(Clone, Copy)]
struct About {
    link: Link,
    len: usize,
    /// How often ours tries again before it waits.
    spin: u32,
}

impl About {
    /// How many messages an iteration sends one way.
    fn count(self) -> u64 {
        (VOLUME_BYTES / self.len) as u64
    }

    fn one_way(self, peer: Peer, goal: Option<f64>) -> Contest {
        let start: Start = Box::new(move || {
            let ours = match self.link {
                Link::Tcp => {
                    let ends = ends::our_tcp(Mode::Blocking);
                    ends.iter().for_each(|end| end.set_spin(self.spin));
                    ours::one_way(ends, self)
                }
                Link::Unix => ours::one_way(ends::our_unix(Mode::Blocking), self),
            };
            Ok(Pair { ours, peer: self.peer(peer, Way::One) })
        });
        let ours = match (ours::is_large(self.len), self.spin) {
            (true, _) => "feed, next_into",
            (false, 0) => "feed, next",
            (false, _) => "feed, next, spin of 50 tries",
        };
        let work = Work::Elements(self.count());
        self.contest("one way", ours, peer, goal, work, start)
    }

    fn there_and_back(self, peer: Peer) -> Contest {
        let start: Start = Box::new(move || {
            let ours = match self.link {
                Link::Tcp => ours::there_and_back(ends::our_tcp(Mode::Blocking), self),
                Link::Unix => ours::there_and_back(ends::our_unix(Mode::Blocking), self),
            };
            Ok(Pair { ours, peer: self.peer(peer, Way::Both) })
        });
        self.contest("there and back", "send, next", peer, None, Work::Elements(1), start)
    }

    fn peer(self, peer: Peer, way: Way) -> Side {
        match (self.link, peer) {
            (Link::Tcp, Peer::Std | Peer::StdBest) => over_std(ends::tcp(), peer, way, self),
            (Link::Unix, Peer::Std | Peer::StdBest) => over_std(ends::unix(), peer, way, self),
            (Link::Tcp, tokio) => {
                let ends = ends::tcp();
                ends.iter().for_each(|end| end.set_nonblocking(true).expect("a mode"));
                let adopt = |end| tokio::net::TcpStream::from_std(end).expect("a runtime");
                over_tokio(ends, adopt, tokio, way, self)
            }
            (Link::Unix, tokio) => {
                let ends = ends::unix();
                ends.iter().for_each(|end| end.set_nonblocking(true).expect("a mode"));
                let adopt = |end| tokio::net::UnixStream::from_std(end).expect("a runtime");
                over_tokio(ends, adopt, tokio, way, self)
            }
        }
    }

    fn contest(
        self,
        what: &str,
        ours: &'static str,
        peer: Peer,
        goal: Option<f64>,
        work: Work,
        start: Start,
    ) -> Contest {
        let link = match self.link {
            Link::Tcp => "tcp",
            Link::Unix => "unix",
        };
        let len = self.len;
        let size = if len < 1024 { format!("{len} B") } else { format!("{} KiB", len / 1024) };
        Contest {
            group: "framed",
            case: format!("{what} {link}, {size}"),
            ours,
            peer: peer.name(),
            goal: goal.map(Goal::AtLeast),
            work,
            cost: Cost::Time,
            start,
        }
    }
}

#[derive(Clone, Copy)]
enum Way {
    One,
    Both,
}

fn over_std<S>(ends: [S; 2], peer: Peer, way: Way, about: About) -> Side
where
    S: Read + Write + Send + Sync + 'static,
    for<'a> &'a S: Read + Write,
{
    match way {
        Way::One => by_std::one_way(ends, peer.room(), about),
        Way::Both => by_std::there_and_back(ends, peer.room(), about),
    }
}

fn over_tokio<S, A>(ends: [S; 2], adopt: fn(S) -> A, peer: Peer, way: Way, about: About) -> Side
where
    S: Send + 'static,
    A: by_tokio::Link,
{
    match way {
        Way::One => by_tokio::one_way(ends, adopt, peer.room(), about),
        Way::Both => by_tokio::there_and_back(ends, adopt, peer.room(), about),
    }
}

/// A connection of ours that an end on another thread can have.
trait Ours: Transport + Send + 'static {}

impl<T: Transport + Send + 'static> Ours for T {}

/// What the name of ours says.
const SPIN_TRIES: u32 = 50;
/// The longest body.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// How many bytes of bodies one iteration sends one way: enough that the other thread's waking up
/// does not show.
const VOLUME_BYTES: usize = 4 * 1024 * 1024;
