//! Datagrams served by threads.

use std::sync::Arc;
use std::time::Instant;

use sockrates_core::{Error, Op, Result};
use sockrates_poll::{Selector, Waker};
use sockrates_socket::Socket;

use super::{Desk, run_on};
use crate::datagram::{Letter, Replies};
use crate::policy::Run;
use crate::pool::Pool;
use crate::supervisor::{Crew, Supervisor, Taken};
use crate::{DatagramHandler, DatagramServer, Failure, Sequential, Summary, Threads};

impl<H: DatagramHandler> Run<DatagramServer, H> for Sequential {
    fn run(&self, server: DatagramServer, handler: H) -> Result<Summary> {
        Self::threads().run(server, handler)
    }
}

impl<H: DatagramHandler> Run<DatagramServer, H> for Threads {
    fn run(&self, server: DatagramServer, handler: H) -> Result<Summary> {
        let DatagramServer { mailbox, setting } = server;
        let socket = mailbox.share();
        let desk = Desk::new(handler, &setting);
        let crew = Clerks::new(self.name(), setting.waker.clone(), desk, socket.clone());
        run_on(&socket, || Supervisor::new(setting, self.max(), crew)?.run(mailbox))
    }
}

struct Clerks<H> {
    pool: Pool<Letter>,
    desk: Arc<Desk<H>>,
}

impl<H: DatagramHandler> Clerks<H> {
    fn new(name: &str, waker: Waker, desk: Desk<H>, socket: Arc<Socket>) -> Self {
        let desk = Arc::new(desk);
        let serving = desk.clone();
        let pool = Pool::new(name, waker, move |letter| {
            serving.serve(letter, Replies::Socket(socket.clone()));
        });
        Self { pool, desk }
    }
}

impl<H: DatagramHandler> Crew for Clerks<H> {
    type Item = Letter;

    fn busy(&mut self, alert: bool) -> usize {
        self.pool.busy(alert)
    }

    fn take(&mut self, _: &mut Selector<u64>, letter: Letter) -> Taken {
        let peer = letter.peer.clone();
        match self.pool.submit(letter) {
            Ok(()) => Taken::Served,
            Err((error, None)) => Taken::Queued(peer, Error::from_io(Op::Recv, &error)),
            Err((error, Some(_))) => Taken::Shed(peer, Error::from_io(Op::Recv, &error)),
        }
    }

    fn ready(&mut self, _: &mut Selector<u64>, _: u64) {}

    fn look_again(&self) -> Option<Instant> {
        None
    }

    fn tell(&self, failure: &Failure) {
        self.desk.tell(failure);
    }

    fn act(&self) {
        self.desk.act();
    }

    /// A handler of a datagram waits for nothing that could be cut.
    fn cut(&mut self) -> usize {
        self.pool.busy(true)
    }

    fn dismiss(&mut self) -> usize {
        self.pool.dismiss()
    }

    fn tally(&self) -> (u64, u64) {
        self.desk.tally()
    }
}
