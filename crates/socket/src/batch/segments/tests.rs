//! What the system, the cards and the way to a peer may answer, put in its mouth.

use std::time::Duration;

use super::*;
use crate::{Family, Type};

const EIO: i32 = 5;
const EAGAIN: i32 = 11;
const EINTR: i32 = 4;
const EINVAL: i32 = 22;
const ENOBUFS: i32 = 105;
const EMSGSIZE: i32 = 90;
const ENOPROTOOPT: i32 = 92;
const EPROTO: i32 = 71;
const EOPNOTSUPP: i32 = 95;
const ECONNREFUSED: i32 = 111;
const EHOSTUNREACH: i32 = 113;

fn socket() -> Socket {
    Socket::new(Family::INET, Type::DGRAM, None).unwrap()
}

fn patience() -> Patience {
    Patience::new(SendFlags::NONE, Deadline::NEVER)
}

/// Sends ten bytes by threes; `answer` says what the system does with some bytes, which were or
/// were not to be cut. Tells the outcome, and the datagrams that were sent.
fn send(
    socket: &Socket,
    patience: &mut Patience,
    mut answer: impl FnMut(&[u8], bool) -> i32,
) -> (Result<()>, Vec<Vec<u8>>) {
    let mut sent = Vec::new();
    let outcome =
        socket.send_run(b"0123456789", 3, patience, &mut |_, bytes, cut, _| match answer(
            bytes,
            cut.is_some(),
        ) {
            0 => {
                let length = cut.map_or(bytes.len().max(1), usize::from);
                sent.extend(bytes.chunks(length).map(<[u8]>::to_vec));
                Ok(())
            }
            code => Err(io::Error::from_raw_os_error(code)),
        });
    (outcome, sent)
}

const ALL: [&[u8]; 4] = [b"012", b"345", b"678", b"9"];

#[test]
fn what_is_refused_for_being_cut_is_sent_uncut_and_remembered() {
    for code in [EIO, EINVAL] {
        let socket = socket();
        let mut calls = Vec::new();
        let (outcome, sent) = send(&socket, &mut patience(), |bytes, cut| {
            calls.push((bytes.len(), cut));
            if cut { code } else { 0 }
        });
        outcome.unwrap();
        assert_eq!(sent, ALL);
        assert_eq!(calls, [(10, true), (3, false), (3, false), (3, false), (1, false)]);
        assert!(!socket.gso());
        let (outcome, sent) = send(&socket, &mut patience(), |_, cut| i32::from(cut) * code);
        outcome.unwrap();
        assert_eq!(sent, ALL);
        socket.set_gso(true);
        assert!(socket.gso());
    }
}

#[test]
fn what_is_refused_for_its_length_is_sent_uncut_and_not_remembered() {
    let socket = socket();
    let (outcome, sent) = send(&socket, &mut patience(), |_, cut| i32::from(cut) * EMSGSIZE);
    outcome.unwrap();
    assert_eq!(sent, ALL);
    assert!(socket.gso());
}

#[test]
fn what_was_said_of_an_earlier_datagram_is_told_at_once_and_cutting_goes_on() {
    for code in [ENOPROTOOPT, EOPNOTSUPP, EPROTO, ECONNREFUSED, EHOSTUNREACH] {
        let socket = socket();
        let mut pending = code;
        let mut answer = |_: &[u8], _| std::mem::take(&mut pending);
        let (outcome, sent) = send(&socket, &mut patience(), &mut answer);
        let error = outcome.unwrap_err();
        assert_eq!((error.errno().unwrap().code(), error.done()), (code, 0));
        assert!(sent.is_empty() && socket.gso());
        let (outcome, sent) = send(&socket, &mut patience(), answer);
        outcome.unwrap();
        assert_eq!(sent, ALL);
    }
}

#[test]
fn that_an_earlier_datagram_was_too_long_is_told_next_and_cutting_goes_on() {
    let socket = socket();
    let mut turns = [(true, EMSGSIZE), (true, 0)].into_iter();
    let (outcome, sent) = send(&socket, &mut patience(), |_, cut| {
        let (is_cut, code) = turns.next().unwrap();
        assert_eq!(cut, is_cut);
        code
    });
    outcome.unwrap();
    assert_eq!(sent, ALL);
    assert!(socket.gso() && turns.next().is_none());
    assert_eq!(socket.take_error().unwrap().code(), EMSGSIZE);
}

#[test]
fn that_an_earlier_datagram_was_too_long_is_told_next_though_nothing_is_cut() {
    for code in [EIO, EINVAL] {
        let socket = socket();
        let mut turns = [EMSGSIZE, code].into_iter();
        let (outcome, sent) = send(&socket, &mut patience(), |_, _| turns.next().unwrap_or(0));
        outcome.unwrap();
        assert_eq!(sent, ALL);
        assert!(!socket.gso() && turns.next().is_none());
        assert_eq!(socket.take_error().unwrap().code(), EMSGSIZE);
    }
    // Twice the same is of the train, and nothing was said before.
    let socket = socket();
    send(&socket, &mut patience(), |_, cut| i32::from(cut) * EMSGSIZE).0.unwrap();
    assert_eq!(socket.take_error().unwrap(), Errno::SUCCESS);
}

#[test]
fn what_cannot_be_sent_uncut_either_says_why_and_is_not_remembered() {
    for code in [EIO, EINVAL, EMSGSIZE] {
        let socket = socket();
        let (outcome, sent) = send(&socket, &mut patience(), |_, _| code);
        let error = outcome.unwrap_err();
        assert_eq!((error.errno().unwrap().code(), error.done()), (code, 0));
        assert!(sent.is_empty() && socket.gso());
    }
}

#[test]
fn an_error_in_the_middle_tells_how_far_it_got() {
    let socket = socket();
    let (outcome, sent) = send(&socket, &mut patience(), |bytes, cut| match (bytes, cut) {
        (_, true) => EIO,
        (b"678", _) => ENOBUFS,
        _ => 0,
    });
    let error = outcome.unwrap_err();
    assert_eq!((error.errno().unwrap().code(), error.done()), (ENOBUFS, 6));
    assert_eq!(sent, ALL[..2]);
}

#[test]
fn other_errors_are_told_at_once() {
    let socket = socket();
    let mut calls = 0;
    let (outcome, _) = send(&socket, &mut patience(), |_, _| {
        calls += 1;
        ENOBUFS
    });
    assert_eq!((outcome.unwrap_err().done(), calls), (0, 1));
}

#[test]
fn interruptions_and_waiting_lose_and_repeat_nothing() {
    for mode in [Mode::Blocking, Mode::Timeout(Duration::from_secs(60))] {
        let socket = socket();
        socket.set_mode(mode).unwrap();
        let mut turns = [EINTR, EAGAIN, EINTR, EIO, EAGAIN, 0, EINTR, 0, EAGAIN].into_iter();
        let (outcome, sent) = send(&socket, &mut patience(), |_, _| turns.next().unwrap_or(0));
        outcome.unwrap();
        assert_eq!(sent, ALL);
    }
}

#[test]
fn one_deadline_is_for_all_and_tells_how_far_it_got() {
    let socket = socket();
    socket.set_timeout(Some(Duration::from_millis(20))).unwrap();
    socket.set_gso(false);
    let mut turn = 0;
    // An unbound datagram socket is always ready, so that only the deadline ends this.
    let (outcome, sent) = send(&socket, &mut patience(), |_, _| {
        turn += 1;
        if turn < 3 { 0 } else { EAGAIN }
    });
    let error = outcome.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!((error.done(), sent.len()), (6, 2));

    let mut spent = Patience::new(SendFlags::NONE, Deadline::after(Duration::ZERO));
    socket.set_mode(Mode::Blocking).unwrap();
    let (outcome, sent) = send(&socket, &mut spent, |_, _| EAGAIN);
    assert!(outcome.unwrap_err().is_timeout() && sent.is_empty());
}

#[test]
fn what_may_not_wait_says_eagain_and_how_far_it_got() {
    for (mode, flags) in
        [(Mode::NonBlocking, SendFlags::NONE), (Mode::Blocking, SendFlags::DONTWAIT)]
    {
        let socket = socket();
        socket.set_mode(mode).unwrap();
        socket.set_gso(false);
        let mut patience = Patience::new(flags, Deadline::NEVER);
        let mut turn = 0;
        let (outcome, sent) = send(&socket, &mut patience, |_, _| {
            turn += 1;
            if turn < 2 { 0 } else { EAGAIN }
        });
        let error = outcome.unwrap_err();
        assert!(error.would_block());
        assert_eq!((error.done(), sent.len(), turn), (3, 1, 2));
    }
}

#[test]
fn a_train_keeps_to_both_limits() {
    let socket = socket();
    let most = sys::segments_max();
    assert!(most == 64 || most == 128, "{most}");
    assert_eq!(socket.train(1_000_000, 1), most);
    assert_eq!(socket.train(1_000_000, 1_200), 1_200 * (TRAIN_MAX / 1_200).min(most));
    assert_eq!(socket.train(1_000_000, 32_754), 32_754);
    assert_eq!(socket.train(1_000_000, 32_753), 2 * 32_753);
    assert_eq!(socket.train(1_000_000, 70_000), 70_000);
    assert_eq!((socket.train(5, 10), socket.train(0, 10), socket.train(0, 0)), (5, 0, 0));
    socket.set_gso(false);
    assert_eq!(socket.train(1_000_000, 10), 10);
}

#[test]
fn what_may_be_too_long_for_the_way_is_not_remembered() {
    let long = SURE_TO_FIT + 1;
    for (code, segment, gso) in
        [(EINVAL, SURE_TO_FIT, false), (EINVAL, long, true), (EIO, long, false)]
    {
        let socket = socket();
        let mut call = |_: &socket2::Socket, _: &[u8], cut: Option<u16>, _| match cut {
            Some(_) => Err(io::Error::from_raw_os_error(code)),
            None => Ok(()),
        };
        socket.send_run(&vec![0; 3 * segment], segment, &mut patience(), &mut call).unwrap();
        assert_eq!(socket.gso(), gso, "{code}, {segment}");
    }
}

#[test]
fn one_deadline_holds_for_all_the_sends_though_none_has_to_wait() {
    let socket = socket();
    socket.set_gso(false);
    let mut late = Patience::new(SendFlags::NONE, Deadline::at(std::time::Instant::now()));
    let (outcome, sent) = send(&socket, &mut late, |_, _| 0);
    let error = outcome.unwrap_err();
    assert!(error.is_timeout() && error.done() == 3, "{error:?}");
    assert_eq!(sent, ALL[..1]);
}
