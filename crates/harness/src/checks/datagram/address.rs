//! The checks of the clauses datagram.address.*

mod bind;
mod peer;
mod refused;
mod source;

use crate::checks::checks;

use bind::{autobind, bind_any, bind_foreign, bind_taken, bind_twice};
use peer::{before_connect, connect, disconnect, elsewhere, filter, peer, reconnect};
use refused::{broadcast, broadcast_allowed, no_destination, port_zero, wrong_family};
use source::{peek_source, reply, several_peers, source};

checks!("datagram.address" {
    source,
    reply,
    several_peers,
    peek_source,
    autobind,
    bind_any,
    bind_taken,
    bind_twice,
    bind_foreign,
    no_destination,
    peer,
    connect,
    filter,
    reconnect,
    disconnect,
    elsewhere,
    before_connect,
    port_zero,
    wrong_family,
    broadcast,
    broadcast_allowed,
});
