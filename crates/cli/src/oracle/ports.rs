//! The ports of a program: which of those that came up one is, and who holds them once they are
//! free.

use sockrates_core::Addr;
use sockrates_socket::{Family, Socket, Type};

/// The ports that a program has come across.
#[derive(Default)]
pub(crate) struct Ports {
    /// Each once, with whose port it is: the same number of another kind is another port.
    seen: Vec<(Family, Type, u16)>,
    deaf: Vec<Socket>,
}

impl Ports {
    /// Which of the ports seen so far that of a socket like `of` is, from 1; 0 is port 0.
    pub(crate) fn nth(&mut self, of: (Family, Type), port: u16) -> usize {
        if port == 0 {
            return 0;
        }
        let key = (of.0, of.1, port);
        let seen = self.seen.iter().position(|seen| *seen == key);
        1 + seen.unwrap_or_else(|| {
            self.seen.push(key);
            self.seen.len() - 1
        })
    }

    /// Has the port of a datagram socket held that was closed, for as long as the program runs, by
    /// one that hears nobody: else the system may give it to a stranger, who would hear what is to
    /// be refused. A duplicate of the closed socket holds it just as well.
    pub(crate) fn hold(&mut self, name: &Addr) {
        let Addr::Inet(addr) = name else { return };
        let family = if addr.is_ipv4() { Family::INET } else { Family::INET6 };
        let deaf = Socket::new(family, Type::DGRAM, None).and_then(|socket| {
            socket.bind(name)?;
            // Connected to itself it hears itself only.
            socket.connect(socket.local_addr()?)?;
            Ok(socket)
        });
        self.deaf.extend(deaf);
    }
}
