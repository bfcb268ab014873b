//! There and back between two threads: what must wait, and what tries again before it does.
//!
//! How much spinning gains is the system's time to wake a thread up; how much it costs shows only
//! where both ends do not have a processor each. Run it on an idle machine.

use std::thread;

use sockrates_core::Mode;
use sockrates_tcp::TcpStream;

use super::{MESSAGE_BYTES, ROUND_TRIP, start};
use crate::contest::{Contest, Cost, Goal, Side, side};
use crate::ends::{self, TIMEOUT};
use crate::place::Place;
use crate::{Layer, RawSocket};

pub(super) fn contests() -> Vec<Contest> {
    let libc = || ping_pong(ends::tcp().map(RawSocket::from));
    let contest = |how: &str, ours, goal, mode, tries| Contest {
        group: "call",
        case: format!("TCP ping-pong of 64 B, two threads, a processor each, {how}"),
        ours,
        peer: "libc, blocking",
        goal,
        work: ROUND_TRIP,
        cost: Cost::Time,
        start: start(move || ping_pong(spinning(mode, tries)), libc),
    };
    let spins = Some(Goal::AtLeast(2.5));
    let (plain, spin) = ("TcpStream", "TcpStream, set_spin");
    vec![
        contest("blocking", plain, None, Mode::Blocking, 0),
        contest("timeout", plain, None, TIMEOUT, 0),
        contest("20 tries, blocking", spin, None, Mode::Blocking, 20),
        contest("50 tries, blocking", spin, spins, Mode::Blocking, 50),
        contest("50 tries, timeout", spin, spins, TIMEOUT, 50),
    ]
}

fn spinning(mode: Mode, tries: u32) -> [TcpStream; 2] {
    let pair = ends::our_tcp(mode);
    for end in &pair {
        end.set_spin(tries);
    }
    pair
}

/// The other end answers on a thread of its own, which ends with the connection.
fn ping_pong<L: Layer>(ends: [L; 2]) -> Side {
    let [near, far] = ends;
    Place::Here.take();
    thread::spawn(move || {
        Place::There.take();
        let mut room = [0; MESSAGE_BYTES];
        loop {
            match far.recv(&mut room) {
                0 => return,
                len => far.send_all(&room[..len]),
            }
        }
    });
    let message = [7; MESSAGE_BYTES];
    side(move || {
        assert_eq!(near.send(&message), MESSAGE_BYTES);
        let mut room = [0; MESSAGE_BYTES];
        near.recv_exact(&mut room);
        assert_eq!(room, message);
    })
}
