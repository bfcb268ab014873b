//! Our `Framed` at both ends.

use std::hint::black_box;
use std::time::Instant;

use sockrates_core::Framed;
use sockrates_core::framing::LengthPrefix;

use super::other_end::OtherEnd;
use super::{About, BODY_BYTES_MAX, Ours};
use crate::contest::Side;
use crate::wire;

/// Whether a body is large enough that who receives it takes it into memory of its own.
pub(super) fn is_large(len: usize) -> bool {
    len >= 16 * 1024
}

fn framed<T: Ours>(end: T) -> Framed<T, LengthPrefix> {
    Framed::new(end, LengthPrefix::u32(BODY_BYTES_MAX).expect("the maximum fits"))
}

pub(super) fn one_way<T: Ours>([near, far]: [T; 2], about: About) -> Side {
    let (count, len) = (about.count(), about.len);
    let sender = OtherEnd::new(move |orders| {
        let mut framed = framed(far);
        let body = wire::body(len, false);
        for messages in orders {
            for _ in 0..messages {
                framed.feed(black_box(&body)).expect("feed");
            }
            framed.flush().expect("flush");
        }
    });
    let mut framed = framed(near);
    let mut body = Vec::new();
    Box::new(move |iterations| {
        let start = Instant::now();
        sender.order(iterations * count);
        let mut bytes = 0;
        for _ in 0..iterations * count {
            bytes += if is_large(len) {
                assert!(framed.next_into(&mut body).expect("a good frame"));
                black_box(&body).len()
            } else {
                black_box(framed.next().expect("a good frame").expect("no end")).len()
            };
        }
        assert_eq!(bytes as u64, iterations * count * len as u64);
        start.elapsed()
    })
}

pub(super) fn there_and_back<T: Ours>([near, far]: [T; 2], about: About) -> Side {
    let echo = OtherEnd::new(move |orders| {
        let mut framed = framed(far);
        let mut body = Vec::new();
        for messages in orders {
            for _ in 0..messages {
                assert!(framed.next_into(&mut body).expect("a good frame"));
                framed.send(&body).expect("send");
            }
        }
    });
    let mut framed = framed(near);
    let body = wire::body(about.len, false);
    Box::new(move |iterations| {
        let start = Instant::now();
        echo.order(iterations);
        for _ in 0..iterations {
            framed.send(&body).expect("send");
            let answer = framed.next().expect("a good frame").expect("no end");
            assert_eq!(black_box(answer).len(), body.len());
        }
        start.elapsed()
    })
}
