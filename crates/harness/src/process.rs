//! Cases in processes of their own: what a subject does to its process, the run survives.
//!
//! The program starts itself again as a worker and hands it cases, one at a time. The worker says
//! which operation it is about to start, so that it is known when it never comes back.

mod inside;
mod line;
mod message;
mod unix;
mod wire;
mod worker;

pub(crate) use inside::serve;
pub(crate) use message::{OrderLine, Roster};
pub(crate) use unix::{
    End, Exhaustion, Interrupt, end_group, has_ended, keep_endings, keep_on_exec, kernel_release,
    take_alone,
};
pub(crate) use worker::{Finish, Worker};
