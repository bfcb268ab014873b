//! The checks of the clauses datagram.deadline.*

mod arrivals;
mod expiry;
mod mode;

use crate::checks::checks;

use arrivals::{arrival_wakes, idle, interrupted_recv, interrupted_timeout, loses_nothing};
use expiry::{past_ready, past_recv, past_send, recv_fires, timeout_fires, usable};
use mode::{cleared, minimum, mode_kept, nonblock_send};

checks!("datagram.deadline" {
    past_recv,
    past_ready,
    past_send,
    recv_fires,
    timeout_fires,
    minimum,
    mode_kept,
    cleared,
    nonblock_send,
    usable,
    arrival_wakes,
    loses_nothing,
    idle,
    interrupted_recv,
    interrupted_timeout,
});
