//! The other end of a connection, on a thread of its own.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use crate::place::Place;

/// A thread that does its part of so many messages at each order, and ends with this.
pub(super) struct OtherEnd {
    orders: Option<Sender<u64>>,
    thread: Option<JoinHandle<()>>,
}

impl OtherEnd {
    /// Starts a thread that `serve`s the orders until there are no more.
    pub(super) fn new(serve: impl FnOnce(Receiver<u64>) + Send + 'static) -> Self {
        let (orders, take) = mpsc::channel();
        Place::Here.take();
        let thread = thread::spawn(move || {
            Place::There.take();
            serve(take);
        });
        Self { orders: Some(orders), thread: Some(thread) }
    }

    /// Orders its part of so many messages; does not wait for it.
    pub(super) fn order(&self, messages: u64) {
        let orders = self.orders.as_ref().expect("orders end with the drop");
        orders.send(messages).expect("the other end is alive");
    }
}

impl Drop for OtherEnd {
    fn drop(&mut self) {
        drop(self.orders.take());
        let ended = self.thread.take().map(JoinHandle::join);
        // What went wrong there is told there; a panic in a drop would hide it.
        drop(ended);
    }
}
