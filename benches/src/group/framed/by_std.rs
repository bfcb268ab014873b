//! `BufReader` and `BufWriter` at both ends, as one writes it by hand.

use std::hint::black_box;
use std::io::{BufReader, BufWriter, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use super::other_end::OtherEnd;
use super::{About, Room};
use crate::by_hand::decode_length;
use crate::contest::Side;
use crate::wire;

pub(super) fn one_way<S>([near, far]: [S; 2], room: Option<Room>, about: About) -> Side
where
    S: Read + Write + Send + 'static,
{
    let (count, len) = (about.count(), about.len);
    let sender = OtherEnd::new(move |orders| {
        let mut writer = writer_to(far, room);
        let body = wire::body(len, false);
        for messages in orders {
            for _ in 0..messages {
                send(&mut writer, black_box(&body));
            }
            writer.flush().expect("flush");
        }
    });
    let mut reader = reader_of(near, room);
    let mut body = Vec::new();
    Box::new(move |iterations| {
        let start = Instant::now();
        sender.order(iterations * count);
        let mut bytes = 0;
        for _ in 0..iterations * count {
            assert!(decode_length(&mut reader, &mut body).expect("a good frame"));
            bytes += black_box(&body).len();
        }
        assert_eq!(bytes as u64, iterations * count * len as u64);
        start.elapsed()
    })
}

pub(super) fn there_and_back<S>(ends: [S; 2], room: Option<Room>, about: About) -> Side
where
    S: Send + Sync + 'static,
    for<'a> &'a S: Read + Write,
{
    let [near, far] = ends.map(Arc::new);
    let echo = OtherEnd::new(move |orders| {
        let mut reader = reader_of(&*far, room);
        let mut writer = writer_to(&*far, room);
        let mut body = Vec::new();
        for messages in orders {
            for _ in 0..messages {
                assert!(decode_length(&mut reader, &mut body).expect("a good frame"));
                send(&mut writer, &body);
                writer.flush().expect("flush");
            }
        }
    });
    let mut reader = reader_of(Shared(Arc::clone(&near)), room);
    let mut writer = writer_to(Shared(near), room);
    let (body, mut answer) = (wire::body(about.len, false), Vec::new());
    Box::new(move |iterations| {
        let start = Instant::now();
        echo.order(iterations);
        for _ in 0..iterations {
            send(&mut writer, &body);
            writer.flush().expect("flush");
            assert!(decode_length(&mut reader, &mut answer).expect("a good frame"));
            assert_eq!(black_box(&answer).len(), body.len());
        }
        start.elapsed()
    })
}

/// One end, to read from and to write to.
struct Shared<S>(Arc<S>);

impl<S> Read for Shared<S>
where
    for<'a> &'a S: Read,
{
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        (&*self.0).read(room)
    }
}

impl<S> Write for Shared<S>
where
    for<'a> &'a S: Write,
{
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        (&*self.0).flush()
    }
}

fn reader_of<R: Read>(end: R, room: Option<Room>) -> BufReader<R> {
    match room {
        Some(room) => BufReader::with_capacity(room.receive, end),
        None => BufReader::new(end),
    }
}

fn writer_to<W: Write>(end: W, room: Option<Room>) -> BufWriter<W> {
    match room {
        Some(room) => BufWriter::with_capacity(room.collect, end),
        None => BufWriter::new(end),
    }
}

fn send(writer: &mut impl Write, body: &[u8]) {
    writer.write_all(&(body.len() as u32).to_be_bytes()).expect("write");
    writer.write_all(body).expect("write");
}
