//! Many steps in any order, after each of which a look has to tell what the sockets themselves
//! tell.

use std::collections::BTreeSet;

use sockrates_core::{Deadline, Ready};

use crate::checks::readiness::{BOTH, arrived, queued};
use crate::expect::{ensure, holds};
use crate::{Case, Conn, Observation, Poller, Rng, Stop, Trigger};

/// How many pairs there are.
const PAIRS: usize = 5;

/// How many steps are taken.
const STEPS: usize = 120;

/// One pair: what is sent at the peer arrives at the end, which is watched or is not.
struct Member {
    peer: Conn,
    end: Conn,
    watched: Option<(Ready, u64)>,
    queued: usize,
    ended: bool,
}

pub(in crate::checks::readiness) fn sequence(case: &Case<'_>) -> Observation {
    let poller = case.poller()?;
    let mut rng = Rng::new(case.seed());
    let mut members = Vec::with_capacity(PAIRS);
    for _ in 0..PAIRS {
        let (peer, end) = case.pair()?;
        members.push(Member { peer, end, watched: None, queued: 0, ended: false });
    }
    for key in 0..STEPS as u64 {
        members[rng.below(PAIRS)].step(case, &poller, &mut rng, key)?;
        compare(&poller, &members)?;
    }
    for place in 0..PAIRS {
        members[place].end(case)?;
        compare(&poller, &members)?;
    }
    holds()
}

/// A look tells what the sockets tell.
fn compare(poller: &Poller, members: &[Member]) -> Result<(), Stop> {
    let told: BTreeSet<_> = poller.now()?.into_iter().map(only_asked).collect();
    let mut permitted = BTreeSet::new();
    for member in members {
        permitted.extend(member.ready()?.map(only_asked));
    }
    let observed = "a look tells something else than the sockets do";
    ensure(told == permitted, "a look tells what the sockets tell", observed)
}

/// A key, and whether it is ready to receive and to send.
fn only_asked((key, ready): (u64, Ready)) -> (u64, bool, bool) {
    (key, ready.read, ready.write)
}

impl Member {
    /// Sends, receives, ends, or changes what is watched, under a new key.
    fn step(
        &mut self,
        case: &Case<'_>,
        poller: &Poller,
        rng: &mut Rng,
        key: u64,
    ) -> Result<(), Stop> {
        match (rng.below(8), self.watched) {
            (0 | 1, _) if !self.ended => {
                self.peer.send_all(b"12", case.soon())?;
                self.queued += 2;
                queued(case, &self.end, self.queued)?;
            }
            (2 | 3, _) if self.queued > 0 => {
                let count = 1 + rng.below(self.queued);
                self.end.recv_exact(count, case.soon())?;
                self.queued -= count;
            }
            (4, _) if rng.below(4) == 0 => self.end(case)?,
            (5, Some(_)) => {
                poller.unregister(&self.end)?;
                self.watched = None;
            }
            (_, watched) => {
                let interest = [Ready::READ, Ready::WRITE, BOTH][rng.below(3)];
                match watched {
                    None => poller.register(&self.end, interest, key)?,
                    Some(_) => poller.modify(&self.end, interest, Trigger::Level, key)?,
                }
                self.watched = Some((interest, key));
            }
        }
        Ok(())
    }

    /// Receives all there is, and ends the peer's sending.
    fn end(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        if !self.ended {
            self.end.recv_exact(self.queued, case.soon())?;
            self.queued = 0;
            self.peer.close_send()?;
            self.ended = true;
        }
        arrived(case, &self.end)
    }

    /// What a look should tell, as the sockets tell.
    fn ready(&self) -> Result<Option<(u64, Ready)>, Stop> {
        let Some((interest, key)) = self.watched else { return Ok(None) };
        let now = Deadline::after(std::time::Duration::ZERO);
        let ready = self.end.endpoint().wait(interest, now)?;
        let asked = Ready {
            read: ready.read && interest.read,
            write: ready.write && interest.write,
            ..Ready::default()
        };
        Ok((asked.read || asked.write).then_some((key, asked)))
    }
}
