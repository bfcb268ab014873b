//! An echo server on mio: one thread, edge-triggered, as its documentation and examples have it.

use std::io::{self, Read, Write};

use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use crate::served::ROOM;

/// When a connection counts as drained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Once a read would wait, as mio's documentation demands on every system.
    WouldBlock,
    /// Once a read brings less than there was room for, which suffices with epoll and kqueue.
    ShortRead,
}

/// Serves for ever.
///
/// # Errors
/// Whatever fails of the polling and the listening; what fails of a connection ends it.
pub fn serve(listener: std::net::TcpListener, drained: Drained) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut places: Vec<Option<Place>> = Vec::new();
    let mut free = Vec::new();
    let mut room = vec![0; ROOM];
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                accept(&poll, &listener, &mut places, &mut free)?;
                continue;
            }
            let number = event.token().0;
            let Some(place) = &mut places[number] else { continue };
            if !matches!(place.ready(&poll, event, &mut room, drained), Ok(true)) {
                places[number] = None;
                free.push(number);
            }
        }
    }
}

const LISTENER: Token = Token(usize::MAX);

struct Place {
    stream: TcpStream,
    /// What the client has not taken yet.
    pending: Vec<u8>,
}

fn accept(
    poll: &Poll,
    listener: &TcpListener,
    places: &mut Vec<Option<Place>>,
    free: &mut Vec<usize>,
) -> io::Result<()> {
    loop {
        let mut stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        let number = free.pop().unwrap_or_else(|| {
            places.push(None);
            places.len() - 1
        });
        poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
        places[number] = Some(Place { stream, pending: Vec::new() });
    }
}

impl Place {
    /// Whether the connection goes on.
    fn ready(
        &mut self,
        poll: &Poll,
        event: &Event,
        room: &mut [u8],
        drained: Drained,
    ) -> io::Result<bool> {
        if event.is_writable() && !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            self.write(poll, event.token(), &pending)?;
            if self.pending.is_empty() {
                poll.registry().reregister(&mut self.stream, event.token(), Interest::READABLE)?;
            }
        }
        // What it does not take it is not asked more of; reregistering tells what came meanwhile.
        while self.pending.is_empty() {
            let len = match self.stream.read(room) {
                Ok(0) => return Ok(false),
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.write(poll, event.token(), &room[..len])?;
            // The end may have been told with the bytes, and is not told again.
            if drained == Drained::ShortRead && len < room.len() && !event.is_read_closed() {
                break;
            }
        }
        Ok(true)
    }

    fn write(&mut self, poll: &Poll, token: Token, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(len) => bytes = &bytes[len..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.pending.extend_from_slice(bytes);
                    let both = Interest::READABLE | Interest::WRITABLE;
                    return poll.registry().reregister(&mut self.stream, token, both);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
