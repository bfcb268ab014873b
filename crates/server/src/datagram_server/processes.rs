//! Datagrams served by processes.
//!
//! A process gets the datagram through a socket pair, which is its standard input, and sends its
//! answers back the same way; the server sends them on. So all answers come from the server's
//! address, and a process holds nothing of the server's.

use std::collections::HashMap;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use sockrates_core::framing::LengthPrefix;
use sockrates_core::{Deadline, Framed, Mode, Result, SendFlags};
use sockrates_poll::{Interest, Selector};
use sockrates_socket::{Socket, Type, socketpair};

use super::{Desk, run_on};
use crate::child::exit;
use crate::datagram::{Letter, Replies};
use crate::gate::OTHERS;
use crate::order::{self, Ended, Kind, Order};
use crate::policy::Run;
use crate::process::Process;
use crate::processes::LOOK;
use crate::supervisor::{Crew, Supervisor, Taken};
use crate::{
    Cause, Datagram, DatagramHandler, DatagramServer, Failure, Processes, Stopper, Summary, isolate,
};

/// Call it first in `main` of a program that serves datagrams by [`Processes`]: in the server it
/// returns at once, in a process that the server has started it serves the one datagram and exits.
///
/// As [`enter_child`](crate::enter_child), for datagrams.
pub fn enter_datagram_child<H: DatagramHandler>(handler: &H) {
    let Some((_, socket)) = Order::take(Kind::Datagram) else { return };
    let stopper = Stopper::new(None);
    let failed = match letter(&socket) {
        Some(letter) => {
            let peer = letter.peer.clone();
            let replies = Replies::Server(Mutex::new(socket));
            let mut datagram = Datagram::new(letter, replies, stopper.clone());
            let handled = isolate::call(|| handler.handle(&mut datagram));
            handled.is_err_and(|cause| {
                let _ = isolate::catch(|| handler.error(&Failure::of(&peer, *cause)));
                true
            })
        }
        // The server is gone.
        None => true,
    };
    exit(&Ended { failed, stop: stopper.is_stopping() });
}

/// The datagram that the server sends, whole.
fn letter(socket: &Socket) -> Option<Letter> {
    socket.set_mode(Mode::Blocking).ok()?;
    let mut framed = Framed::new(socket, order::framing());
    let (truncated, peer) = order::parse_sender(framed.next().ok()??)?;
    let bytes = framed.next().ok()??.to_vec();
    Some(Letter { bytes, peer, truncated })
}

impl<H: DatagramHandler> Run<DatagramServer, H> for Processes {
    fn run(&self, server: DatagramServer, handler: H) -> Result<Summary> {
        Order::none_waits()?;
        let DatagramServer { mailbox, setting } = server;
        let socket = mailbox.share();
        let crew = Messengers {
            policy: self.clone(),
            desk: Desk::new(handler, &setting),
            socket: socket.clone(),
            errands: HashMap::new(),
            next: OTHERS,
        };
        run_on(&socket, || Supervisor::new(setting, self.max(), crew)?.run(mailbox))
    }
}

struct Messengers<H> {
    policy: Processes,
    desk: Desk<H>,
    socket: Arc<Socket>,
    /// By an even number, which is the process's in the selector; its answers' is the next.
    errands: HashMap<u64, Errand>,
    next: u64,
}

/// A datagram that a process serves.
struct Errand {
    process: Process,
    answers: Framed<Socket, LengthPrefix>,
    /// Whether a selector watches the answers.
    watched: bool,
    /// Whether answers are left that a selector would not tell of.
    more: bool,
    peer: sockrates_core::Addr,
}

/// How many of a process's answers were sent on.
#[derive(PartialEq, Eq)]
enum Relayed {
    /// There may be more at once.
    Some,
    /// All that are there.
    All,
    /// All that will ever be.
    Ever,
}

impl Errand {
    fn start(policy: &Processes, letter: &Letter) -> Result<Self> {
        let (own, childs) = socketpair(Type::STREAM)?;
        // Room for the largest datagram, so that handing it over does not wait for the process.
        own.set_send_buffer_size(PAIR_ROOM)?;
        childs.set_blocking(true)?;
        own.set_blocking(false)?;
        let mut answers = Framed::new(own, order::framing());
        answers.feed(&order::sender(letter.truncated, &letter.peer))?;
        answers.feed(&letter.bytes)?;
        answers.flush()?;
        let (stdin, order) = Order::for_datagram(childs)?;
        let process = Process::new(policy.start(stdin, &order)?);
        Ok(Self { process, answers, watched: false, more: false, peer: letter.peer.clone() })
    }

    fn watch(&mut self, selector: &mut Selector<u64>, number: u64) {
        self.process.watch(selector, number);
        let answers = self.answers.get_ref();
        self.watched = selector.register(answers, Interest::READ, number + 1).is_ok();
    }

    /// Sends on the answers that are there, a bounded number at once.
    fn relay(&mut self, socket: &Socket) -> Relayed {
        for _ in 0..RELAYED_AT_ONCE {
            match self.answers.next() {
                Ok(Some(answer)) => {
                    // What cannot be sent at once is lost, as datagrams are.
                    let slices = [std::io::IoSlice::new(answer)];
                    let (to, now) = (Some(&self.peer), SendFlags::DONTWAIT);
                    let _ = socket.send_by(&slices, to, now, Deadline::NEVER);
                }
                Err(error) if error.would_block() => return Relayed::All,
                Ok(None) | Err(_) => return Relayed::Ever,
            }
        }
        Relayed::Some
    }

    fn unwatch(&mut self, selector: &mut Selector<u64>) {
        self.process.unwatch(selector);
        self.unwatch_answers(selector);
    }

    fn unwatch_answers(&mut self, selector: &mut Selector<u64>) {
        if std::mem::take(&mut self.watched) {
            let _ = selector.unregister(self.answers.get_ref());
        }
    }
}

impl<H: DatagramHandler> Messengers<H> {
    fn ended(&mut self, number: u64, status: ExitStatus) {
        let Some(mut errand) = self.errands.remove(&number) else { return };
        // All that it will ever say is there. A process that it has left behind may say more, for
        // which nobody waits.
        let _ = (0..RELAYS_LAST).any(|_| errand.relay(&self.socket) != Relayed::Some);
        let Ended { failed, stop } = Ended::of(status);
        if failed {
            self.desk.fail(&errand.peer, Cause::Exit(status));
        }
        if stop {
            self.desk.stopper.stop();
        }
    }
}

impl<H: DatagramHandler> Crew for Messengers<H> {
    type Item = Letter;

    fn busy(&mut self, _: bool) -> usize {
        for errand in self.errands.values_mut().filter(|errand| errand.more) {
            errand.more = errand.relay(&self.socket) == Relayed::Some;
        }
        let unwatched = self.errands.iter_mut().filter(|(_, errand)| !errand.process.is_watched());
        let ended = unwatched.filter_map(|(number, errand)| {
            let status = errand.process.ended()?;
            Some((*number, status))
        });
        for (number, status) in ended.collect::<Vec<_>>() {
            self.ended(number, status);
        }
        self.errands.len()
    }

    fn take(&mut self, selector: &mut Selector<u64>, letter: Letter) -> Taken {
        if !self.desk.admits(&letter) {
            return Taken::Served;
        }
        match Errand::start(&self.policy, &letter) {
            Ok(mut errand) => {
                errand.watch(selector, self.next);
                self.errands.insert(self.next, errand);
                self.next += 2;
                Taken::Served
            }
            Err(error) => Taken::Shed(letter.peer, error),
        }
    }

    fn ready(&mut self, selector: &mut Selector<u64>, number: u64) {
        let own = number & !1;
        let Some(errand) = self.errands.get_mut(&own) else { return };
        if number != own {
            let relayed = errand.relay(&self.socket);
            errand.more = relayed == Relayed::Some;
            if relayed == Relayed::Ever {
                errand.unwatch_answers(selector);
            }
        } else if let Some(status) = errand.process.ended() {
            errand.unwatch(selector);
            self.ended(own, status);
        }
    }

    fn look_again(&self) -> Option<Instant> {
        if self.errands.values().any(|errand| errand.more) {
            return Some(Instant::now());
        }
        let unwatched = self.errands.values().any(|errand| !errand.process.is_watched());
        unwatched.then(|| Instant::now() + LOOK)
    }

    fn tell(&self, failure: &Failure) {
        self.desk.tell(failure);
    }

    fn act(&self) {
        self.desk.act();
    }

    fn cut(&mut self) -> usize {
        self.errands.values_mut().for_each(|errand| errand.process.kill());
        self.errands.len()
    }

    fn dismiss(&mut self) -> usize {
        0
    }

    fn tally(&self) -> (u64, u64) {
        self.desk.tally()
    }
}

const PAIR_ROOM: usize = 256 * 1024;
const RELAYED_AT_ONCE: usize = 64;
const RELAYS_LAST: usize = 4096;
