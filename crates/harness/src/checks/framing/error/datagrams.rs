//! What Framed makes of datagrams, each of which is decoded on its own.

use sockrates_core::{Error, Framed, Framing};

use crate::checks::framing::corpus::{MAX, bodies};
use crate::checks::framing::post::Post;
use crate::checks::framing::reader::{read, write};
use crate::checks::framing::way::Way;
use crate::expect::{ensure, equal, fail, holds, same_bytes, saw};
use crate::{Case, Observation, Stop};

pub(super) fn datagrams(case: &Case<'_>) -> Observation {
    if !case.framing_subject()?.delimits() {
        return saw("takes-all");
    }
    let mut framing = case.framing(MAX)?;
    let mut message = bodies(case, MAX, [5, 17])?;
    let mut wire = write(&framing, &message)?;
    read(&mut framing, [&wire[..]], false)?;
    if !framing.may_end() {
        // Of a message of several frames the last is empty.
        message.push(Vec::new());
        wire = write(&framing, &message)?;
    }
    let cut = wire[..wire.len() - 1].to_vec();
    let post = || Post::new([wire.clone(), cut.clone(), wire.clone()]);
    for way in Way::ALL {
        let framed = Framed::new(post(), case.framing(MAX)?);
        arrive(way, framed, &message)?;
    }
    holds()
}

/// Three datagrams with `message` arrive, of which the second lacks its last byte.
fn arrive(
    way: Way,
    mut framed: Framed<Post, Box<dyn Framing + Send>>,
    message: &[Vec<u8>],
) -> Result<(), Stop> {
    let mut errors = 0;
    for body in [message, &message[..message.len() - 1], message].concat() {
        loop {
            match way.take(&mut framed) {
                Ok(Some(frame)) => {
                    same_bytes("a frame", &body, &frame)?;
                    break;
                }
                Err(Error::Frame { error, .. }) if error.is_recoverable() && errors == 0 => {
                    errors += 1;
                }
                Ok(None) => return fail("a frame, or one error", "the end"),
                Err(error) => return fail("a frame, or one error", error.to_string()),
            }
        }
    }
    equal("errors of the datagram that ends inside a frame", &1, &errors)?;
    let waits = way.take(&mut framed).is_err_and(|error| error.would_block());
    ensure(waits, "nothing more", "something")
}

pub(super) fn one_datagram(case: &Case<'_>) -> Observation {
    let mut framed = Framed::new(Post::default(), case.framing(MAX)?);
    let bodies = bodies(case, MAX, [5, 0, 300, 17])?;
    let mut wires = Vec::new();
    for body in &bodies {
        if let Err(error) = framed.send(body) {
            return fail("a frame is sent", error.to_string());
        }
        wires.push(write(&case.framing(MAX)?, std::slice::from_ref(body))?);
    }
    ensure(framed.get_ref().sent() == wires, "a datagram for each frame", "others")?;
    holds()
}
