//! tokio-util's `Framed` at both ends, each on a runtime of its own thread.

use std::hint::black_box;
use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Builder, Runtime};
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use super::other_end::OtherEnd;
use super::{About, BODY_BYTES_MAX, Room};
use crate::contest::Side;
use crate::wire;

/// A connection of tokio's.
pub(super) trait Link: AsyncRead + AsyncWrite + Unpin + 'static {}

impl<A: AsyncRead + AsyncWrite + Unpin + 'static> Link for A {}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_io().build().expect("a runtime")
}

fn framed<A: Link>(end: A, room: Option<Room>) -> Framed<A, LengthDelimitedCodec> {
    let codec = LengthDelimitedCodec::builder().max_frame_length(BODY_BYTES_MAX).new_codec();
    let Some(room) = room else { return Framed::new(end, codec) };
    let mut framed = Framed::with_capacity(end, codec, room.receive);
    // What is over the boundary once a frame is there goes out before the next one.
    framed.set_backpressure_boundary(room.collect);
    framed.write_buffer_mut().reserve(2 * room.collect);
    framed
}

pub(super) fn one_way<S, A>(
    [near, far]: [S; 2],
    adopt: fn(S) -> A,
    room: Option<Room>,
    about: About,
) -> Side
where
    S: Send + 'static,
    A: Link,
{
    let (count, len) = (about.count(), about.len);
    let sender = OtherEnd::new(move |orders| {
        runtime().block_on(async {
            let mut framed = framed(adopt(far), room);
            let body = wire::body(len, false);
            // Nothing else runs on this thread, so that waiting for an order holds nobody up.
            for messages in orders {
                for _ in 0..messages {
                    framed.feed(black_box(&body[..])).await.expect("feed");
                }
                SinkExt::<&[u8]>::flush(&mut framed).await.expect("flush");
            }
        });
    });
    let runtime = runtime();
    let mut framed = runtime.block_on(async { framed(adopt(near), room) });
    Box::new(move |iterations| {
        let start = Instant::now();
        sender.order(iterations * count);
        let bytes = runtime.block_on(async {
            let mut bytes = 0;
            for _ in 0..iterations * count {
                let frame = framed.next().await.expect("no end").expect("a good frame");
                bytes += black_box(frame).len();
            }
            bytes
        });
        assert_eq!(bytes as u64, iterations * count * len as u64);
        start.elapsed()
    })
}

pub(super) fn there_and_back<S, A>(
    [near, far]: [S; 2],
    adopt: fn(S) -> A,
    room: Option<Room>,
    about: About,
) -> Side
where
    S: Send + 'static,
    A: Link,
{
    let echo = OtherEnd::new(move |orders| {
        runtime().block_on(async {
            let mut framed = framed(adopt(far), room);
            for messages in orders {
                for _ in 0..messages {
                    let frame = framed.next().await.expect("no end").expect("a good frame");
                    framed.send(&frame[..]).await.expect("send");
                }
            }
        });
    });
    let runtime = runtime();
    let mut framed = runtime.block_on(async { framed(adopt(near), room) });
    let body = wire::body(about.len, false);
    Box::new(move |iterations| {
        let start = Instant::now();
        echo.order(iterations);
        runtime.block_on(async {
            for _ in 0..iterations {
                framed.send(&body[..]).await.expect("send");
                let answer = framed.next().await.expect("no end").expect("a good frame");
                assert_eq!(black_box(answer).len(), body.len());
            }
        });
        start.elapsed()
    })
}
