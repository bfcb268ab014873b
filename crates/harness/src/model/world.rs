//! One possible state of all that a case holds.

use std::collections::{BTreeMap, VecDeque};

use crate::trace::{Data, Step};

use super::Nature;
use super::rope::Rope;

/// The number of a socket, which is its place in the world.
pub(super) type Id = usize;

/// One possible state: the sockets, the handles of them, and what is under way between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) nature: Nature,
    pub(super) handles: BTreeMap<String, Handle>,
    pub(super) sockets: Vec<Socket>,
    /// Whether datagrams are under way of which nobody knows where they arrive: to groups, to
    /// every address, to addresses that no operation has told.
    pub(super) strays: bool,
}

/// A handle that the check holds. Several may be of one socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Handle {
    pub(super) of: Id,
    pub(super) mode: Mode,
    pub(super) closed: bool,
}

/// Whether operations wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    #[default]
    Blocking,
    NonBlocking,
    /// For so many milliseconds.
    Timeout(u64),
    /// It was changed while something else went on.
    Unknown,
}

/// One socket. It ends with the last handle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Socket {
    pub(super) handles: usize,
    pub(super) phase: Phase,
    /// Its address, once an operation has told it.
    pub(super) local: Option<String>,
    /// Whether it is met at every address of the machine.
    pub(super) everywhere: bool,
    /// Whether closing it is a reset.
    pub(super) resets: bool,
    /// Not shut down for sending, for receiving.
    pub(super) unable: Unable,
    /// Something was done with it that the model does not know.
    pub(super) blurred: bool,
    /// What was sent to it and is not received yet.
    pub(super) flow: Flow,
    /// The datagrams that were sent to it and are not received yet.
    pub(super) letters: VecDeque<Letter>,
    /// Where a datagram socket sends to.
    pub(super) toward: Option<String>,
    /// Whether it may be told that nobody received what it sent.
    pub(super) refused: bool,
}

/// Which sides are shut down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Unable {
    pub(super) to_send: bool,
    pub(super) to_receive: bool,
}

/// What a socket is at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// Neither connected nor listening.
    #[default]
    Idle,
    /// With the connections that were made and not accepted; of each whether it is certain.
    Listening(Vec<(Id, bool)>),
    /// An attempt goes on, or went wrong.
    Attempted,
    /// To the other side of the connection.
    Connected(Id),
    /// The last handle is gone.
    Gone,
}

/// One direction of a connection, seen from the receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub(super) rope: Rope,
    /// Of the bytes under way, so many are known to have arrived.
    pub(super) arrived: usize,
    /// Whether anything was ever sent.
    pub(super) used: bool,
    /// The sender has ended its side.
    pub(super) fin: bool,
    /// The receiver may be told of a reset.
    pub(super) reset: bool,
    /// The receiver was told of a reset.
    pub(super) reset_told: bool,
    /// The receiver has seen the end.
    pub(super) ended: bool,
}

/// A datagram under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Letter {
    pub(super) from: Id,
    pub(super) data: Data,
    /// It cannot have been dropped.
    pub(super) certain: bool,
    /// It is known to have arrived.
    pub(super) arrived: bool,
}

impl World {
    pub(super) fn new(nature: Nature) -> Self {
        Self { nature, handles: BTreeMap::new(), sockets: Vec::new(), strays: false }
    }

    /// The socket of the handle that `step` is done on.
    pub(super) fn of(&self, step: &Step) -> Option<(Id, &Handle)> {
        self.handles.get(&step.on).map(|handle| (handle.of, handle))
    }

    /// The address of a socket is told. One that stands for all of the machine's is met at others.
    pub(super) fn name(&mut self, id: Id, address: &str) {
        self.sockets[id].local = Some(address.to_owned());
        if address.starts_with("0.0.0.0:") || address.starts_with("[::]:") {
            self.sockets[id].everywhere = true;
            self.blur(id);
        }
    }

    /// A new socket with a handle of this label.
    pub(super) fn make(&mut self, label: &str, phase: Phase) -> Id {
        let id = self.add(Socket { phase, ..Socket::default() });
        self.hold(label, id, Mode::Blocking);
        id
    }

    pub(super) fn add(&mut self, socket: Socket) -> Id {
        self.sockets.push(socket);
        self.sockets.len() - 1
    }

    pub(super) fn hold(&mut self, label: &str, of: Id, mode: Mode) {
        self.handles.insert(label.to_owned(), Handle { of, mode, closed: false });
        self.sockets[of].handles += 1;
    }

    /// Two sockets connected to each other.
    pub(super) fn join(&mut self, one: Id, other: Id) {
        self.sockets[one].phase = Phase::Connected(other);
        self.sockets[other].phase = Phase::Connected(one);
    }

    /// The other side of the connection.
    pub(super) fn peer(&self, id: Id) -> Option<Id> {
        match self.sockets[id].phase {
            Phase::Connected(peer) => Some(peer),
            _ => None,
        }
    }

    /// Whether the model knows what goes on at `id`.
    pub(super) fn is_clear(&self, id: Id) -> bool {
        !self.sockets[id].blurred && self.peer(id).is_none_or(|peer| !self.sockets[peer].blurred)
    }

    /// Something was done at `id` that the model does not know.
    pub(super) fn blur(&mut self, id: Id) {
        self.sockets[id].blurred = true;
        if let Some(peer) = self.peer(id) {
            self.sockets[peer].blurred = true;
        }
    }

    /// A handle goes away; with the last one the socket ends.
    pub(super) fn let_go(&mut self, label: &str) {
        let Some(handle) = self.handles.get_mut(label) else { return };
        if std::mem::replace(&mut handle.closed, true) {
            return;
        }
        let id = handle.of;
        self.sockets[id].handles -= 1;
        if self.sockets[id].handles == 0 {
            self.end(id);
        }
    }

    /// A socket ends: orderly, or with a reset where it was told so, or maybe with one where it
    /// leaves bytes that nobody received.
    fn end(&mut self, id: Id) {
        let socket = &mut self.sockets[id];
        let (resets, left) = (socket.resets, socket.flow.rope.len() > 0);
        let peer = match std::mem::replace(&mut socket.phase, Phase::Gone) {
            Phase::Connected(peer) => peer,
            Phase::Listening(queue) => {
                for (waiting, certain) in queue {
                    if certain {
                        // The client gets a reset, or the end where a system below has accepted.
                        let client = self.peer(waiting);
                        self.sockets[waiting].resets = true;
                        self.end(waiting);
                        if let Some(client) = client {
                            self.sockets[client].flow.fin = true;
                        }
                    } else {
                        // It may wait with another listener.
                        self.blur(waiting);
                    }
                }
                return;
            }
            _ => return,
        };
        let flow = &mut self.sockets[peer].flow;
        flow.reset |= resets || left;
        flow.fin |= !resets;
    }

    /// Whether the other side of the connection is gone.
    pub(super) fn is_left(&self, id: Id) -> bool {
        self.peer(id).is_some_and(|peer| self.sockets[peer].phase == Phase::Gone)
    }
}

impl Mode {
    /// The mode as a trace tells it.
    pub(super) fn told(text: &str) -> Self {
        match text {
            "Blocking" => Self::Blocking,
            "NonBlocking" => Self::NonBlocking,
            // How long exactly does not matter: at least a moment, so that it may time out.
            _ if text.starts_with("Timeout") => Self::Timeout(millis(text)),
            _ => Self::Blocking,
        }
    }
}

/// The milliseconds of `Timeout(3s)` and the like.
fn millis(text: &str) -> u64 {
    let text = text.trim_start_matches("Timeout(").trim_end_matches(')');
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: f64 = digits.parse().unwrap_or(0.0);
    let scale = match &text[digits.len()..] {
        "s" => 1000.0,
        "ms" => 1.0,
        _ => 0.0,
    };
    (number * scale) as u64
}

/// How an operation waits, of its handle's mode, its flags and its deadline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// It may not wait.
    pub(super) never: bool,
    /// It may wait.
    pub(super) waits: bool,
    /// For so long, in milliseconds; none is for ever.
    pub(super) ms: Option<u64>,
}

impl Patience {
    /// What was under way when a wait of so many milliseconds began has arrived when it ends.
    pub(super) const ARRIVAL_MS: u64 = 1000;

    pub(super) fn of(step: &Step, handle: &Handle) -> Self {
        let never = handle.mode == Mode::NonBlocking || step.flags.contains("DONTWAIT");
        let unknown = handle.mode == Mode::Unknown;
        let ms = match handle.mode {
            Mode::Timeout(own) => Some(step.ms.map_or(own, |ms| ms.min(own))),
            Mode::Unknown => Some(0),
            _ => step.ms,
        };
        Self { never: never || unknown, waits: !never || unknown, ms }
    }

    /// Whether the deadline has come, so that it may be told before anything is tried.
    pub(super) fn is_over(self) -> bool {
        self.ms == Some(0)
    }

    /// Whether a wait that ended in vain proves that nothing was under way.
    pub(super) fn proves(self) -> bool {
        self.ms.is_some_and(|ms| ms >= Self::ARRIVAL_MS)
    }
}
