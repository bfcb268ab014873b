//! Transports that only their own kind understands: whoever judges them alone finds nothing.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use sockrates_core::{Addr, Deadline, Endpoint, Recv, RecvBuf, Result};

use super::call::{How, What, locked};
use super::fault::Fault;
use super::subject::on_network;
use crate::interop::{Way, is_across, meet};
use crate::mem::{MemNetwork, MemStream};
use crate::{Caps, Order, Raw, Subject, Verdict, case_seed, catalogue, is_about, judge, run_case};

/// Nothing is wrong with it.
#[derive(Default)]
struct Sound;

impl Fault<MemStream> for Sound {
    const NAME: &'static str = "sound";
    const SAYS: &'static str = "nothing is wrong with it";
    const FAILS: &'static [&'static str] = &[];
    const LACKS: Caps = Caps::RIGHTS;
}

/// Both sides read the protocol in the same wrong way.
#[derive(Default)]
struct BitsTurned;

impl Fault<MemStream> for BitsTurned {
    const NAME: &'static str = "bits-turned";
    const SAYS: &'static str = "each byte goes out with its bits turned, and is turned back";
    const FAILS: &'static [&'static str] = &[];
    const LACKS: Caps = Caps::RIGHTS;

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let mut memory = vec![0; buf.remaining()];
        let mut inner = RecvBuf::new(&mut memory);
        let received = how.recv(end, &mut inner);
        let turned: Vec<u8> = inner.filled().iter().map(|byte| byte.reverse_bits()).collect();
        buf.append(&turned);
        received
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let bytes = what.bytes.iter().flat_map(|slice| slice.iter());
        let turned: Vec<u8> = bytes.map(|byte| byte.reverse_bits()).collect();
        what.send_as(end, &turned)
    }
}

/// Takes the end of a stream from somebody it does not know for a fault.
#[derive(Default)]
struct ResetsStrangers;

/// The addresses of the ends that connected as `ResetsStrangers`, and those accepted from others.
static OWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
static STRANGERS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl Fault<MemStream> for ResetsStrangers {
    const NAME: &'static str = "resets-strangers";
    const SAYS: &'static str =
        "the half-close of a client of another kind is answered with a reset";
    const FAILS: &'static [&'static str] = &[];
    const LACKS: Caps = Caps::RIGHTS.and(Caps::SOCKET).and(Caps::CONNECT_EX);

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        end.connect(addr, deadline)?;
        locked(&OWN).insert(end.local_addr()?.to_string());
        Ok(())
    }

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let (accepted, addr) = end.accept(deadline)?;
        if !locked(&OWN).contains(&addr.to_string()) {
            locked(&STRANGERS).insert(addr.to_string());
        }
        Ok((accepted, addr))
    }

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        let received = how.recv(end, buf)?;
        let from = end.peer_addr().map(|addr| addr.to_string()).unwrap_or_default();
        if received.len == 0 && room > 0 && locked(&STRANGERS).contains(&from) {
            end.abort()?;
        }
        Ok(received)
    }
}

/// The clauses across two implementations that fail on `subject`.
fn failing(subject: &Subject) -> Vec<&'static str> {
    let fails = |id: &&'static str| {
        let clause = catalogue::find(id).expect("a clause");
        let seed = case_seed(1, clause.id, None, 0);
        let order = Order { subject, clause, axis: None, seed, isolated: false };
        let raw: Raw = run_case(&order, Box::new(|_| {}));
        judge(clause, &[], "", &raw) == Verdict::Regression
    };
    let clauses = catalogue::all().filter(|clause| is_across(clause) && is_about(clause, subject));
    clauses.map(|clause| clause.id).filter(fails).collect()
}

/// What fails of `F` by itself, and of a client of another kind with a server of `F`.
fn alone_and_met<F: Fault<MemStream>>() -> (Vec<&'static str>, Vec<&'static str>) {
    let network = MemNetwork::default();
    let alone = Subject::transport(on_network::<F>(&network));
    let client = Arc::new(on_network::<Sound>(&network));
    let server = Arc::new(on_network::<F>(&network));
    let met = meet("sound->other".to_owned(), client, server, Way::Stream);
    (failing(&alone), failing(&met))
}

#[test]
fn two_of_the_same_kind_find_nothing_to_complain_of() {
    assert_eq!(alone_and_met::<Sound>(), (vec![], vec![]));
}

#[test]
fn what_both_sides_misread_alike_is_noticed_by_others_only() {
    let (alone, met) = alone_and_met::<BitsTurned>();
    assert_eq!(alone, [""; 0]);
    assert!(met.contains(&"stream.io.intact"), "{met:?}");
}

#[test]
fn a_server_that_resets_strangers_is_noticed_by_others_only() {
    let (alone, met) = alone_and_met::<ResetsStrangers>();
    assert_eq!(alone, [""; 0]);
    assert!(met.contains(&"stream.eof.half"), "{met:?}");
}
