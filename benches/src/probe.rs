//! What is counted: single calls, ours and libc's.
//!
//! In this crate, and not in the library beside the contests, so that it is compiled the same way
//! whatever contests there are.

use std::hint::black_box;
use std::net::SocketAddr;

use sockrates_benches::ends::{self, TIMEOUT};
use sockrates_benches::instructions::{Calls, Probe};
use sockrates_benches::wire::{self, Wire};
use sockrates_benches::{Addressed, Layer, RawSocket};
use sockrates_core::framing::{LengthPrefix, Lines};
use sockrates_core::{Framed, Framing, Mode};

/// Few enough for the kernel's buffers to hold all of it.
const CALLS: [usize; 2] = [20, 120];
/// Enough for several of the chunks that a reader and a writer move at a time.
const FRAMES: [usize; 2] = [2_000, 22_000];

pub(crate) fn all() -> Vec<Probe> {
    let call = |name, ours, libc| Probe { name, times: CALLS, ours, libc: Some(libc) };
    let frame = |name, ours| Probe { name, times: FRAMES, ours, libc: None };
    vec![
        call("TCP send, blocking", || send(ends::our_tcp(Mode::Blocking)), || send(raw_tcp())),
        call("TCP recv, blocking", || recv(ends::our_tcp(Mode::Blocking)), || recv(raw_tcp())),
        call("TCP send, timeout", || send(ends::our_tcp(TIMEOUT)), || send(raw_tcp())),
        call("TCP recv, timeout", || recv(ends::our_tcp(TIMEOUT)), || recv(raw_tcp())),
        call("UDP send, blocking", || send(ends::our_udp(Mode::Blocking)), || send(raw_udp())),
        call("UDP recv, blocking", || recv(ends::our_udp(Mode::Blocking)), || recv(raw_udp())),
        call("UDP send, timeout", || send(ends::our_udp(TIMEOUT)), || send(raw_udp())),
        call("UDP recv, timeout", || recv(ends::our_udp(TIMEOUT)), || recv(raw_udp())),
        call("UDP send_to, blocking", || send_to(ends::our_unconnected()), || send_to(raw_named())),
        call(
            "UDP recv_from, blocking",
            || recv_from(ends::our_unconnected()),
            || recv_from(raw_named()),
        ),
        frame("decode length-u32, 64 B", || decode(length(), false)),
        frame("encode length-u32, 64 B", || encode(length(), false)),
        frame("decode line, 64 B", || decode(Lines::lf(BODY_BYTES), true)),
        frame("encode line, 64 B", || encode(Lines::lf(BODY_BYTES), true)),
    ]
}

const BODY_BYTES: usize = 64;

fn length() -> LengthPrefix {
    LengthPrefix::u32(BODY_BYTES).expect("the maximum fits")
}

fn raw_tcp() -> [RawSocket; 2] {
    ends::tcp().map(RawSocket::from)
}

fn raw_udp() -> [RawSocket; 2] {
    ends::udp().map(RawSocket::from)
}

fn raw_named() -> [(RawSocket, SocketAddr); 2] {
    ends::unconnected().map(|(socket, addr)| (RawSocket::from(socket), addr))
}

fn send<L: Layer>(ends: [L; 2]) -> Box<dyn Calls> {
    Box::new(Send { ends })
}

fn recv<L: Layer>(ends: [L; 2]) -> Box<dyn Calls> {
    Box::new(Recv { ends })
}

fn send_to<A: Addressed>(ends: [(A, SocketAddr); 2]) -> Box<dyn Calls> {
    Box::new(SendTo { ends })
}

fn recv_from<A: Addressed>(ends: [(A, SocketAddr); 2]) -> Box<dyn Calls> {
    Box::new(RecvFrom { ends })
}

/// Sends to an address; the other end receives what was sent afterwards.
struct SendTo<A> {
    ends: [(A, SocketAddr); 2],
}

impl<A: Addressed> Calls for SendTo<A> {
    fn call(&mut self, times: usize) {
        let [(near, _), (_, to)] = &self.ends;
        for _ in 0..times {
            assert_eq!(near.send_to(black_box(&[7; BODY_BYTES]), *to), BODY_BYTES);
        }
    }

    fn prepare(&mut self, _: usize) {}

    fn clear(&mut self, times: usize) {
        let far = &self.ends[1].0;
        (0..times).for_each(|_| assert_eq!(far.recv_from(&mut [0; BODY_BYTES]).0, BODY_BYTES));
    }
}

/// Receives with the address; the other end has sent all of it.
struct RecvFrom<A> {
    ends: [(A, SocketAddr); 2],
}

impl<A: Addressed> Calls for RecvFrom<A> {
    fn call(&mut self, times: usize) {
        let [(near, _), (_, from)] = &self.ends;
        let mut room = [0; BODY_BYTES];
        for _ in 0..times {
            assert_eq!(near.recv_from(black_box(&mut room)), (BODY_BYTES, *from));
        }
    }

    fn prepare(&mut self, times: usize) {
        let [(_, to), (far, _)] = &self.ends;
        (0..times).for_each(|_| assert_eq!(far.send_to(&[7; BODY_BYTES], *to), BODY_BYTES));
    }

    fn clear(&mut self, _: usize) {}
}

/// Sends; the other end receives what was sent afterwards.
struct Send<L> {
    ends: [L; 2],
}

impl<L: Layer> Calls for Send<L> {
    fn call(&mut self, times: usize) {
        for _ in 0..times {
            assert_eq!(self.ends[0].send(black_box(&[7; BODY_BYTES])), BODY_BYTES);
        }
    }

    fn prepare(&mut self, _: usize) {}

    fn clear(&mut self, times: usize) {
        (0..times).for_each(|_| self.ends[1].recv_exact(&mut [0; BODY_BYTES]));
    }
}

/// Receives; the other end has sent all of it.
struct Recv<L> {
    ends: [L; 2],
}

impl<L: Layer> Calls for Recv<L> {
    fn call(&mut self, times: usize) {
        let mut room = [0; BODY_BYTES];
        for _ in 0..times {
            assert_eq!(self.ends[0].recv(black_box(&mut room)), BODY_BYTES);
        }
    }

    fn prepare(&mut self, times: usize) {
        (0..times).for_each(|_| self.ends[1].send_all(&[7; BODY_BYTES]));
    }

    fn clear(&mut self, _: usize) {}
}

fn decode<F: Framing + Clone + 'static>(framing: F, text: bool) -> Box<dyn Calls> {
    let body = wire::body(BODY_BYTES, text);
    let mut frame = Vec::new();
    framing.encode(&body).expect("a good body").append_to(&mut frame);
    let wire = Wire::new(&frame.repeat(FRAMES[0]));
    Box::new(Decode { framed: Framed::new(wire, framing) })
}

/// Takes frames off bytes that have arrived.
struct Decode<F: Framing> {
    framed: Framed<Wire, F>,
}

impl<F: Framing> Calls for Decode<F> {
    fn call(&mut self, times: usize) {
        for _ in 0..times {
            let body = self.framed.next().expect("a good frame").expect("a frame");
            assert_eq!(black_box(body).len(), BODY_BYTES);
        }
    }

    fn prepare(&mut self, _: usize) {}

    fn clear(&mut self, _: usize) {}
}

fn encode<F: Framing + 'static>(framing: F, text: bool) -> Box<dyn Calls> {
    let framed = Framed::new(Wire::new(&[]), framing);
    Box::new(Encode { framed, body: wire::body(BODY_BYTES, text) })
}

/// Makes frames of bodies, and sends what has been collected.
struct Encode<F: Framing> {
    framed: Framed<Wire, F>,
    body: Vec<u8>,
}

impl<F: Framing> Calls for Encode<F> {
    fn call(&mut self, times: usize) {
        for _ in 0..times {
            self.framed.feed(black_box(&self.body)).expect("a good body");
        }
    }

    fn prepare(&mut self, _: usize) {}

    fn clear(&mut self, _: usize) {
        self.framed.flush().expect("a wire takes all");
    }
}
