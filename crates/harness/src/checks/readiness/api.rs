//! The checks of the clauses readiness.api.*

mod closed;
mod list;
mod live;
mod many;
mod process;
mod sequence;
mod waits;
mod wakes;

use crate::checks::checks;

use closed::{closed, closed_duplicate, closed_reused, number_reused};
use list::{
    absent, absent_modified, again, modified, modified_key, nothing_asked, twice, unregistered,
    unregistered_others,
};
use live::{live_modified, live_registered};
use many::{every_one, keys, one_of_many, same_end};
use process::{close_on_exec, descriptors, undeclared};
use sequence::sequence;
use waits::{
    arrival, empty, interrupted, interrupted_timeout, longest, none, rounding, timeout, zero,
};
use wakes::{wake, wake_before, wake_nothing, wake_once, wake_ready, wake_threads};

checks!("readiness.api" {
    zero, none, timeout, rounding, empty, arrival, longest, interrupted, interrupted_timeout, keys,
    one_of_many, every_one, same_end, twice, again, absent, absent_modified, unregistered,
    unregistered_others, number_reused, modified, modified_key, sequence, nothing_asked, closed,
    closed_duplicate, closed_reused, wake, wake_before, wake_nothing, wake_ready, wake_once,
    wake_threads, live_registered, live_modified, undeclared, descriptors, close_on_exec,
});
