//! The checks of the clauses datagram.shutdown.*

mod closing;
mod halves;

use crate::checks::checks;

use closing::{close_twice, close_wakes, closed, dup, frees_address, sent_survives};
use halves::{close_send, failed, no_end, not_connected, read, reverse, wakes_receiver, write};

checks!("datagram.shutdown" {
    write,
    close_send,
    reverse,
    no_end,
    read,
    wakes_receiver,
    not_connected,
    failed,
    close_wakes,
    frees_address,
    closed,
    close_twice,
    sent_survives,
    dup,
});
