//! Many slices as one.

use std::io::{IoSlice, Write};

use sockrates_core::Mode;

use super::{KIB, contest, start};
use crate::Layer;
use crate::contest::{Contest, Side, side};
use crate::ends;

pub(super) fn contests() -> Vec<Contest> {
    let each = [(64, 1024), (1500, 40)];
    let contest = |(slices, bytes): (usize, usize)| {
        let case = format!("{slices} slices of {bytes} B, one thread, blocking");
        let (ours, peer) = ("TcpStream::send_all_vectored", "std write_vectored in a loop");
        let ours_side = move || {
            through(ends::our_tcp(Mode::Blocking), (slices, bytes), |socket, slices| {
                socket.send_all_vectored(slices).expect("send");
            })
        };
        let peer_side = move || {
            through(ends::tcp(), (slices, bytes), |socket, slices| {
                // It moves on in slices that it may write to.
                let mut rest = slices.to_vec();
                let mut rest = &mut rest[..];
                while !rest.is_empty() {
                    let sent = (&mut &*socket).write_vectored(rest).expect("send");
                    IoSlice::advance_slices(&mut rest, sent);
                }
            })
        };
        contest(case, ours, peer, None, slices * bytes, start(ours_side, peer_side))
    };
    each.map(contest).into()
}

fn through<L: Layer>(
    ends: [L; 2],
    (slices, bytes): (usize, usize),
    send: impl Fn(&L, &[IoSlice<'_>]) + 'static,
) -> Side {
    assert!(slices * bytes <= 64 * KIB, "more than the kernel's buffers hold");
    let [near, far] = ends;
    let (part, mut room) = (vec![7; bytes], vec![0; slices * bytes]);
    side(move || {
        let parts = vec![IoSlice::new(&part); slices];
        send(&near, &parts);
        far.recv_exact(&mut room);
    })
}
